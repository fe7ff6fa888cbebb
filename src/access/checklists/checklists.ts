// Checklists under way: for whom, how far, and the tasks of each.
import { type SQL, sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { ownUserId } from '../ground/own-user-id.ts'

export type ChecklistTask = {
  position: number
  title: string
  note: string | null
  /** Null: whoever administers the organization. */
  owner: { id: string; name: string } | null
  dueAt: string
  outcome: 'done' | 'not_needed' | null
  comment: string | null
  settledAt: string | null
  settledBy: string | null
}

export type Checklist = {
  id: string
  name: string
  kind: 'joining' | 'leaving'
  user: { id: string; userName: string; displayName: string | null }
  status: 'open' | 'done' | 'cancelled'
  createdAt: string
  createdBy: string
  endedAt: string | null
  tasks: ChecklistTask[]
}

const taskJson = sql`json_build_object('position', k.position, 'title', k.title, 'note', k.note,
  'owner', (select json_build_object('id', o.id, 'name', coalesce(o.display_name, o.user_name)) from users o
    where o.organization_id = k.organization_id and o.id = k.owner_id),
  'dueAt', ${isoTime(sql`k.due_at`)}, 'outcome', k.outcome, 'comment', k.comment,
  'settledAt', ${isoTime(sql`k.settled_at`)}, 'settledBy', k.settled_by)`

/** The columns of a Checklist, of `checklists c`, `checklist_templates t` and `users u`; of its tasks those that are asked for. */
const columns = (only: SQL): SQL => sql`c.id, t.name, t.kind,
  json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name) as "user", c.status,
  ${isoTime(sql`c.created_at`)} as "createdAt", c.created_by as "createdBy", ${isoTime(sql`c.ended_at`)} as "endedAt",
  (select coalesce(json_agg(${taskJson} order by k.position), '[]') from checklist_tasks k
    where k.organization_id = c.organization_id and k.checklist_id = c.id and ${only}) as tasks`

const from = sql`checklists c
  join checklist_templates t on t.organization_id = c.organization_id and t.id = c.template_id
  join users u on u.organization_id = c.organization_id and u.id = c.user_id`

type Filter = {
  organizationId: string
  userId: string | null
  status: string | null
  after: string | null
  limit: number
}

const select = prepared<Filter, Checklist>(
  (p) => sql`select ${columns(sql`true`)} from ${from} where c.organization_id = ${p.organizationId}
      and (${p.userId}::text is null or c.user_id = ${p.userId}) and (${p.status}::text is null or c.status = ${p.status})
      and (${p.after}::text is null or c.id < ${p.after})
    order by c.id desc limit ${p.limit}::int`,
)

/** The newest first. @throws AppError forbidden */
export async function listChecklists(
  ctx: CallContext,
  page: {
    userId?: string | undefined
    status?: Checklist['status'] | undefined
    after?: string | undefined
    limit: number
  },
): Promise<Checklist[]> {
  requirePermission(ctx, 'users.read')
  const { userId = null, status = null, after = null, limit } = page
  const statement = select({ organizationId: ctx.organizationId, userId, status, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

const selectOne = prepared<{ organizationId: string; checklistId: string }, Checklist>(
  (p) => sql`select ${columns(sql`true`)} from ${from}
    where c.organization_id = ${p.organizationId} and c.id = ${p.checklistId}`,
)

/** @throws AppError forbidden, not_found */
export async function getChecklist(ctx: CallContext, checklistId: string): Promise<Checklist> {
  requirePermission(ctx, 'users.read')
  if (!isId('clk', checklistId)) return refuseUnknown(ctx, 'Checklist')
  const statement = selectOne({ organizationId: ctx.organizationId, checklistId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const found = rows?.[0]
  if (found === undefined) throw notFound('Checklist')
  return found
}

const selectOwn = prepared<{ organizationId: string; ownerId: string }, Checklist>(
  (p) => sql`select ${columns(sql`k.owner_id = ${p.ownerId} and k.settled_at is null`)} from ${from}
    where c.organization_id = ${p.organizationId} and c.status = 'open' and exists (select from checklist_tasks k
      where k.organization_id = c.organization_id and k.checklist_id = c.id and k.owner_id = ${p.ownerId} and k.settled_at is null)
    order by c.id limit 200`,
)

/** What somebody has to do themselves, at most two hundred lists, each with their open tasks. @throws AppError forbidden */
export async function listOwnTasks(ctx: CallContext): Promise<Checklist[]> {
  const statement = selectOwn({ organizationId: ctx.organizationId, ownerId: ownUserId(ctx) })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}
