// The monthly mail about emergency accounts that nobody has tried. When it went out is noted as an alarm that is settled.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { Log } from '#platform/log.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { alarmLetter } from '#words/letters/alarm.ts'
import { organizationName } from '../notices/alarms/organization-name.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'
import { alarmRecipients } from '../notices/alarms/recipients.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'

const unproven = prepared<{ organizationId: string }, { userName: string; displayName: string | null }>(
  (p) => sql`select user_name as "userName", display_name as "displayName" from emergency_accounts_to_prove
    where organization_id = ${p.organizationId} order by user_id`,
)

export async function askForDrill(ctx: CallContext, log: Log): Promise<void> {
  const { organizationId } = ctx
  const recipients = await alarmRecipients(ctx)
  const isUnheard = await inTransaction(ctx, async (tx) => {
    const accounts = await tx.run(unproven({ organizationId }))
    if (accounts.length === 0) return false
    const shown = accounts.map(({ userName, displayName }) =>
      displayName === null ? userName : `${userName} (${displayName})`,
    )
    const detail = { accounts: shown }
    const [alarm] = await tx.run(raiseAlarm(ctx, { kind: 'emergency_drill', detail, isNote: true }))
    const about = { organization: await organizationName(tx, ctx), page: ctx.urls.page }
    for (const { email, zone } of recipients) {
      const letter = alarmLetter({ kind: 'emergency_drill', detail }, { ...about, zone })
      await queueMail(tx, ctx, { kind: 'emergency_drill', to: email, letter, targetId: alarm?.id ?? organizationId })
    }
    return recipients.length === 0
  })
  if (isUnheard) log.error({ organizationId }, 'Nobody could be asked to try the emergency accounts')
}
