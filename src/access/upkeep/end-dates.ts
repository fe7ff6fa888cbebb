// What follows from dates: people whose last assignment ended are deactivated, and whoever is due back is proposed for it.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'
import { deactivateUser } from '../people/status/deactivate-user.ts'

type Person = { userId: string; userName: string; displayName: string | null }

const past = prepared<{ organizationId: string }, Person>(
  (p) => sql`select u.id as "userId", u.user_name as "userName", u.display_name as "displayName"
    from people_past_their_end e join users u on u.organization_id = e.organization_id and u.id = e.user_id
    where e.organization_id = ${p.organizationId} order by u.id limit 200`,
)

/** Deactivates, by the one door out, the local people who have held nothing for as long as the organization waits. */
export async function endAccounts(ctx: CallContext): Promise<void> {
  const [people = []] = await inTransaction(ctx, (tx) => tx.commitWith(past({ organizationId: ctx.organizationId })))
  for (const person of people) await endAccount(ctx, person)
}

async function endAccount(ctx: CallContext, { userId, userName, displayName }: Person): Promise<void> {
  try {
    await deactivateUser(ctx, { userId }, 'end_date')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Gone in the meantime.
    if (error.code === 'not_found') return
    if (error.reason !== 'last_administrator') throw error
    const alarm = raiseAlarm(ctx, { kind: 'end_date_refused', detail: { userId, userName, displayName } })
    await inTransaction(ctx, (tx) => tx.commitWith(alarm))
  }
}

const claimReturns = prepared<{ organizationId: string }, Person & { returnsAt: string; isInactive: boolean }>(
  (p) => sql`update users u set returns_at = null from users before
    where u.organization_id = ${p.organizationId} and u.returns_at <= now()
      and not exists (select from absences a where a.organization_id = u.organization_id and a.user_id = u.id
        and a.status = 'under_way')
      and before.organization_id = u.organization_id and before.id = u.id
    returning u.id as "userId", u.user_name as "userName", u.display_name as "displayName",
      before.returns_at as "returnsAt", (u.status = 'inactive' and u.deleted_at is null) as "isInactive"`,
)

/** Proposes the reactivation of whoever was deactivated until now; an absence ends first, and may have them back by itself. */
export async function proposeReturns(ctx: CallContext): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const due = await tx.run(claimReturns({ organizationId: ctx.organizationId }))
    for (const { isInactive: _, ...detail } of due.filter(({ isInactive }) => isInactive)) {
      await tx.run(raiseAlarm(ctx, { kind: 'return_due', detail }))
    }
  })
}
