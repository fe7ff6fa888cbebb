// 000-42: why somebody cannot sign in, for each of the things that stand in the way.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explainSignIn } from '#access/people/sign-in/explain-sign-in.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { provisionUser } from '#directory/provision-user.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { browserAt, provisionLocalUser, tryPassword } from '../support/accounts.ts'
import { core } from '../support/scim.ts'
import { createSamlConnection } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let viewer: string
beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
  client = await stage.createClient()
  viewer = await roleId(client, 'viewer')
})
afterAll(() => stage.close())

const explain = async (name: string, at = client) =>
  (await at.get(`sign-in-explanation?name=${encodeURIComponent(name)}`)).body
const outcome = async (name: string, at = client): Promise<string> => (await explain(name, at)).outcome
const withRole = async (userName: string): Promise<string> => {
  const { id } = await provisionLocalUser(client, userName)
  await client.post('assignments', { userId: id, roleId: viewer, reason: 'Works here' })
  return id
}

test('nobody, somebody who works, somebody who holds nothing', async () => {
  expect(await outcome('nobody@example.com')).toBe('not_found')
  await withRole('fine@example.com')
  expect(await outcome('  FINE@example.com ')).toBe('works')
  await provisionLocalUser(client, 'empty@example.com')
  expect(await outcome('empty@example.com')).toBe('no_role')
})

test('a further address and a former one: whose they are, and by which name that person signs in', async () => {
  const scim = await stage.app.createScim()
  const at = async (name: string) => explainSignIn(scim.organization.ctx, { name })
  const emails = [{ value: 'ann@example.com', primary: true }, { value: 'ann.private@example.net' }]
  const { body } = await scim.post('/Users', { schemas: [`${core}:User`], userName: 'ann@example.com', emails })
  expect((await at('ann@example.com')).outcome).toBe('no_way_in')
  const further = await at('ANN.private@example.net')
  expect([further.outcome, further.findings[0]?.message]).toEqual([
    'other_name',
    'ANN.private@example.net is a further address of ann@example.com; further addresses sign nobody in.',
  ])
  const married = [{ value: 'ann.lund@example.com', primary: true }]
  await scim.patch(`/Users/${body.id}`, { op: 'replace', value: { userName: 'ann.lund@example.com', emails: married } })
  const former = await at('ann@example.com')
  expect(former.findings.map(({ code, blocks }) => [code, blocks])).toEqual([
    ['other_name', false],
    ['not_found', true],
  ])
  expect(former.findings[0]?.advice).toContain('They sign in as ann.lund@example.com.')
  await scim.patch(`/Users/${body.id}`, { op: 'replace', path: 'active', value: false })
  expect((await at('ann@example.com')).findings[0]).toMatchObject({ code: 'other_name', blocks: true })
  expect((await at('somebody@example.com')).findings.map(({ code }) => code)).toEqual(['not_found'])
})

test('invited, invited too long ago, waiting for approval', async () => {
  const { body } = await client.post('invitations', { email: 'guest@example.com', roleId: viewer })
  const explained = await explain('guest@example.com')
  expect(explained.outcome).toBe('invited')
  expect(explained.findings[0].message).toContain('outbox')
  await stage.app.owner`update invitations set expires_at = now() - interval '1 hour' where id = ${body.id}`
  expect(await outcome('guest@example.com')).toBe('invitation_expired')
  const content = { userName: 'new@example.com', externalId: null, displayName: null, isActive: true, attributes: {} }
  await provisionUser(client.ctx, { directoryId: null, content, isInvited: true })
  expect(await outcome('new@example.com')).toBe('awaits_approval')
})

test('inactive, with the reason; deleted by the directory', async () => {
  const id = await withRole('gone@example.com')
  await client.confirm('POST', `users/${id}/deactivate`)
  const explained = await explain('gone@example.com')
  expect(explained).toMatchObject({
    outcome: 'inactive',
    person: { status: 'inactive', statusReason: 'administrator' },
  })
  const scim = await stage.app.createScim()
  const own = { ...scim.organization }
  const user = await scim.user('deleted@example.com')
  await scim.delete(`/Users/${user}`)
  expect((await explainSignIn(own.ctx, { name: 'deleted@example.com' })).outcome).toBe('deleted_by_directory')
})

test('no way in: neither password nor provider; passwords switched off', async () => {
  await createUser(client, 'bare@example.com')
  expect(await outcome('bare@example.com')).toBe('no_way_in')
  const own = await stage.createClient()
  await provisionLocalUser(own, 'word@example.com')
  await stage.app.owner`update organizations set password_sign_in = 'off' where id = ${own.organizationId}`
  expect(await outcome('word@example.com', own)).toBe('password_off')
})

