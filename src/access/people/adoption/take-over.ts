// A directory takes somebody over, for whatever reason: whoever was asked for a word on it need not give one any more.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type Adoption, adoptWithin } from '#directory/adopt-user.ts'
import type { UserRecord } from '#directory/users.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'

type Key = { organizationId: string; directoryId: string; userId: string }

const settleAlarm = prepared<Key & { settledBy: string; now: string }, never>(
  (
    p,
  ) => sql`update alarms a set settled_at = ${p.now}::timestamptz, settled_by = ${p.settledBy} from adoption_requests r
    where r.organization_id = ${p.organizationId} and r.directory_id = ${p.directoryId} and r.user_id = ${p.userId}
      and a.organization_id = r.organization_id and a.kind = 'adoption_request' and a.settled_at is null
      and a.detail ->> 'adoptionRequestId' = r.id`,
)

/** As `adoptWithin`, with the alarm that asked for it. @throws AppError as `updateUser` does */
export async function takeOver(
  tx: Transaction,
  ctx: CallContext,
  user: UserRecord,
  adoption: Adoption,
): Promise<UserRecord> {
  const adopted = await adoptWithin(tx, ctx, user, adoption)
  const key = { organizationId: ctx.organizationId, directoryId: adoption.directoryId, userId: user.id }
  await tx.run(settleAlarm({ ...key, settledBy: ctx.actor.id, now: nowOf(ctx) }))
  return adopted
}
