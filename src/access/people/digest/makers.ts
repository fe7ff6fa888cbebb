// Who has brought a change of somebody's access about, as the audit trail knows it: by events that concern that person, and never by
// what happened to others in the same group.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import type { HeldRole } from '../sources.ts'

/** A thing whose change may be the cause of one person's gain or loss; `members`: by whom or by which groups it reaches them. */
export type Cause = { userId: string; targetId: string; members: string; isLoss: boolean }

type Maker = Pick<Cause, 'userId' | 'targetId' | 'isLoss'> & { eventId: string; name: string | null }

type Parameters = {
  organizationId: string
  userIds: readonly string[]
  targetIds: readonly string[]
  members: readonly string[]
  losses: readonly string[]
  from: string
  until: string
}

// What concerns everybody who holds something by it; what somebody's profile says; or whoever is named among the members.
const concerns = sql`(a.action in ('mapping.create', 'mapping.delete', 'group.delete', 'team.fill', 'team.unfill', 'team.give_role',
    'team.update_role', 'team.take_role', 'team.delete', 'role.update', 'user.update')
  or a.detail -> 'ids' ?| string_to_array(t.members, ' ')
  or a.action in ('team.create', 'team.update') and strpos(a.detail::text, t.user_id) > 0)`

/** A person or a directory; what else acts has no name for people. */
const maker = sql`coalesce((select coalesce(u.display_name, u.user_name) from users u
    where u.organization_id = a.organization_id and u.id = a.actor_id),
  (select d.name from directories d where d.organization_id = a.organization_id and d.id = a.actor_id))`

/** Of each cause the event that completed a gain, or that began a loss. */
const makers = prepared<Parameters, Maker>(
  (p) => sql`select t.user_id as "userId", t.target_id as "targetId", t.is_loss as "isLoss", e.id as "eventId", e.name
    from unnest(${p.userIds}::text[], ${p.targetIds}::text[], ${p.members}::text[], ${p.losses}::text[]::boolean[])
        t (user_id, target_id, members, is_loss)
      cross join lateral (select a.id, ${maker} as name from audit_events a
        where a.organization_id = ${p.organizationId} and a.target_id = t.target_id
          and a.occurred_at > ${p.from}::timestamptz and a.occurred_at <= ${p.until}::timestamptz and ${concerns}
        order by case when t.is_loss then a.id end, a.id desc limit 1) e`,
)

/** Whatever may have brought about that somebody holds a role through this, or does not any more. */
export function causesOf(source: HeldRole['source'], userId: string, isLoss: boolean): Cause[] {
  if (source.type === 'direct') return []
  const path = source.type === 'team' ? [] : source.path.map(({ id }) => id)
  const targets = source.type === 'team' ? [source.team.id] : [source.mappingId, ...path]
  const isByProfile = source.type === 'team' || source.filter !== null
  const members = [userId, ...path].join(' ')
  return [...targets, ...(isByProfile ? [userId] : [])].map((targetId) => ({ userId, targetId, members, isLoss }))
}

const keyOf = ({ userId, targetId, isLoss }: Pick<Cause, 'userId' | 'targetId' | 'isLoss'>): string =>
  `${userId} ${targetId} ${isLoss}`

/** @returns the name of whoever completed a gain or began a loss, by its causes; null where that is nobody with a name */
export async function readMakers(
  ctx: CallContext,
  causes: readonly Cause[],
  moments: { from: string; until: string },
): Promise<(causes: readonly Cause[]) => string | null> {
  const statement = makers({
    ...{ organizationId: ctx.organizationId, ...moments },
    userIds: causes.map(({ userId }) => userId),
    targetIds: causes.map(({ targetId }) => targetId),
    members: causes.map(({ members }) => members),
    losses: causes.map(({ isLoss }) => String(isLoss)),
  })
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const found = new Map(rows.map((maker) => [keyOf(maker), maker]))
  return (asked) => {
    const events = asked.flatMap((cause) => found.get(keyOf(cause)) ?? [])
    const sorted = events.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1))
    return (sorted[0]?.isLoss === true ? sorted[0] : sorted.at(-1))?.name ?? null
  }
}