test('no way in: a provider that may not say who they are; it is one as soon as it has, or the domain is proven', async () => {
  const own = await stage.createClient()
  const organization = { id: own.organizationId, slug: own.slug, ctx: own.ctx }
  const okta = await createSamlConnection(organization, { name: 'Okta' })
  await createUser(own, 'far@away.example.com')
  const explained = await explain('far@away.example.com', own)
  expect(explained.outcome).toBe('no_way_in')
  expect(explained.findings[0].message).toContain('away.example.com')
  expect(explained.findings.map(({ code }: { code: string }) => code)).not.toContain('works')
  await setConnectionStatus(own.ctx, { connectionId: okta.id, status: 'enforced', isForced: true })
  expect(await outcome('far@away.example.com', own)).toBe('no_way_in')
  await setConnectionStatus(own.ctx, { connectionId: okta.id, status: 'optional', isForced: true })

  const { person } = explained
  await stage.app.owner`insert into identities (organization_id, connection_id, subject, user_id, created_at)
    values (${own.organizationId}, ${okta.id}, 'far', ${person.id}, now())`
  expect((await explain('far@away.example.com', own)).findings[0].code).toBe('provider_known')
  await stage.app.owner`delete from identities where organization_id = ${own.organizationId}`

  // Bound to another connection, it is that one which the domain leads to.
  const entra = await createSamlConnection(organization, { name: 'Entra', idpEntityId: 'https://other.example.net' })
  await stage.app.owner`insert into domains (organization_id, id, name, status, challenge, created_at)
    values (${own.organizationId}, 'dom_away', 'away.example.com', 'verified', 'x', now())`
  await stage.app.owner`insert into domain_connections (organization_id, domain_id, connection_id)
    values (${own.organizationId}, 'dom_away', ${entra.id})`
  const led = await explain('far@away.example.com', own)
  expect(led.findings[0]).toMatchObject({ code: 'provider_by_domain', blocks: false })
  expect(led.findings[0].message).toContain('Entra')
})

test('what somebody without a password tried is listed, and another organization hears nothing of it', async () => {
  await createUser(client, 'keyless@example.com')
  await tryPassword(browserAt(stage.app), 'Keyless@example.com', 'a guess')
  const { attempts } = await explain('keyless@example.com')
  expect(attempts).toMatchObject([{ method: 'password', outcome: 'refused', reason: 'no_password' }])
  const other = await stage.createClient()
  expect((await explain('keyless@example.com', other)).attempts).toEqual([])
})

test('locked after too many wrong passwords; asking does not count', async () => {
  await withRole('locked@example.com')
  const browser = browserAt(stage.app)
  for (let attempt = 0; attempt < 9; attempt += 1) await tryPassword(browser, 'locked@example.com', 'wrong')
  for (let question = 0; question < 5; question += 1) expect(await outcome('locked@example.com')).toBe('works')
  await tryPassword(browser, 'locked@example.com', 'wrong')
  const explained = await explain('locked@example.com')
  expect(explained.outcome).toBe('locked')
  expect(explained.attempts).toHaveLength(10)
  expect(explained.attempts[0]).toMatchObject({ method: 'password', outcome: 'refused', reason: 'wrong_password' })
})

test('a provider is required; the domain leads to one; a first sign-in would create them', async () => {
  const own = await stage.createClient()
  const connection = await createSamlConnection(
    { id: own.organizationId, slug: own.slug, ctx: own.ctx },
    { name: 'Okta' },
  )
  const { id } = await provisionLocalUser(own, 'worker@example.com')
  await own.post('assignments', { userId: id, roleId: await roleId(own, 'viewer'), reason: 'Works here' })
  await stage.app.owner`insert into domains (organization_id, id, name, status, challenge, created_at)
    values (${own.organizationId}, 'dom_y', 'example.com', 'verified', 'x', now())`
  expect(await outcome('worker@example.com', own)).toBe('provider_by_domain')
  await stage.app.owner`update connections set jit = 'verified_domains' where id = ${connection.id}`
  expect(await outcome('someone@example.com', own)).toBe('comes_to_exist')
  await setConnectionStatus(own.ctx, { connectionId: connection.id, status: 'enforced', isForced: true })
  const explained = await explain('worker@example.com', own)
  expect(explained.outcome).toBe('provider_required')
  expect(explained.findings[0].message).toContain('Okta')
})

test('is for those who may read sign-ins, in their organization', async () => {
  const weak: CallContext = { ...client.ctx, permissions: new Set(['users.read']) }
  await expect(explainSignIn(weak, { name: 'fine@example.com' })).rejects.toMatchObject({ code: 'forbidden' })
  const other = await stage.createClient()
  expect(await outcome('fine@example.com', other)).toBe('not_found')
})
