// Changes of a group's members, as SQL on the changed members only. The group's row is locked by the caller, so that
// changes of one group follow each other; the statements never read the members that do not change.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditRowParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { once, prepared, type Statement } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import type { Condition } from './condition.ts'
import { conditionSql } from './condition-sql.ts'
import { type GroupKey, isGroup } from './groups.ts'
import { notedLoss } from './losses.ts'
import { groupScope, membersAndHidden } from './scopes.ts'

/** `ids` are ids of users and groups. `remove` of somebody who is not in, and `add` of somebody who is, change nothing. */
export type MemberChange =
  | { kind: 'add' | 'remove' | 'replace'; ids: readonly string[] }
  /** Removes the members that satisfy the condition, whose fields are relative to the member. */
  | { kind: 'removeWhere'; condition: Condition }

export type ChangedRow = { changed: number }
type AddedRow = ChangedRow & { isComplete: boolean }

type Parameters = AuditRowParameters & GroupKey & { ids: readonly string[]; now: string }

const isUserId = (id: string): boolean => !id.startsWith('grp_')

/** Ids in one order for everybody, so that two changes that overlap cannot wait for each other. */
const ordered = (ids: Iterable<string>): string[] => [...new Set(ids)].sort()

type Chunks = { [K in keyof Parameters]: SQL }

/** What follows a CTE `changed (id)`: the group's new version and the audit row, if anything changed at all. */
const bumpAndAudit = (p: Chunks): SQL => sql`
    bumped as (
      update groups g set version = version + 1, updated_at = ${p.now}::timestamptz
      where ${isGroup(p)} and exists (select from changed)),
    audited as (${insertAudit(p, changedDetail)} where exists (select from changed))`

const countChanged = sql`select count(*)::int as changed from changed`

// The check is part of the result, since PostgreSQL leaves out what nothing asks for.
const countComplete = sql`select count(*)::int as changed, (select is_complete from complete) as "isComplete" from changed`

// The number is always told, the ids of the first hundred.
const changedDetail = sql`jsonb_build_object('count', (select count(*) from changed),
    'ids', (select jsonb_agg(id) from (select id from changed limit 100) shown))`

const addUsers = prepared<Parameters, AddedRow>(
  (p) => sql`with wanted as (select id from unnest(${p.ids}::text[]) id),
    found as (
      -- Looked up one by one: a plan from before the directory has grown would compare all with all. Whoever is in already may be
      -- another directory's by now, and is listed to this one.
      select w.id from wanted w cross join lateral (
        select from users u where u.organization_id = ${p.organizationId} and u.id = w.id and u.deleted_at is null
          and (${p.directoryId}::text is null or u.directory_id = ${p.directoryId} or exists (select from group_members m
            where m.organization_id = u.organization_id and m.group_id = ${p.groupId} and m.user_id = u.id)) offset 0) u),
    complete as (select refuse_missing(array(select id from wanted except select id from found)) as is_complete),
    changed as (
      insert into group_members (organization_id, group_id, user_id, created_at)
      select g.organization_id, g.id, f.id, ${p.now}::timestamptz from groups g, found f where ${isGroup(p)}
      order by f.id on conflict (organization_id, group_id, user_id) do update set held_by = null
        where group_members.held_by is not null returning user_id as id),
    ${bumpAndAudit(p)} ${countComplete}`,
)

const addGroups = prepared<Parameters, AddedRow>(
  (p) => sql`with wanted as (select id from unnest(${p.ids}::text[]) id),
    found as (
      select w.id from wanted w join groups c on c.organization_id = ${p.organizationId} and c.id = w.id
        and (${p.directoryId}::text is null or c.directory_id = ${p.directoryId})),
    complete as (select refuse_missing(array(select id from wanted except select id from found)) as is_complete),
    changed as (
      insert into group_nestings (organization_id, group_id, child_group_id, created_at)
      select g.organization_id, g.id, f.id, ${p.now}::timestamptz from groups g, found f where ${isGroup(p)}
      order by f.id on conflict (organization_id, group_id, child_group_id) do update set held_by = null
        where group_nestings.held_by is not null returning child_group_id as id),
    ${bumpAndAudit(p)} ${countComplete}`,
)

// A directory changes its own groups only.
const isInReach = (p: Chunks): SQL => sql`exists (select from groups g where ${isGroup(p)})`

/** Which members a removal takes: those of the ids, or all but those, which are hashed once and not read through for each member. */
const taken = {
  remove: (id: SQL, ids: SQL): SQL => sql`${id} = any (${ids}::text[])`,
  keepOnly: (id: SQL, ids: SQL): SQL => sql`${id} not in (select unnest(${ids}::text[]))`,
}

const ofGroup = ({ directoryId, groupId, now }: Chunks) => ({ directoryId, groupId, now })

/** Whoever is deleted for now does not come back into the group either, if they are restored. */
const notRejoining = (
  which: keyof typeof taken,
  p: Chunks,
): SQL => sql`update deleted_people d set group_ids = d.group_ids - ${p.groupId}::text
  where d.organization_id = ${p.organizationId} and d.group_ids ? ${p.groupId} and ${isInReach(p)} and ${taken[which](sql`d.user_id`, p.ids)}`

