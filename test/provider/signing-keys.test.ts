// The keys that sign: one set for all nodes, published before they sign and after they have, sealed at rest.
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadSigningKeys, rotateSigningKeys } from '#access/applications/signing-keys.ts'
import { startStage } from '../support/access.ts'
import { startTestApp } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>

beforeAll(async () => {
  app = await startListeningApp()
})

afterAll(() => app.close())

test('nodes that start at once make one set of keys', async () => {
  const other = await startTestApp({ databaseUrl: app.databaseUrl, ownerUrl: app.ownerUrl })
  const sets = await Promise.all([app, other, app, other].map(({ services }) => loadSigningKeys(services)))
  const kids = sets.map((keys) => keys.map(({ kid }) => kid))
  expect(kids[0]).toHaveLength(2)
  for (const each of kids) expect(each).toEqual(kids[0])
  await other.close()
})

test('a rotation: the new key is published first, signs later, and the old one stays for a while', async () => {
  const organization = await app.createOrganization()
  const session = await signIn(organization, await createPerson(organization))
  const party = await createRelyingParty(app, organization)
  const signer = async () => decodeProtectedHeader((await party.signIn(session.cookie)).id_token ?? '').kid
  const published = async () => {
    const { keys } = (await (await fetch(`${app.origin}/oauth2/jwks`)).json()) as { keys: { kid: string }[] }
    return keys.map(({ kid }) => kid)
  }
  const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)
  await owner`update instance_keys set created_at = now() - interval '1 hour'`
  const before = await signer()
  const [added] = await rotateSigningKeys(organization.ctx)
  if (added === undefined) throw new Error('No key was made')

  // Within a minute each node knows them.
  app.clock.advance(61_000)
  expect(await published()).toEqual(expect.arrayContaining([before, added.kid]))
  expect(await signer()).toBe(before)

  await owner`update instance_keys set created_at = created_at - interval '6 minutes'`
  app.clock.advance(61_000)
  expect(await signer()).toBe(added.kid)
  expect(await published()).toEqual(expect.arrayContaining([before, added.kid]))

  await owner`update instance_keys set retired_at = retired_at - interval '8 days' where retired_at is not null`
  app.clock.advance(61_000)
  expect(await published()).not.toContain(before)
  expect(await signer()).toBe(added.kid)
})

test('rolecall keys rotate adds one of each kind', async () => {
  const stage = await startStage()
  const { json } = await stage.rolecall('keys', 'rotate', '--json')
  expect(json.added.map(({ alg }: { alg: string }) => alg)).toEqual(['RS256', 'ES256'])
  const { lines } = await stage.rolecall('keys', 'rotate')
  expect(lines[0]).toMatch(/^Added kid_\w+ \(RS256\)$/)
  expect((await loadSigningKeys(stage.services)).length).toBe(4)
  await stage.close()
})

test('only the operator may order a rotation', async () => {
  const { ctx } = await app.createOrganization()
  await expect(rotateSigningKeys({ ...ctx, actor: { type: 'api_key', id: 'key' } })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('W-037: private keys are sealed for their row', async () => {
  await loadSigningKeys(app.services)
  const rows = await app.owner`select id, value_sealed as sealed from instance_keys where purpose = 'signing'`
  expect(rows.length).toBeGreaterThan(0)
  for (const { sealed } of rows) expect(sealed).toMatch(/^v1\.test\.[\w-]+$/)
  const [first, second] = rows
  await app.owner`update instance_keys set value_sealed = ${first?.['sealed'] as string} where id = ${second?.['id'] as string}`
  await expect(loadSigningKeys(app.services)).rejects.toMatchObject({ code: 'internal' })
})
