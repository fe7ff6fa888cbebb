// Telling the administrators of new alarms by mail, once for each.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { Log } from '#platform/log.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { alarmLetter } from '#words/letters/alarm.ts'
import { queueMail } from '../mail/queue-mail.ts'
import { type Alarm, alarmColumns } from './alarms.ts'
import { organizationName } from './organization-name.ts'
import { alarmRecipients } from './recipients.ts'

const claim = prepared<{ organizationId: string; now: string }, Alarm>(
  (p) => sql`update alarms a set notified_at = ${p.now}::timestamptz
    where a.organization_id = ${p.organizationId} and a.notified_at is null returning ${alarmColumns}`,
)

/** What was settled before anybody was told is not told. */
export async function notifyAlarms(ctx: CallContext, log: Log): Promise<void> {
  const { organizationId } = ctx
  const recipients = await alarmRecipients(ctx)
  const alarms = await inTransaction(ctx, async (tx) => {
    const name = await organizationName(tx, ctx)
    const claimed = await tx.run(claim({ organizationId, now: nowOf(ctx) }))
    const open = claimed.filter(({ settledAt }) => settledAt === null)
    for (const alarm of open) {
      for (const { email, zone } of recipients) {
        const letter = alarmLetter(alarm, { organization: name, page: ctx.urls.page, zone })
        await queueMail(tx, ctx, { kind: 'alarm', to: email, letter, targetId: alarm.id })
      }
    }
    return open
  })
  if (recipients.length > 0) return
  for (const { id, kind } of alarms) {
    log.error({ organizationId, alarmId: id, kind }, `Nobody could be told of an alarm of the kind ${kind}`)
  }
}
