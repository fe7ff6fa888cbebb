// Mass changes: what many people lost by a directory in a short time, and what of it waits for an administrator's word (ADR 0041).
import { type SQL, sql } from 'drizzle-orm'
import { getDirectory } from '#connections/directories/directories.ts'
import { prepared } from '#db/statement.ts'
import type { UserStatus } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'

export type MassChangeStatus = 'open' | 'confirmed' | 'restoring' | 'restored'

export type MassChange = {
  id: string
  directory: { id: string; name: string }
  beganAt: string
  trippedAt: string
  /** Null while it goes on. */
  endedAt: string | null
  /** How many people the directory could take something from; null where somebody looked back by hand. */
  limit: number | null
  status: MassChangeStatus
  decidedAt: string | null
  decidedBy: string | null
  /** Everybody who lost something, once. */
  people: number
  deactivated: number
  deleted: number
  /** Of whom an administrator has said that they have really left. */
  haveLeft: number
  /** What is kept: memberships, groups in groups, whole groups. */
  kept: number
  /** What restoring has come to so far. */
  restored: number
  notRestored: number
  /** The groups that people left, those with the most people first; at most twenty. */
  groups: { id: string; displayName: string | null; people: number; isKept: boolean }[]
}

/** Where restoring somebody came to nothing, why. */
export type RestoreOutcome =
  | 'restored'
  | 'erased'
  | 'said_again'
  | 'held_by_administrator'
  | 'brought_again'
  | 'there_already'

export type MassChangePerson = {
  id: string
  userName: string
  displayName: string | null
  status: UserStatus
  isDeleted: boolean
  /** What they lost. */
  kinds: ('deactivated' | 'deleted' | 'left_group' | 'group_deleted' | 'left_nesting')[]
  groups: string[]
  hasLeft: boolean
  outcome: RestoreOutcome | null
}

/** Of `mass_changes m`: whether the loss `l` belongs to it. */
export const isOfChange = sql`l.organization_id = m.organization_id and l.directory_id = m.directory_id
  and l.occurred_at >= m.began_at and (m.ended_at is null or l.occurred_at <= m.ended_at)`

const losses = (what: SQL, only: SQL = sql`true`): SQL =>
  sql`(select ${what} from directory_losses l where ${isOfChange} and ${only})`

const people = sql`count(distinct l.user_id)::int`

const keptIn = (table: 'group_members' | 'group_nestings' | 'groups'): SQL =>
  sql`(select count(*)::int from ${sql.identifier(table)} k where k.organization_id = m.organization_id and k.held_by = m.id)`

/** The columns of a MassChange, for `mass_changes m` and `directories d`. */
const columns = sql`m.id, json_build_object('id', d.id, 'name', d.name) as directory, m.began_at as "beganAt",
  m.tripped_at as "trippedAt", m.ended_at as "endedAt", m.people_limit as "limit", m.status, m.decided_at as "decidedAt",
  m.decided_by as "decidedBy", ${losses(people)} as people, ${losses(people, sql`l.kind = 'deactivated'`)} as deactivated,
  ${losses(people, sql`l.kind = 'deleted'`)} as deleted, ${losses(people, sql`l.has_left`)} as "haveLeft",
  ${keptIn('group_members')} + ${keptIn('group_nestings')} + ${keptIn('groups')} as kept,
  ${losses(people, sql`l.outcome = 'restored'`)} as restored,
  ${losses(people, sql`l.outcome not in ('restored', 'there_already')`)} as "notRestored",
  (select coalesce(json_agg(json_build_object('id', x.group_id, 'displayName', g.display_name, 'people', x.people,
      'isKept', g.held_by is not null) order by x.people desc, x.group_id), '[]')
    from (select l.group_id, ${people} as people from directory_losses l where ${isOfChange} and l.group_id is not null
      group by l.group_id order by 2 desc, 1 limit 20) x
    left join groups g on g.organization_id = m.organization_id and g.id = x.group_id) as groups`

const from = sql`mass_changes m join directories d on d.organization_id = m.organization_id and d.id = m.directory_id`

