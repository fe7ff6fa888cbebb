// Who is deleted and not erased yet: by whom, until when they can be restored, and when they are erased.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

export type DeletedPerson = {
  id: string
  userName: string
  displayName: string | null
  directoryId: string | null
  deletedAt: string
  /** Null: by their directory. */
  deletedBy: { type: string; id: string; name: string | null } | null
  note: string | null
  restorableUntil: string
  /** The time is over: they wait for being erased. */
  isDue: boolean
  /** Whether they are erased by themselves then. */
  isErasedThen: boolean
}

type Page = { organizationId: string; userId: string | null; after: string | null; limit: number }

const select = prepared<Page, DeletedPerson>(
  (p) => sql`select u.id, u.user_name as "userName", u.display_name as "displayName", u.directory_id as "directoryId",
      u.deleted_at as "deletedAt", d.note,
      case when d.user_id is not null then json_build_object('type', d.deleted_by_type, 'id', d.deleted_by, 'name', coalesce(
        (select coalesce(b.display_name, b.user_name) from users b where b.organization_id = u.organization_id and b.id = d.deleted_by),
        (select k.name from api_keys k where k.organization_id = u.organization_id and k.id = d.deleted_by))) end as "deletedBy",
      x.until as "restorableUntil", x.until <= now() as "isDue", o.erase_deleted as "isErasedThen"
    from users u join organizations o on o.id = u.organization_id
    left join deleted_people d on d.organization_id = u.organization_id and d.user_id = u.id
    cross join lateral (select (greatest(u.deleted_at, u.status_changed_at) + make_interval(days => o.erase_after_days))
      ::timestamptz(3) as until) x
    where u.organization_id = ${p.organizationId} and u.deleted_at is not null and u.status = 'inactive'
      and (${p.userId}::text is null or u.id = ${p.userId}) and (${p.after}::text is null or u.id < ${p.after})
    order by u.id desc limit ${p.limit}::int`,
)

/** By id, the newest people first. @param after the id of the last one of the page before @throws AppError forbidden */
export async function listDeletedPeople(
  ctx: CallContext,
  { after = null, limit }: { after?: string | null | undefined; limit: number },
): Promise<DeletedPerson[]> {
  requirePermission(ctx, 'users.read')
  const statement = select({ organizationId: ctx.organizationId, userId: null, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError forbidden; not_found for whoever is not deleted */
export async function getDeletedPerson(ctx: CallContext, userId: string): Promise<DeletedPerson> {
  requirePermission(ctx, 'users.read')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const statement = select({ organizationId: ctx.organizationId, userId, after: null, limit: 1 })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  if (rows?.[0] === undefined) throw notFound('User')
  return rows[0]
}
