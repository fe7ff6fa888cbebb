// What is wrong in an organization, named with what to do about it; and nothing where nothing is.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { beginSetup } from '#connections/setup-links/begin-setup.ts'
import { createUser } from '../support/access.ts'
import { type IdentityStage, identityStage, scimUser, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  here = await identityStage(stage)
})

const doctor = () => stage.rolecall('doctor', '--organization', here.client.slug)

test('a sound organization has no findings', async () => {
  await createUser(here.client, 'ada@example.com')
  // A set-up that somebody is still at is no fault.
  const draft = await beginSetup(here.client.ctx, { preset: 'okta', type: 'saml' })
  expect(await doctor()).toMatchObject({ exitCode: 0, lines: ['Nothing is wrong'] })
  await stage.app.owner`update connections set status = 'tested' where id = ${draft.id}`
  expect(await doctor()).toMatchObject({
    exitCode: 1,
    lines: [
      expect.stringContaining('Nobody could sign in through Okta: it does not know its provider'),
      expect.anything(),
    ],
  })
})

test('duplicates, identities of the gone, connections that could not work, directories that loop', async () => {
  const { owner } = stage.app
  const organizationId = here.client.organizationId
  const ada = await createUser(here.client, 'ada@example.com')
  const double = await createUser(here.client, 'double')
  const emails = { emails: [{ value: 'ada@example.com', primary: true }] }
  await owner`alter table users disable trigger forget_yielding`
  await owner`update users set address_yielded_to = ${ada}, attributes = ${owner.json(emails)} where id = ${double}`
  await owner`alter table users enable trigger forget_yielding`
  const scim = await here.directory('Okta')
  const gone = await scim.user('gone@example.com')
  await owner`insert into identities (organization_id, connection_id, subject, user_id, created_at)
    values (${organizationId}, ${here.connection.id}, 'opaque-1', ${gone}, now())`
  await scim.delete(`/Users/${gone}`)
  await owner`update connections set settings = jsonb_set(jsonb_set(settings, '{certificates,0,notAfter}',
    '"2020-01-01T00:00:00.000Z"'), '{refusesExpiredCertificates}', 'true') where id = ${here.connection.id}`
  await here.client.patch(`directories/${scim.directoryId}`, { adoption: 'never' })
  for (const _ of [1, 2, 3]) expect((await scim.post('/Users', scimUser('ada@example.com'))).status).toBe(409)
  await stage.app.provisioning.flush()
  await owner`insert into mails (organization_id, id, kind, recipient, subject, body_sealed, status, attempts, next_attempt_at, last_error,
    created_at) values (${organizationId}, 'mai_1', 'test', 'ops@example.com', 'Test', 'x', 'queued', 2, now(),
    'The mail server did not answer in time', now())`
  const { exitCode, lines } = await doctor()
  expect(exitCode).toBe(1)
  expect(lines.filter((line) => !line.startsWith('  '))).toEqual([
    'double and ada@example.com have the address ada@example.com; it signs in ada@example.com alone',
    'opaque-1 of Another provider (SAML) belongs to gone@example.com, who was deleted',
    expect.stringContaining('Nobody can sign in through Another provider (SAML): all of its certificates have ended'),
    expect.stringMatching(/^Okta has asked 3 times for ada@example.com and was refused with 409/),
    '1 mail has not left; the mail server said: The mail server did not answer in time',
  ])
  const { json } = await stage.rolecall('doctor', '--organization', here.client.slug, '--json')
  expect(json.findings).toMatchObject([
    { check: 'duplicate_address', ids: [double, ada] },
    { check: 'identity_of_the_gone', ids: [gone, here.connection.id] },
    { check: 'broken_connection', ids: [here.connection.id] },
    { check: 'looping_directory', ids: [scim.directoryId] },
    { check: 'failing_mail', ids: ['mai_1'] },
  ])
})
