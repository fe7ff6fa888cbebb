// One of those who lost something in a mass change gets it back: they are shown to the directory and may sign in as before, and
// are in the groups that they left. No session or key revives.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { reactivation } from '#directory/reactivation.ts'
import { showing } from '#directory/show-user.ts'
import { isDirectorysHold } from '#directory/status-word.ts'
import type { Attributes, StatusReason, UserStatus } from '#directory/users.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import { isOfChange, type MassChangeKey, type RestoreOutcome } from './mass-changes.ts'

export type Lost = {
  id: string
  status: UserStatus
  statusReason: StatusReason | null
  isDeleted: boolean
  attributes: Attributes
  /** Their status before the first of it. */
  before: UserStatus
  /** It switched them off or deleted them: they were in before. */
  wasPutOut: boolean
  /** The directory has taken something from them again, since. */
  isSaidAgain: boolean
  /** Somebody else has their name by now: the directory brought them as a new person. */
  isBroughtAgain: boolean
}

const next = prepared<MassChangeKey & { limit: number }, Lost>(
  (p) => sql`with change as (
      select m.* from mass_changes m where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId}),
    people as (
      select l.user_id, (array_agg(l.status order by l.id))[1] as before,
        bool_or(l.kind in ('deactivated', 'deleted') and l.status in ('active', 'invited')) as was_put_out from change m join directory_losses l on ${isOfChange}
      where l.outcome is null group by l.user_id having not bool_or(l.has_left) order by l.user_id limit ${p.limit}::int)
    select u.id, u.status, u.status_reason as "statusReason", u.deleted_at is not null as "isDeleted", u.attributes, p.before,
      p.was_put_out as "wasPutOut",
      exists (select from directory_losses l, change m where l.organization_id = u.organization_id
        and l.directory_id = m.directory_id and l.occurred_at > m.ended_at and l.user_id = u.id) as "isSaidAgain",
      u.deleted_at is not null and exists (select from users o where o.organization_id = u.organization_id and o.id <> u.id
        and o.deleted_at is null and (o.user_name_key = u.user_name_key
          or o.directory_id = u.directory_id and o.external_id = u.external_id
          or o.email_key = u.email_key and o.address_yielded_to is null)) as "isBroughtAgain"
    from people p join users u on u.organization_id = ${p.organizationId} and u.id = p.user_id order by u.id for no key update of u`,
)

/** The next of whom nothing has been decided, their rows locked. */
export const nextLost = (tx: Transaction, key: MassChangeKey, limit: number): Promise<Lost[]> =>
  tx.run(next({ ...key, limit }))

const wait = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`update users set status = 'invited' where organization_id = ${p.organizationId} and id = ${p.userId}
    and status = 'active'`,
)

/** Where the group is still there; what was only kept is given back to all at once. */
const rejoin = prepared<MassChangeKey & { userId: string; now: string }, never>(
  (p) => sql`with joined as (
      insert into group_members (organization_id, group_id, user_id, created_at)
      select distinct g.organization_id, g.id, ${p.userId}, ${p.now}::timestamptz
      from mass_changes m join directory_losses l on ${isOfChange}
      join groups g on g.organization_id = l.organization_id and g.id = l.group_id
      where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId} and l.user_id = ${p.userId}
        and l.kind = 'left_group'
      on conflict (organization_id, group_id, user_id) do update set held_by = null where group_members.held_by is not null
      returning group_id)
    update groups set version = version + 1, updated_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id in (select group_id from joined)`,
)

const note = prepared<MassChangeKey & { userId: string; outcome: string }, never>(
  (p) => sql`update directory_losses l set outcome = ${p.outcome} from mass_changes m
    where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId} and ${isOfChange} and l.user_id = ${p.userId}`,
)

function outcomeOf(person: Lost): RestoreOutcome {
  const { status, statusReason, isDeleted, isSaidAgain, isBroughtAgain, wasPutOut } = person
  if (status === 'erased') return 'erased'
  if (isBroughtAgain) return 'brought_again'
  if (isSaidAgain) return 'said_again'
  // Whoever had left before all of this is as they were.
  if (status === 'inactive' && !wasPutOut) return isDeleted ? 'restored' : 'there_already'
  if (status === 'inactive' && !isDirectorysHold(statusReason)) return 'held_by_administrator'
  return status !== 'inactive' && !isDeleted ? 'there_already' : 'restored'
}

/** The statements that put somebody back, and what comes of it. Whoever is held by an administrator gets their groups back alone. */
export function restoration(ctx: CallContext, key: MassChangeKey, person: Lost): Statement<unknown>[] {
  const { organizationId } = ctx
  const [userId, now, outcome] = [person.id, nowOf(ctx), outcomeOf(person)]
  const noted = note({ ...key, userId, outcome })
  if (outcome === 'erased' || outcome === 'brought_again' || outcome === 'said_again') return [noted]
  const groups = rejoin({ ...key, userId, now })
  if (outcome !== 'restored') return [groups, noted]
  const detail = { massChange: key.massChangeId }
  return [
    ...(person.isDeleted ? [showing(ctx, person)] : []),
    ...(person.wasPutOut ? [reactivation(ctx, userId, 'administrator')] : []),
    ...(person.before === 'invited' ? [wait({ organizationId, userId })] : []),
    groups,
    recordAudit(ctx, { action: 'user.restore', targetType: 'user', targetId: userId, detail }),
    noted,
  ]
}
