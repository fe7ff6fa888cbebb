// What waits to be sent in all organizations, and trying it again now.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { requireOperator, requireScope } from '../../ground/platform-rights.ts'
import { inside } from '../organizations/inside.ts'
import { organizationWithin } from '../organizations/platform-organizations.ts'

export const queueKinds = ['mail', 'sign_out'] as const

export type QueueKind = (typeof queueKinds)[number]

export type Queued = {
  kind: QueueKind
  organizationId: string
  name: string
  waiting: number
  /** Of those, the ones that were refused at least once. */
  failing: number
  oldest: string
  nextAttemptAt: string | null
  lastError: string | null
}

const select = prepared<Record<string, never>, Queued>(
  () => sql`select kind, organization_id as "organizationId", name, waiting::int as waiting, failing::int as failing, oldest,
      next_attempt_at as "nextAttemptAt", last_error as "lastError" from platform_queue()`,
)

/** By organization, what fails first. @throws AppError forbidden */
export async function listQueue(ctx: CallContext): Promise<Queued[]> {
  requireScope(ctx, 'organizations.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({})))
  return rows ?? []
}

const retries = {
  mail: prepared<{ organizationId: string }, { id: string }>(
    (p) => sql`update mails set next_attempt_at = now()
      where organization_id = ${p.organizationId} and status = 'queued' and next_attempt_at > now() returning id`,
  ),
  sign_out: prepared<{ organizationId: string }, { id: string }>(
    (p) => sql`update application_logouts set next_attempt_at = now()
      where organization_id = ${p.organizationId} and status = 'queued' and next_attempt_at > now() returning id`,
  ),
} satisfies Record<QueueKind, unknown>

/**
 * What waits for its next attempt is due at once; how often something is tried in all stays as it is.
 * @returns how many. @throws AppError forbidden; not_found; unauthenticated (reason `fresh_proof`)
 */
export async function retryQueue(
  ctx: CallContext,
  { kind, organization }: { kind: QueueKind; organization: string },
): Promise<number> {
  requireOperator(ctx)
  return inTransaction(ctx, async (tx) => {
    const { id: organizationId } = await organizationWithin(tx, ctx, organization)
    const target = { targetType: 'organization', targetId: organizationId } as const
    const due = await inside(tx, ctx, organizationId, () => tx.run(retries[kind]({ organizationId })))
    const detail = { kind, count: due.length }
    await tx.run(recordAudit(ctx, { action: 'installation.retry', ...target, detail }))
    return due.length
  })
}
