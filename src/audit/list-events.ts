// The audit trail of an organization, newest first: searched, with the names of who and what is meant.
import { type SQL, sql } from 'drizzle-orm'
import { planAnew } from '#db/plan-anew.ts'
import { once } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type Actor,
  brandsPermitted,
  type CallContext,
  inTransaction,
  refuseUnknown,
  requirePermissionSomewhere,
} from '#src/context.ts'
import { actorName, targetName } from './names.ts'

export type AuditEvent = {
  id: string
  occurredAt: string
  /** The name is today's; null where it is not known (any more). */
  actor: Actor & { name: string | null }
  action: string
  targetType: string
  targetId: string
  targetName: string | null
  detail: Record<string, unknown>
  requestId: string
}

export type AuditFilter = {
  eventId?: string | undefined
  /** One action, such as `user.deactivate`, or all that begin with a word and a dot: `user.`. */
  action?: string | undefined
  targetId?: string | undefined
  actorId?: string | undefined
  /** What concerns this brand: it is the target, or the detail names it. */
  brandId?: string | undefined
  /** ISO time; what happened then or later. */
  since?: string | undefined
  /** ISO time; what happened before. */
  until?: string | undefined
  /** An id, or words of the names of people who did it or whom it was done to. */
  q?: string | undefined
}

/** People whose events are looked for by a name; more than that say nothing. */
const maxPeople = 200

/** Ids grow with time, so the id of the last event shown leads to the next page. @throws AppError forbidden */
export async function listAuditEvents(
  ctx: CallContext,
  { filter = {}, before, limit }: { filter?: AuditFilter; before?: string | undefined; limit: number },
): Promise<AuditEvent[]> {
  requirePermissionSomewhere(ctx, 'audit.read')
  const conditions = [...conditionsOf(ctx, filter), ...(before === undefined ? [] : [sql`a.id < ${before}`])]
  const page = pageOf({ conditions, words: namesIn(filter), limit })
  const statement = once<AuditEvent>(
    sql`select a.id, a.occurred_at as "occurredAt",
        json_build_object('type', a.actor_type, 'id', a.actor_id, 'name', ${actorName}) as actor,
        a.action, a.target_type as "targetType", a.target_id as "targetId", ${targetName} as "targetName", a.detail,
        a.request_id as "requestId"
      from ${page} a order by a.id desc`,
    { isPrepared: false },
  )
  const [, rows] = await inTransaction(ctx, (tx) => tx.commitWith<unknown>(planAnew, statement))
  return (rows ?? []) as AuditEvent[]
}

/** One event. @throws AppError forbidden; not_found, also for one that does not concern the caller's brands */
export async function getAuditEvent(ctx: CallContext, eventId: string): Promise<AuditEvent> {
  requirePermissionSomewhere(ctx, 'audit.read')
  if (!isId('evt', eventId)) return refuseUnknown(ctx, 'Event')
  const [event] = await listAuditEvents(ctx, { filter: { eventId }, limit: 1 })
  if (event === undefined) throw notFound('Event')
  return event
}

/** Whoever may read the trail of single brands sees what concerns those. */
function conditionsOf(ctx: CallContext, filter: AuditFilter): SQL[] {
  const { eventId, action, targetId, actorId, brandId, since, until, q } = filter
  const brands = brandsPermitted(ctx, 'audit.read')
  const words = (q ?? '').trim()
  return [
    sql`a.organization_id = ${ctx.organizationId}`,
    ...(brands === 'all' ? [] : [concerns(brands)]),
    ...(brandId === undefined ? [] : [concerns([brandId])]),
    ...(eventId === undefined ? [] : [sql`a.id = ${eventId}`]),
    ...(action === undefined ? [] : [isAction(action)]),
    ...(targetId === undefined ? [] : [sql`a.target_id = ${targetId}`]),
    ...(actorId === undefined ? [] : [sql`a.actor_id = ${actorId}`]),
    ...(since === undefined ? [] : [sql`a.occurred_at >= ${since}::timestamptz`]),
    ...(until === undefined ? [] : [sql`a.occurred_at < ${until}::timestamptz`]),
    ...(isIdOfAnything(words) ? [isMeant(words)] : []),
  ]
}

const isAction = (action: string): SQL =>
  action.endsWith('.') ? sql`starts_with(a.action, ${action})` : sql`a.action = ${action}`

const concerns = (brandIds: readonly string[]): SQL =>
  sql`a.id = any (array(select event_id from events_of_brands(${sql.param(brandIds)}::text[])))`

const isIdOfAnything = (words: string): boolean => /^[a-z]{3}_\w+$/.test(words)

const isMeant = (id: string): SQL =>
  sql`(${id} in (a.id, a.actor_id, a.target_id, a.request_id) or a.detail ->> 'userId' = ${id})`

/** What is looked for by names of people, or of an action; undefined where it is not. */
function namesIn({ q = '' }: AuditFilter): string | undefined {
  const words = q.trim()
  return words === '' || isIdOfAnything(words) ? undefined : words
}

type Wanted = { conditions: readonly SQL[]; words: string | undefined; limit: number }

const isAddress = (words: string): boolean => /^[^\s@]+@[^\s@]+$/.test(words)

const named = (words: string): SQL =>
  sql`select n.user_id from find_users(string_to_array(bare(regexp_replace(${words}::text, '\\s+', ' ', 'g')), ' ')) n`

/** Whose address it is, and only where it is nobody's, those whose names it is a part of: its parts stand in everybody's. */
const addressed = (words: string): SQL => sql`(with owner as materialized (
    select u.id as user_id from users u where u.user_name_key = fold(${words}) and u.deleted_at is null
    union select u.id from users u where u.email_key = fold(${words}) and u.deleted_at is null and u.address_yielded_to is null)
  select user_id from owner union all (${named(words)} where not exists (select from owner)))`

/** By names, person by person, each by the index that knows what they did, what was done to them and what names them. */
function pageOf({ conditions, words, limit }: Wanted): SQL {
  const latest = (...narrower: readonly SQL[]): SQL =>
    sql`(select a.* from audit_events a where ${sql.join([...conditions, ...narrower], sql` and `)} order by a.id desc limit ${limit}::int)`
  if (words === undefined) return latest()
  const people = isAddress(words) ? addressed(words) : named(words)
  // By its index, and never by walking through all events for one of somebody who has none: a range in the index's own order.
  const latestOf = (column: SQL): SQL =>
    sql`(select a.* from audit_events a where ${sql.join([...conditions, sql`${column} between p.user_id and p.user_id`], sql` and `)}
      order by ${column} desc, a.id desc limit ${limit}::int)`
  const naming = sql`a.id = any (array(select event_id from events_naming(p.user_id)))`
  return sql`(select distinct on (id) * from (
    select e.* from (${people} limit ${maxPeople}::int) p cross join lateral (
      ${latestOf(sql`a.actor_id`)} union all ${latestOf(sql`a.target_id`)} union all ${latest(naming)}) e
    union all ${latest(sql`a.action = ${words}`)}) e order by id desc limit ${limit}::int)`
}
