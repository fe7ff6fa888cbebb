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
    (select count(*)::int from password_resets where user_id = ${userId} and used_at is null) as password_resets,
    (select count(*)::int from address_changes where user_id = ${userId} and used_at is null) as address_changes`
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

/** Every column that keeps a secret, or the hash of one: which kind of credential it is, or why a deactivation leaves it. */
const secrets: Record<string, (typeof kinds)[number] | { stays: string }> = {
  'api_keys.key_hash': 'api_keys',
  'sessions.token_hash': 'sessions',
  'sessions.id_token_sealed': 'sessions',
  'provider_artifacts.id_hash': 'application_tokens',
  'sign_in_requests.state_hash': 'sign_ins_under_way',
  'sign_in_requests.browser_hash': 'sign_ins_under_way',
  'sign_in_requests.secret_sealed': 'sign_ins_under_way',
  'invitations.token_hash': 'invitations',
  'password_resets.token_hash': 'password_resets',
  'address_changes.token_hash': 'address_changes',
  'passwords.hash': { stays: 'opens nothing for somebody inactive' },
  'totp_factors.secret_sealed': { stays: 'opens nothing for somebody inactive' },
  'recovery_codes.code_hash': { stays: 'opens nothing for somebody inactive' },
  'identity_undos.token_hash': { stays: 'takes a way in away, and opens none' },
  'directory_clients.secret_hash': { stays: 'is a directory’s' },
  'directory_tokens.token_hash': { stays: 'is a directory’s' },
  'setup_links.token_hash': { stays: 'ends with the rights of whoever made it' },
  'connections.secret_sealed': { stays: 'is a connection’s' },
  'webhooks.secret_sealed': { stays: 'is an organization’s' },
  'applications.secret_sealed': { stays: 'is an application’s' },
  'instance_keys.value_sealed': { stays: 'is the installation’s' },
  'mail_servers.password_sealed': { stays: 'is an organization’s' },
  'platform_keys.key_hash': { stays: 'is the platform’s' },
  'idempotent_answers.key_hash': { stays: 'is no secret, and opens nothing' },
  'idempotent_answers.request_hash': { stays: 'is no secret' },
  'idempotent_answers.answer_sealed': { stays: 'is told again to the key that it was told to' },
  'mails.body_sealed': { stays: 'holds links that end by themselves' },
  'change_drafts.hash': { stays: 'is no secret' },
  'logos.hash': { stays: 'is no secret' },
  'reserved_names.name_hash': { stays: 'is no secret' },
  'used_messages.message_hash': { stays: 'is no secret' },
  'throttles.key_hash': { stays: 'is no secret' },
  'audit_segments.previous_hash': { stays: 'is no secret' },
  'audit_segments.hash': { stays: 'is no secret' },
}

const kinds = [
  'api_keys',
  'sessions',
  'application_tokens',
  'sign_ins_under_way',
  'invitations',
  'password_resets',
  'address_changes',
] as const

test('whatever the database keeps a secret of is a kind that ends, or is said to stay', async () => {
  const rows = await app.owner`select c.table_name || '.' || c.column_name as name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name ~ '(hash|sealed)$' order by 1`
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(secrets).sort())
  const ending = Object.values(secrets).filter((kind) => typeof kind === 'string')
  expect(new Set(ending)).toEqual(new Set(credentialKinds.map(({ name }) => name)))
})
