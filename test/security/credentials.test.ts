// W-026, W-027, C-047: every kind of credential that a person can hold ends with a deactivation, and none comes back.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { credentialKinds } from '#directory/credentials.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { person } from '../support/arrivals.ts'
import { furnishSignIn } from '../support/furnish.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

/** One of each kind, besides what local sign-in keeps. */
async function equip(organization: TestOrganization, userId: string): Promise<void> {
  await app.owner`insert into api_keys (organization_id, id, name, user_id, key_hash, last_four, created_at)
    values (${organization.id}, ${`key_${randomUUID()}`}, 'Own', ${userId}, ${randomUUID()}, 'xxxx', now())`
  await app.owner`insert into provider_artifacts (model, id_hash, organization_id, user_id, payload)
    values ('RefreshToken', ${randomUUID()}, ${organization.id}, ${userId}, '{}')`
  // Last, since it makes an emergency account of them, which gets nothing else any more.
  await furnishSignIn(app.owner, organization.id, userId)
}

async function live(userId: string): Promise<Record<string, number>> {
  const [row] = await app.owner`select
    (select count(*)::int from api_keys where user_id = ${userId} and revoked_at is null) as api_keys,
    (select count(*)::int from sessions where user_id = ${userId} and ended_at is null) as sessions,
    (select count(*)::int from provider_artifacts where user_id = ${userId}) as application_tokens,
    (select count(*)::int from sign_in_requests where user_id = ${userId} and used_at is null) as sign_ins_under_way,
    (select count(*)::int from invitations where user_id = ${userId} and status = 'pending') as invitations,
    (select count(*)::int from password_resets where user_id = ${userId} and used_at is null) as password_resets`
  return row as Record<string, number>
}

const each = (count: number): Record<string, number> =>
  Object.fromEntries(credentialKinds.map(({ name }) => [name, count]))

test('W-027 each kind is closed and counted, those of others are not, and reactivation revives none', async () => {
  const organization = await app.createOrganization()
  const [ada, bob] = [await person(organization, 'ada@example.com'), await person(organization, 'bob@example.com')]
  for (const userId of [ada, bob]) await equip(organization, userId)
  expect(await live(ada)).toEqual(each(1))
  await deactivateUser(organization.ctx, { userId: ada })
  expect([await live(ada), await live(bob)]).toEqual([each(0), each(1)])
  const [audit] =
    await app.owner`select detail from audit_events where action = 'user.deactivate' and target_id = ${ada}`
  expect(audit?.['detail']).toMatchObject({ closed: each(1) })
  await reactivateUser(organization.ctx, { userId: ada })
  expect(await live(ada)).toEqual(each(0))
})

test('a kind that is added to the list has to be known here', () => {
  expect(credentialKinds.map(({ name }) => name)).toEqual([
    ...['api_keys', 'sessions', 'application_tokens', 'sign_ins_under_way', 'invitations', 'password_resets'],
  ])
})
