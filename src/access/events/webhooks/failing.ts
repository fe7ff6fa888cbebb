// A webhook that takes nothing any more: administrators are told, and it is paused in the end. What it was not told stays in the log.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, platformId } from '#src/context.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import type { Leased } from './lease.ts'

const pause = prepared<{ organizationId: string; id: string; reason: string }, { id: string }>(
  (p) => sql`update webhooks set status = 'paused', pause_reason = ${p.reason}
    where organization_id = ${p.organizationId} and id = ${p.id} and status = 'active' returning id`,
)

const settle = prepared<{ organizationId: string; id: string; now: string }, never>(
  (p) => sql`update alarms set settled_at = ${p.now}::timestamptz, settled_by = 'system'
    where organization_id = ${p.organizationId} and kind = 'webhook_failing' and settled_at is null
      and detail ->> 'webhookId' = ${p.id}`,
)

type Failing = Pick<Leased, 'id' | 'url' | 'description'>

/** What it is called to people: what somebody wrote, or where it leads; the address itself may have a secret in it. */
const nameOf = ({ url, description }: Failing): string => (description === '' ? new URL(url).host : description)

const alarmOf = (ctx: CallContext, kind: 'webhook_failing' | 'webhook_paused', failing: Failing) =>
  raiseAlarm(ctx, { kind, detail: { webhookId: failing.id, name: nameOf(failing) } })

/** The platform has no alarms: its operators see the state of the webhook. */
export async function alarmOfFailing(ctx: CallContext, failing: Failing): Promise<void> {
  if (ctx.organizationId === platformId) return
  await inTransaction(ctx, (tx) => tx.commitWith(alarmOf(ctx, 'webhook_failing', failing)))
}

/** It takes events again. */
export async function endAlarm(ctx: CallContext, id: string): Promise<void> {
  const { organizationId } = ctx
  if (organizationId === platformId) return
  await inTransaction(ctx, (tx) => tx.commitWith(settle({ organizationId, id, now: nowOf(ctx) })))
}

export async function pauseFailing(ctx: CallContext, failing: Failing, reason: 'failing' | 'gone'): Promise<void> {
  const { organizationId } = ctx
  const { id } = failing
  await inTransaction(ctx, async (tx) => {
    const [paused] = await tx.run(pause({ organizationId, id, reason }))
    if (paused === undefined) return
    const entry = { action: 'webhook.pause', targetType: 'webhook', targetId: id, detail: { reason } } as const
    await tx.run(recordAudit(ctx, entry))
    if (organizationId === platformId) return
    await tx.run(settle({ organizationId, id, now: nowOf(ctx) }))
    await tx.run(alarmOf(ctx, 'webhook_paused', failing))
  })
}
