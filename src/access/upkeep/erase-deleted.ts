// Deleted people whose time is over are erased by themselves, where the organization has said so.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { eraseUser } from '../people/status/erase-user.ts'

const due = prepared<{ organizationId: string; limit: number }, { userId: string; userName: string }>(
  (
    p,
  ) => sql`select u.id as "userId", u.user_name as "userName" from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and o.erase_deleted and u.status = 'inactive'
      and u.deleted_at <= now() - make_interval(days => o.erase_after_days)
      and u.status_changed_at <= now() - make_interval(days => o.erase_after_days)
    order by u.deleted_at, u.id limit ${p.limit}::int`,
)

const atOnce = 200

/** Each with an audit row. @returns how many */
export async function eraseDeleted(ctx: CallContext): Promise<number> {
  const people = await inTransaction(ctx, (tx) => tx.run(due({ organizationId: ctx.organizationId, limit: atOnce })))
  for (const { userId, userName } of people) await eraseUser(ctx, { userId, confirm: userName })
  return people.length
}
