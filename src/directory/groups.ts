// Groups: what a group is, and how one is read, with and without its members.
import { type SQL, sql } from 'drizzle-orm'
import { entered, prepared, type Statement } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inOneStatement, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import type { Attributes } from './users.ts'

export type GroupMember = { id: string; type: 'User' | 'Group'; display: string }

export type GroupRecord = {
  id: string
  directoryId: string | null
  externalId: string | null
  displayName: string
  attributes: Attributes
  version: number
  createdAt: string
  updatedAt: string
}

export type GroupWithMembers = GroupRecord & { members: GroupMember[] }

/** The columns of a GroupRecord, for `groups g`. */
export const groupColumns = sql`g.id, g.directory_id as "directoryId", g.external_id as "externalId",
  g.display_name as "displayName", g.attributes, g.version, g.created_at as "createdAt", g.updated_at as "updatedAt"`

/** The members of `groups g` as a JSON array, in the order in which they came. */
export const memberColumn: SQL = sql`(select coalesce(json_agg(json_build_object('id', m.id, 'type', m.type, 'display', m.display)
    order by m.created_at, m.id), '[]') from (
      select gm.user_id as id, 'User' as type, u.display, gm.created_at
      from group_members gm cross join lateral (select coalesce(u.display_name, u.user_name) as display from users u
        where u.organization_id = gm.organization_id and u.id = gm.user_id offset 0) u
      where gm.organization_id = g.organization_id and gm.group_id = g.id and gm.held_by is null
      union all
      select c.id, 'Group', c.display_name, n.created_at
      from group_nestings n join groups c on c.organization_id = n.organization_id and c.id = n.child_group_id
      where n.organization_id = g.organization_id and n.group_id = g.id and n.held_by is null) m) as members`

export type GroupReference = { groupId: string; directoryId: string | null }

export type GroupKey = { organizationId: string; directoryId: string | null; groupId: string }

/** Which group a key means: a directory sees its own groups, everybody else the whole organization's. */
export const isGroup = (p: { [K in keyof GroupKey]: SQL }): SQL =>
  sql`g.organization_id = ${p.organizationId} and g.id = ${p.groupId}
    and (${p.directoryId}::text is null or g.directory_id = ${p.directoryId})`

type ReadKey = Omit<GroupKey, 'organizationId'>

const select = (columns: SQL, p: { [K in keyof ReadKey]: SQL }): SQL => sql`with ${entered}
  select found.* from entered cross join lateral (
    select ${columns} from groups g
    where ${isGroup({ organizationId: sql`entered.organization_id`, directoryId: p.directoryId, groupId: p.groupId })}
    offset 0) found`

const selectGroup = prepared<ReadKey, GroupRecord>((p) => select(groupColumns, p))

const selectWithMembers = prepared<ReadKey, GroupWithMembers>((p) => select(sql`${groupColumns}, ${memberColumn}`, p))

/** Reads the group and locks its row until the transaction ends. */
export const lockGroupStatement = prepared<GroupKey, GroupRecord>(
  (p) => sql`select ${groupColumns} from groups g where ${isGroup(p)} for no key update of g`,
)

/** @throws AppError not_found, also for another organization's group */
export const getGroup = (ctx: CallContext, reference: GroupReference): Promise<GroupRecord> =>
  readGroup(ctx, reference, selectGroup)

/** @throws AppError not_found, also for another organization's group */
export const getGroupWithMembers = (ctx: CallContext, reference: GroupReference): Promise<GroupWithMembers> =>
  readGroup(ctx, reference, selectWithMembers)

async function readGroup<Row>(
  ctx: CallContext,
  { groupId, directoryId }: GroupReference,
  statement: (key: ReadKey) => Statement<Row>,
): Promise<Row> {
  requirePermission(ctx, 'groups.read')
  if (!isId('grp', groupId)) return refuseUnknown(ctx, 'Group')
  const [group] = await inOneStatement(ctx, statement({ groupId, directoryId }))
  if (group === undefined) throw notFound('Group')
  return group
}

/** Reads the group and keeps others from changing it until the transaction ends. @throws AppError not_found */
export async function lockGroupRow(tx: Transaction, ctx: CallContext, reference: GroupReference): Promise<GroupRecord> {
  const [group] = await tx.run(lockGroupStatement({ organizationId: ctx.organizationId, ...reference }))
  if (group === undefined) throw notFound('Group')
  return group
}