/** Those who leave are gone, or kept by a mass change: then the directory does not see them any more, and they count as before. */
const removeUsers = (which: keyof typeof taken) =>
  prepared<Parameters, ChangedRow>(
    (p) => sql`with leaving as (
        select user_id as id from group_members where organization_id = ${p.organizationId} and group_id = ${p.groupId}
          and ${isInReach(p)} and held_by is null and ${taken[which](sql`user_id`, p.ids)}),
      brake as (select ${notedLoss({
        ...ofGroup(p),
        kind: sql`'left_group'`,
        userIds: sql`array(select id from leaving)`,
      })} as held_by),
      kept as (
        update group_members m set held_by = b.held_by from brake b where b.held_by is not null
          and m.organization_id = ${p.organizationId} and m.group_id = ${p.groupId} and m.user_id in (select id from leaving)
        returning m.user_id as id),
      gone as (
        delete from group_members m using brake b where b.held_by is null
          and m.organization_id = ${p.organizationId} and m.group_id = ${p.groupId} and m.user_id in (select id from leaving)
        returning m.user_id as id),
      hidden as (${notRejoining(which, p)}),
      changed as (select id from kept union all select id from gone), ${bumpAndAudit(p)} ${countChanged}`,
  )

/** The same of groups in the group: whoever is in one of them is in no longer. */
const removeGroups = (which: keyof typeof taken) =>
  prepared<Parameters, ChangedRow>(
    (p) => sql`with leaving as (
        select child_group_id as id from group_nestings where organization_id = ${p.organizationId}
          and group_id = ${p.groupId} and ${isInReach(p)} and held_by is null and ${taken[which](sql`child_group_id`, p.ids)}),
      brakes as materialized (select l.id, ${notedLoss({
        ...ofGroup(p),
        kind: sql`'left_nesting'`,
        userIds: sql`array(select m.user_id from members_below(l.id) m)`,
        childGroupId: sql`l.id`,
      })} as held_by from leaving l),
      kept as (
        update group_nestings n set held_by = b.held_by from brakes b where b.held_by is not null
          and n.organization_id = ${p.organizationId} and n.group_id = ${p.groupId} and n.child_group_id = b.id
        returning n.child_group_id as id),
      gone as (
        delete from group_nestings n using brakes b where b.held_by is null
          and n.organization_id = ${p.organizationId} and n.group_id = ${p.groupId} and n.child_group_id = b.id
        returning n.child_group_id as id),
      changed as (select id from kept union all select id from gone), ${bumpAndAudit(p)} ${countChanged}`,
  )

const removals = {
  users: { remove: removeUsers('remove'), keepOnly: removeUsers('keepOnly') },
  groups: { remove: removeGroups('remove'), keepOnly: removeGroups('keepOnly') },
}

/** The ids of the members of a group that satisfy a condition, with those who are deleted for now. */
export function matchingMembers(key: GroupKey, condition: Condition): Statement<{ id: string }> {
  const list = groupScope.list({ path: ['members'], type: 'complex', isCaseExact: true })
  if (list === undefined) throw new Error('members is a list')
  return once(
    sql`select e.value as id from groups g cross join lateral ${membersAndHidden}
      where g.organization_id = ${key.organizationId} and g.id = ${key.groupId}
        and ${conditionSql(condition, list.element)}`,
    { isPrepared: false },
  )
}

/** A change whose ids are known without asking the database. */
export type KnownChange = Exclude<MemberChange, { kind: 'removeWhere' }>

/**
 * The statements of a change, for a transaction that holds the group's row. They fail as `invalid` (invalidValue) where
 * an added member does not exist for the caller.
 */
export function memberStatements(ctx: CallContext, key: GroupKey, change: KnownChange): Statement<ChangedRow>[] {
  const users = ordered(change.ids.filter(isUserId))
  const groups = ordered(change.ids.filter((id) => !isUserId(id)))
  const parameters = (kind: 'added' | 'removed', ids: string[]): Parameters => {
    const entry = { action: `group.members_${kind}`, targetType: 'group', targetId: key.groupId } as const
    return { ...auditParameters(ctx, entry), ...key, ids, now: nowOf(ctx) }
  }
  const statements: Statement<ChangedRow>[] = []
  if (change.kind === 'replace') {
    statements.push(removals.users.keepOnly(parameters('removed', users)))
    statements.push(removals.groups.keepOnly(parameters('removed', groups)))
  }
  if (change.kind === 'remove') {
    if (users.length > 0) statements.push(removals.users.remove(parameters('removed', users)))
    if (groups.length > 0) statements.push(removals.groups.remove(parameters('removed', groups)))
    return statements
  }
  if (users.length > 0) statements.push(addUsers(parameters('added', users)))
  if (groups.length > 0) statements.push(addGroups(parameters('added', groups)))
  return statements
}

/** The groups that a change would put into the group; adding them needs the check for cycles. */
export const addedGroups = (change: MemberChange): string[] =>
  change.kind === 'add' || change.kind === 'replace' ? change.ids.filter((id) => isId('grp', id)) : []

const findCycle = prepared<{ organizationId: string; groupId: string; ids: readonly string[] }, { id: string }>(
  (p) => sql`with recursive climbed (id) as (
      select ${p.groupId}::text
      union
      select n.group_id from climbed join group_nestings n
        on n.organization_id = ${p.organizationId} and n.child_group_id = climbed.id)
    select id from climbed where id = any (${p.ids}::text[])`,
)

/** Those of `ids` that contain the group already, directly or not: each would close a cycle. */
export const cycleThrough = (key: GroupKey, ids: readonly string[]): Statement<{ id: string }> =>
  findCycle({ organizationId: key.organizationId, groupId: key.groupId, ids })

/** Nesting changes of an organization follow each other: two that are harmless alone could close a cycle together. */
export const lockNestings = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended('nestings ' || ${p.organizationId}, 0))`,
)
