// What has been kept for as long as the organization wants it: provisioning log, traces of sign-ins, mails, and outcomes of
// changes of many people. Never the audit trail.
import { type SQL, sql } from 'drizzle-orm'
import { eventDays } from '#audit/events/rows.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

type Batch = { organizationId: string; limit: number }

const batchSize = 1_000

/** A number of days, or the organization's column that has it. */
type Days = number | `${string}_days`

/** Rows of one table that are older than that; by id, which grows with time. */
const deletion = (table: string, time: string, days: Days, only: SQL = sql`true`) =>
  prepared<Batch, { one: number }>((p) => {
    const most =
      typeof days === 'number'
        ? sql.raw(String(days))
        : sql`(select ${sql.identifier(days)} from organizations where id = ${p.organizationId})`
    return sql`delete from ${sql.identifier(table)} t using (
        select x.id from ${sql.identifier(table)} x
        where x.organization_id = ${p.organizationId} and ${only}
          and x.${sql.identifier(time)} < now() - make_interval(days => ${most})
        order by x.id limit ${p.limit}::int) old
      where t.organization_id = ${p.organizationId} and t.id = old.id returning 1 as one`
  })

/** Outcomes of changes of many people; the trail has each of them for good. */
const userChangeDays = 30

const deletions: Record<
  'events' | 'attempts' | 'mails' | 'userChanges' | 'derivedEvents' | 'webhookAttempts',
  (batch: Batch) => Statement<{ one: number }>
> = {
  events: deletion('provisioning_events', 'occurred_at', 'provisioning_log_days'),
  attempts: deletion('sign_in_attempts', 'occurred_at', 'sign_in_trace_days'),
  mails: deletion('mails', 'created_at', 'mail_days', sql`x.status <> 'queued'`),
  userChanges: deletion('user_changes', 'finished_at', userChangeDays),
  webhookAttempts: deletion('webhook_attempts', 'sent_at', eventDays),
  derivedEvents: deletion('derived_events', 'occurred_at', eventDays),
}

export type Removed = Record<keyof typeof deletions, number>

/** What the webhooks of the platform sent and were answered. @param ctx above the organizations */
export const removeOldOfPlatform = (ctx: CallContext): Promise<number> => removeAll(ctx, deletions.webhookAttempts)

/** In batches, each a transaction of its own. @returns how many rows of each kind are gone */
export async function removeOld(ctx: CallContext): Promise<Removed> {
  return {
    events: await removeAll(ctx, deletions.events),
    attempts: await removeAll(ctx, deletions.attempts),
    mails: await removeAll(ctx, deletions.mails),
    userChanges: await removeAll(ctx, deletions.userChanges),
    webhookAttempts: await removeAll(ctx, deletions.webhookAttempts),
    derivedEvents: await removeAll(ctx, deletions.derivedEvents),
  }
}

async function removeAll(ctx: CallContext, statement: (batch: Batch) => Statement<{ one: number }>): Promise<number> {
  let removed = 0
  for (;;) {
    const batch = statement({ organizationId: ctx.organizationId, limit: batchSize })
    const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(batch))
    removed += rows.length
    if (rows.length < batchSize) return removed
  }
}
