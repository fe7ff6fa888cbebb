// What has changed lately about somebody's own access, and who did it; from the trail, for the person themselves.
import { type SQL, sql } from 'drizzle-orm'
import { actorName } from '#audit/names.ts'
import { prepared } from '#db/statement.ts'
import { firstIdAt } from '#platform/ids.ts'
import { type Actor, type CallContext, inTransaction } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'

export type OwnChange = {
  id: string
  occurredAt: string
  action:
    | 'assignment.create'
    | 'assignment.update'
    | 'assignment.delete'
    | 'group.members_added'
    | 'group.members_removed'
    | 'mapping.create'
    | 'mapping.delete'
    | 'role.update'
    | 'team.members_added'
    | 'team.members_removed'
    | 'user.reactivate'
  /** The name is today's; null where there is none. */
  actor: { type: Actor['type']; name: string | null }
  role: string | null
  /** Null: the organization. */
  brand: string | null
  group: string | null
  team: string | null
  reason: string | null
}

const recentDays = 90
const shown = 15
/** Of a kind of event that many people cause, only the newest are looked through. */
const scanned = 2_000

type Key = { organizationId: string; userId: string; from: string }
type Chunks = { [K in keyof Key]: SQL }

/** The newest events of one kind that satisfy the condition. */
const kind = (p: Chunks, action: OwnChange['action'], condition: SQL): SQL => sql`
  (select e.* from (select a.* from audit_events a where a.organization_id = ${p.organizationId}
      and a.action = ${sql.raw(`'${action}'`)} and a.id >= ${p.from} order by a.id desc limit ${sql.raw(String(scanned))}) e
    where ${condition} order by e.id desc limit ${sql.raw(String(shown))})`

const concernsUser = (p: Chunks): SQL => sql`e.detail ->> 'userId' = ${p.userId}`
const isAmong = (p: Chunks): SQL => sql`e.detail -> 'ids' ? ${p.userId}`
const isOwnGroup = (p: Chunks): SQL => sql`e.detail ->> 'groupId' in (select m.group_id from group_members m
  where m.organization_id = ${p.organizationId} and m.user_id = ${p.userId})`
const isOwnRole = (p: Chunks): SQL => sql`e.target_id in (select h.role_id from effective_assignments h
  where h.organization_id = ${p.organizationId} and h.user_id = ${p.userId})`

const selectChanges = prepared<Key, OwnChange>((p) => {
  const kinds = [
    kind(p, 'assignment.create', concernsUser(p)),
    kind(p, 'assignment.update', concernsUser(p)),
    kind(p, 'assignment.delete', concernsUser(p)),
    kind(p, 'group.members_added', isAmong(p)),
    kind(p, 'group.members_removed', isAmong(p)),
    kind(p, 'team.members_added', isAmong(p)),
    kind(p, 'team.members_removed', isAmong(p)),
    kind(p, 'mapping.create', isOwnGroup(p)),
    kind(p, 'mapping.delete', isOwnGroup(p)),
    kind(p, 'role.update', isOwnRole(p)),
    kind(p, 'user.reactivate', sql`e.target_id = ${p.userId}`),
  ]
  return sql`select a.id, a.occurred_at as "occurredAt", a.action, json_build_object('type', a.actor_type, 'name', ${actorName}) as actor, r.name as role, b.name as brand,
      g.display_name as "group", case when a.target_type = 'team' then coalesce(t.name, a.detail ->> 'name') end as team, a.detail ->> 'reason' as reason
    from (${sql.join(kinds, sql` union all `)}) a
    left join roles r on r.organization_id = a.organization_id
      and r.id = coalesce(a.detail ->> 'roleId', a.target_id)
    left join teams t on t.organization_id = a.organization_id and t.id = a.target_id
    left join brands b on b.organization_id = a.organization_id and b.id = a.detail ->> 'brandId'
    left join groups g on g.organization_id = a.organization_id and g.id = coalesce(a.detail ->> 'groupId', a.target_id)
    order by a.id desc limit ${sql.raw(String(shown))}`
})

/** Of the last 90 days, the newest first. @throws AppError forbidden where the caller is no person; unauthenticated */
export async function listOwnChanges(ctx: CallContext): Promise<OwnChange[]> {
  const userId = ownUserId(ctx)
  const from = firstIdAt('evt', new Date(ctx.clock.now().getTime() - recentDays * 86_400_000))
  const statement = selectChanges({ organizationId: ctx.organizationId, userId, from })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}