type Filter = {
  organizationId: string
  directoryId: string | null
  isOpen: boolean | null
  after: string | null
  limit: number
}

const select = prepared<Filter, MassChange>(
  (p) => sql`select ${columns} from ${from} where m.organization_id = ${p.organizationId}
      and (${p.directoryId}::text is null or m.directory_id = ${p.directoryId})
      and (${p.isOpen}::boolean is null or (m.status in ('open', 'restoring')) = ${p.isOpen}::boolean)
      and (${p.after}::text is null or m.id < ${p.after})
    order by m.id desc limit ${p.limit}::int`,
)

/** The newest first. @throws AppError forbidden; not_found for a directory that is not there */
export async function listMassChanges(
  ctx: CallContext,
  page: {
    directoryId?: string | undefined
    isOpen?: boolean | undefined
    after?: string | undefined
    limit: number
  },
): Promise<MassChange[]> {
  requirePermission(ctx, 'directories.read')
  requirePermission(ctx, 'users.read')
  const { directoryId = null, isOpen = null, after = null, limit } = page
  if (directoryId !== null) await getDirectory(ctx, directoryId)
  const statement = select({ organizationId: ctx.organizationId, directoryId, isOpen, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

export type MassChangeKey = { organizationId: string; massChangeId: string }

const selectOne = prepared<MassChangeKey, MassChange>(
  (p) => sql`select ${columns} from ${from} where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId}`,
)

/** @throws AppError forbidden, not_found */
export async function getMassChange(ctx: CallContext, massChangeId: string): Promise<MassChange> {
  requirePermission(ctx, 'directories.read')
  requirePermission(ctx, 'users.read')
  if (!isId('mch', massChangeId)) return refuseUnknown(ctx, 'Mass change')
  const statement = selectOne({ organizationId: ctx.organizationId, massChangeId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const found = rows?.[0]
  if (found === undefined) throw notFound('Mass change')
  return found
}

export type LockedMassChange = Pick<MassChange, 'id' | 'status'> & { directoryId: string; endedAt: string | null }

const lock = prepared<MassChangeKey, LockedMassChange>(
  (p) => sql`select m.id, m.status, m.directory_id as "directoryId", m.ended_at as "endedAt" from mass_changes m
    where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId} for update`,
)

/** Keeps others from deciding until the transaction ends. @throws AppError not_found */
export async function lockMassChange(
  tx: Transaction,
  ctx: CallContext,
  massChangeId: string,
): Promise<LockedMassChange> {
  const [found] = await tx.run(lock({ organizationId: ctx.organizationId, massChangeId }))
  if (found === undefined) throw notFound('Mass change')
  return found
}

const selectPeople = prepared<MassChangeKey & { after: string | null; limit: number }, MassChangePerson>(
  (p) => sql`select u.id, u.user_name as "userName", u.display_name as "displayName", u.status,
      u.deleted_at is not null as "isDeleted", x.kinds, x."hasLeft", x.outcome,
      to_json(array(select distinct g.display_name from groups g where g.organization_id = u.organization_id
        and g.id = any (x.groups) order by 1 limit 20)) as groups
    from (select l.user_id, to_json(array_agg(distinct l.kind order by l.kind)) as kinds,
        array_remove(array_agg(distinct l.group_id), null) as groups, bool_or(l.has_left) as "hasLeft",
        max(l.outcome) as outcome
      from mass_changes m join directory_losses l on ${isOfChange}
      where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId}
        and (${p.after}::text is null or l.user_id > ${p.after})
      group by l.user_id order by l.user_id limit ${p.limit}::int) x
    join users u on u.organization_id = ${p.organizationId} and u.id = x.user_id order by u.id`,
)

/** Everybody who lost something, in the order of their ids. @throws AppError forbidden, not_found */
export async function listMassChangePeople(
  ctx: CallContext,
  { massChangeId, after, limit }: { massChangeId: string; after?: string | undefined; limit: number },
): Promise<MassChangePerson[]> {
  await getMassChange(ctx, massChangeId)
  const key = { organizationId: ctx.organizationId, massChangeId }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectPeople({ ...key, after: after ?? null, limit })))
  return rows ?? []
}
