// Deleted people whose time is over are erased by themselves, where the organization has said so.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { eraseUser } from '../people/status/erase-user.ts'

export type DuePerson = { id: string; userName: string }

const due = prepared<{ organizationId: string; limit: number }, DuePerson>(
  (p) => sql`select u.id, u.user_name as "userName" from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and o.erase_deleted and u.status = 'inactive'
      and u.deleted_at <= now() - make_interval(days => o.erase_after_days)
      and u.status_changed_at <= now() - make_interval(days => o.erase_after_days)
    order by u.deleted_at, u.id limit ${p.limit}::int`,
)

const atOnce = 200

/** Those who have waited longest first, as many as one run erases. */
export const listDueForErasing = (ctx: CallContext): Promise<DuePerson[]> =>
  inTransaction(ctx, (tx) => tx.run(due({ organizationId: ctx.organizationId, limit: atOnce })))

/** With an audit row. @throws AppError as eraseUser */
export const eraseDeleted = (ctx: CallContext, { id: userId, userName }: DuePerson): Promise<void> =>
  eraseUser(ctx, { userId, confirm: userName })
