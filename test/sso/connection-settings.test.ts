// The settings of how a connection's messages are read are the same in the API, the console and the command line.
import { expect, test } from 'vitest'
import { getConnection } from '#connections/sign-in/connections.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { it, op, stage, useProviderStage } from '../support/provider-stage.ts'
import { createOidcConnection, createSamlConnection } from '../support/sign-in.ts'

useProviderStage()

const until = '2027-06-30T00:00:00.000Z'
const named = { groups: ['resource_access.rolecall.roles'] }

test('of SAML, by API, command and console, each with its audit row', async () => {
  const { client, organization } = await stage()
  const { id } = await createSamlConnection(organization, { preset: 'okta' })
  const settings = async () => (await getConnection(organization.ctx, id)).settings
  expect(await settings()).toMatchObject({ absentGroups: 'none', groupSeparator: null, subjectAttribute: null })

  const byApi = { absentGroups: 'kept', groupSeparator: ';', subjectAttribute: 'uid', isCbcAllowed: true }
  const patched = await client.patch(`connections/${id}`, { ...byApi, weakAlgorithmsUntil: until })
  expect([patched.status, patched.body.settings]).toEqual([200, expect.objectContaining(byApi)])

  const command = ['--connection', id, '--absent-groups', 'none', '--group-separator', '', '--subject-attribute', '']
  const further = ['--group-names', 'groups, team', '--allow-cbc', 'no', '--allow-sha1', 'yes', '--weak-until', until]
  const done = await it.rolecall('connection', 'update', '--organization', organization.slug, ...command, ...further)
  expect(done).toMatchObject({ exitCode: 0, lines: [expect.stringContaining('are saved')] })
  expect(await settings()).toMatchObject({
    ...{ absentGroups: 'none', groupSeparator: null, subjectAttribute: null, isCbcAllowed: false },
    ...{ isSha1Allowed: true, weakAlgorithmsUntil: until, attributes: { groups: ['groups', 'team'] } },
  })

  const pages = consoleClient(it.app, await createManager(organization))
  const path = `/console/connections/${id}`
  const form = (await pages.get(`${path}/settings`)).text
  expect(form).toMatch(/name="isSha1Allowed"[^>]*checked/)
  expect(form).toContain('value="2027-06-30"')
  expect((await pages.get(path)).text).toContain('SHA-1: good until')
  const sent = { name: 'Okta', jit: 'off', signed: 'either', subjectAttribute: 'employeeNumber', absentGroups: 'kept' }
  expect((await pages.post(`${path}/settings`, { ...sent, groupSeparator: ',' })).status).toBe(303)
  expect(await settings()).toMatchObject({
    ...{ absentGroups: 'kept', groupSeparator: ',', subjectAttribute: 'employeeNumber' },
    ...{ isSha1Allowed: false, isCbcAllowed: false, weakAlgorithmsUntil: null },
  })
  expect((await client.auditOf(id)).filter((action) => action === 'connection.update')).toHaveLength(3)
})

test('of OpenID Connect, and what belongs to the other protocol is refused by name', async () => {
  const { client, organization } = await stage()
  const { id } = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
  const changes = { absentGroups: 'none', groupSeparator: ',', clientAuthentication: 'client_secret_post' }
  const { body } = await client.patch(`connections/${id}`, { ...changes, attributes: named })
  expect(body.settings).toMatchObject({ ...changes, claims: named })
  for (const foreign of [{ subjectAttribute: 'uid' }, { isCbcAllowed: true }, { signed: 'both' }])
    expect((await client.patch(`connections/${id}`, foreign)).body).toMatchObject({
      ...{
        status: 400,
        detail: expect.stringContaining(`${Object.keys(foreign)[0]} is a setting of SAML connections`),
      },
    })
  const saml = await createSamlConnection(organization)
  const foreign = await client.patch(`connections/${saml.id}`, { clientAuthentication: 'client_secret_post' })
  expect(foreign).toMatchObject({ status: 400 })
  for (const wrong of [
    { absentGroups: 'gone' },
    { groupSeparator: 'long' },
    { clientAuthentication: 'private_key_jwt' },
  ])
    expect((await client.patch(`connections/${id}`, wrong)).status).toBe(400)
})

test('a key of private_key_jwt has no secret that could be sent otherwise', async () => {
  const { client, organization } = await stage()
  const { id } = await createOidcConnection(organization, {
    ...{ issuer: op.issuer, clientId: 'rolecall', clientAuthentication: 'private_key_jwt' as const },
  })
  const answer = await client.patch(`connections/${id}`, { clientAuthentication: 'client_secret_post' })
  expect(answer).toMatchObject({ status: 400, body: { detail: 'This connection has a key and no client secret' } })
})
