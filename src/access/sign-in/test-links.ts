// Links for test sign-ins: whoever holds one may see what the connection makes of their own sign-in, for an hour.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { lockConnectionRow } from '#connections/sign-in/connections.ts'
import { prepared } from '#db/statement.ts'
import { issueToken, sha256 } from '#platform/crypto.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

type TestPurpose = 'test' | 'setup_test'

type Key = { organizationId: string; stateHash: string; connectionId: string }

const insertTest = prepared<Key & { purpose: string }, never>(
  (p) => sql`insert into sign_in_requests (organization_id, state_hash, purpose, connection_id, browser_hash, return_to,
      created_at, expires_at)
    values (${p.organizationId}, ${p.stateHash}, ${p.purpose}, ${p.connectionId}, '', '/account', now(),
      now() + interval '1 hour')`,
)

const selectTest = prepared<Key, { purpose: TestPurpose }>(
  (p) => sql`select purpose from sign_in_requests where organization_id = ${p.organizationId}
    and state_hash = ${p.stateHash} and purpose in ('test', 'setup_test') and connection_id = ${p.connectionId} and browser_hash = ''
    and used_at is null and expires_at > now()`,
)

/** @returns the token of a link that is good for an hour and any number of tests. @throws AppError not_found */
export async function createTestLink(ctx: CallContext, connectionId: string): Promise<string> {
  requirePermission(ctx, 'connections.write')
  if (!isId('con', connectionId)) return refuseUnknown(ctx, 'Connection')
  const { plain, hash } = issueToken(ctx.randomBytes)
  const { organizationId } = ctx
  // Whoever holds a setup link sees what their provider sent, and nothing of the people here.
  const purpose: TestPurpose = ctx.actor.type === 'setup_link' ? 'setup_test' : 'test'
  return inTransaction(ctx, async (tx) => {
    await lockConnectionRow(tx, ctx, connectionId)
    const audit = { action: 'connection.create_test_link', targetType: 'connection', targetId: connectionId } as const
    await tx.commitWith(insertTest({ organizationId, stateHash: hash, connectionId, purpose }), recordAudit(ctx, audit))
    return plain
  })
}

/** What the test link of the connection with this token is for; undefined where there is none. */
export async function findTest(
  ctx: CallContext,
  connectionId: string,
  token: string,
): Promise<TestPurpose | undefined> {
  const key = { organizationId: ctx.organizationId, stateHash: sha256(token), connectionId }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectTest(key)))
  return rows?.[0]?.purpose
}
