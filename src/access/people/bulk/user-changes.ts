// A change of many people as it is kept: who began it, how far it is, and what came of each.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type Actor, type CallContext, inTransaction, isPermitted, requirePermissionSomewhere } from '#src/context.ts'
import type { BulkAction } from './selection.ts'

export type UserChange = {
  id: string
  action: BulkAction
  actor: Actor
  startedAt: string
  /** Null while it is under way. */
  finishedAt: string | null
  total: number
  done: number
  skipped: number
  failed: number
}

export type UserChangeOutcome = {
  position: number
  userId: string
  /** Null where the person is gone. */
  userName: string | null
  displayName: string | null
  outcome: 'done' | 'skipped' | 'failed'
  /** Why it was not done. */
  reason: string | null
  message: string | null
}

type Key = { organizationId: string; changeId: string }

const selectChange = prepared<Key, UserChange>(
  (p) => sql`select c.id, c.action, json_build_object('type', c.actor_type, 'id', c.actor_id) as actor,
      c.started_at as "startedAt", c.finished_at as "finishedAt", count(p.position)::int as total,
      count(*) filter (where p.outcome = 'done')::int as done, count(*) filter (where p.outcome = 'skipped')::int as skipped,
      count(*) filter (where p.outcome = 'failed')::int as failed
    from user_changes c
    left join user_change_people p on p.organization_id = c.organization_id and p.change_id = c.id
    where c.organization_id = ${p.organizationId} and c.id = ${p.changeId} group by c.organization_id, c.id`,
)

/** What failed comes first, then what was kept back; by name within these, as the people were selected. */
const selectOutcomes = prepared<Key & { limit: number }, UserChangeOutcome>(
  (
    p,
  ) => sql`select p.position, p.user_id as "userId", u.user_name as "userName", u.display_name as "displayName", p.outcome,
      p.reason, p.message
    from user_change_people p left join users u on u.organization_id = p.organization_id and u.id = p.user_id
    where p.organization_id = ${p.organizationId} and p.change_id = ${p.changeId} and p.outcome is not null
    order by array_position(array['failed', 'skipped', 'done'], p.outcome), p.position limit ${p.limit}::int`,
)

/** Whoever began it sees it, and whoever may change all users. @throws AppError forbidden, not_found */
export async function getUserChange(ctx: CallContext, changeId: string): Promise<UserChange> {
  requirePermissionSomewhere(ctx, 'users.read')
  const key = { organizationId: ctx.organizationId, changeId: isId('chg', changeId) ? changeId : '' }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectChange(key)))
  const change = rows?.[0]
  if (change === undefined || !(isOwn(ctx, change) || isPermitted(ctx, 'users.write')))
    throw notFound('Change of users')
  return change
}

const isOwn = ({ actor }: CallContext, change: UserChange): boolean =>
  change.actor.type === actor.type && change.actor.id === actor.id

/** Of those that were come to so far, at most ten thousand. @throws AppError forbidden, not_found */
export async function listUserChangeOutcomes(
  ctx: CallContext,
  { changeId, limit }: { changeId: string; limit: number },
): Promise<UserChangeOutcome[]> {
  const { id } = await getUserChange(ctx, changeId)
  const statement = selectOutcomes({ organizationId: ctx.organizationId, changeId: id, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

const lasting: ReadonlySet<Actor['type']> = new Set(['user', 'api_key', 'application', 'operator'])

/** Refuses actors that no change can be gone on with in the name of. @throws AppError forbidden */
export function requireLastingActor({ actor }: CallContext): Actor {
  if (lasting.has(actor.type)) return actor
  throw new AppError('forbidden', 'People, API keys, applications and the operator change users', { reason: 'person' })
}
