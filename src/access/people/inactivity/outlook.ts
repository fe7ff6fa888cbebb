// What the rule is going to do to whom, and when. The run does what this says to be due, so that a preview and the run cannot differ.
import { type SQL, sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import {
  asSaved,
  type CountingRule,
  type InactivityFiguresInput,
  type InactivityRule,
  parseFigures,
  readRule,
  shown,
} from './rule.ts'

export type InactivityAct = 'warn' | 'deactivate' | 'erase'

export type ComingAct = {
  userId: string
  userName: string
  displayName: string | null
  act: InactivityAct
  at: string
  /** When they were last here; of whoever never was, since when they are active. */
  since: string
}

export type InactivityOutlook = {
  /** Of how many people each would be done by now, and within the days to come. */
  today: Record<InactivityAct, number>
  within30Days: Record<InactivityAct, number>
  /** The first ones by date, at most two hundred. */
  people: ComingAct[]
  /** The rule that was looked ahead with. */
  rule: InactivityRule
}

const horizonDays = 30
const shownPeople = 200

export type OutlookParameters = {
  organizationId: string
  concerns: string
  warnDays: number
  deactivateDays: number
  eraseDays: number | null
  countsFrom: string
  erasesFrom: string
  horizon: number
}

type Chunks = { [name in keyof OutlookParameters]: SQL }

/** @param rule one that was never on counts from now @param horizon days to look ahead */
export const outlookParameters = (ctx: CallContext, rule: CountingRule, horizon: number): OutlookParameters => {
  const { concerns, warnDays, deactivateDays, eraseDays } = rule
  const figures = { concerns, warnDays, deactivateDays, eraseDays }
  const { countsFrom, erasesFrom } = rule
  const from = { countsFrom: countsFrom ?? nowOf(ctx), erasesFrom: erasesFrom ?? nowOf(ctx) }
  return { organizationId: ctx.organizationId, ...figures, ...from, horizon }
}

const days = (count: SQL): SQL => sql`make_interval(days => ${count}::int)`

/** Of `users u`: since when nobody has seen them; the index users_idle has it. */
export const lastSeen = sql`greatest(u.last_active_at, u.status_changed_at)`

/** Of `users u`. */
export const isExcepted = sql`exists (select from inactivity_exceptions x where x.organization_id = u.organization_id
  and x.user_id = u.id and (x.until is null or x.until > now()))`

const isConcerned = (p: Chunks): SQL =>
  sql`(${p.concerns} = 'everybody' or u.directory_id is null) and ${isPerson} and not ${isExcepted}`

/** Kept as long as the organization keeps people, too. */
const eraseAfter = (
  p: Chunks,
): SQL => sql`greatest(${days(p.eraseDays)}, (select make_interval(days => o.erase_after_days)
  from organizations o where o.id = ${p.organizationId}))`

// Whoever was here after the warning needs another one, and so does everybody once the rule was off.
const idle = (p: Chunks): SQL => sql`select u.id, u.directory_id, ${lastSeen} as since, w.deactivates_at as told
  from users u left join inactivity_notices w on w.organization_id = u.organization_id and w.user_id = u.id
    and w.warned_at >= ${lastSeen} and w.warned_at >= ${p.countsFrom}::timestamptz
  where u.organization_id = ${p.organizationId} and u.status = 'active' and u.deleted_at is null
    and ${lastSeen} <= now() - ${days(p.warnDays)} + ${days(p.horizon)} and ${isConcerned(p)}
    and not exists (select from alarms a where a.organization_id = u.organization_id and a.kind = 'inactivity_refused'
      and a.settled_at is null and a.detail ->> 'userId' = u.id)`

// Whom the rule has switched off, and nobody has switched on since; whom a directory has, it has deleted besides.
const switchedOff = (
  p: Chunks,
): SQL => sql`select u.id, greatest(w.deactivated_at, u.deleted_at) as off_at, w.warned_at from inactivity_notices w
  join users u on u.organization_id = w.organization_id and u.id = w.user_id
  where w.organization_id = ${p.organizationId} and w.deactivated_at = u.status_changed_at and u.status = 'inactive'
    and u.status_reason = 'inactivity' and (u.directory_id is null or u.deleted_at is not null) and ${isConcerned(p)}`

/** A CTE `acts (id, act, at, since)`, up to the horizon. */
const acts = (p: Chunks): SQL => sql`idle as (${idle(p)}),
  leaving as (select id, directory_id, since, greatest(since + ${days(p.deactivateDays)},
      coalesce(told, now() + ${days(p.deactivateDays)} - ${days(p.warnDays)})) as at from idle),
  acts as (
    select * from (
      select id, 'warn' as act, greatest(since + ${days(p.warnDays)}, now()) as at, since from idle where told is null
      union all select id, 'deactivate', at, since from leaving
      union all select id, 'erase', at + ${eraseAfter(p)}, since from leaving
        where ${p.eraseDays}::int is not null and directory_id is null
      union all select id, 'erase', greatest(off_at, ${p.erasesFrom}::timestamptz) + ${eraseAfter(p)}, warned_at
        from (${switchedOff(p)}) off where ${p.eraseDays}::int is not null) each
    where at <= now() + ${days(p.horizon)})`

type Counts = Record<`${InactivityAct}Today` | `${InactivityAct}Soon`, number>

const count = prepared<OutlookParameters, Counts>(
  (p) => sql`with ${acts(p)}
    select ${sql.join(
      (['warn', 'deactivate', 'erase'] as const).flatMap((act) => [
        sql`count(*) filter (where act = ${act} and at <= now())::int as ${sql.identifier(`${act}Today`)}`,
        sql`count(*) filter (where act = ${act})::int as ${sql.identifier(`${act}Soon`)}`,
      ]),
      sql`, `,
    )} from acts`,
)

const list = prepared<OutlookParameters & { limit: number }, ComingAct>(
  (p) => sql`with ${acts(p)}
    select a.id as "userId", u.user_name as "userName", u.display_name as "displayName", a.act, a.at, a.since
    from acts a join users u on u.organization_id = ${p.organizationId} and u.id = a.id
    order by a.at, u.name_key, a.id limit ${p.limit}::int`,
)

export type DueAct = {
  userId: string
  userName: string
  displayName: string | null
  since: string
  /** When somebody who is warned now is deactivated. */
  deactivatesAt: string
}

/** What is due of one kind: the first so many by id, after this one. */
export const dueActs = prepared<OutlookParameters & { act: string; after: string; limit: number }, DueAct>(
  (p) => sql`with ${acts(p)}
    select a.id as "userId", u.user_name as "userName", u.display_name as "displayName", a.since,
      greatest(a.since + ${days(p.deactivateDays)}, now() + ${days(p.deactivateDays)} - ${days(p.warnDays)}) as "deactivatesAt"
    from acts a join users u on u.organization_id = ${p.organizationId} and u.id = a.id
    where a.act = ${p.act} and a.id > ${p.after} order by a.id limit ${p.limit}::int`,
)

async function lookAhead(tx: Transaction, parameters: OutlookParameters): Promise<Omit<InactivityOutlook, 'rule'>> {
  const [counts] = await tx.run(count(parameters))
  const people = await tx.run(list({ ...parameters, limit: shownPeople }))
  const of = (when: 'Today' | 'Soon'): Record<InactivityAct, number> => ({
    warn: counts?.[`warn${when}`] ?? 0,
    deactivate: counts?.[`deactivate${when}`] ?? 0,
    erase: counts?.[`erase${when}`] ?? 0,
  })
  return { today: of('Today'), within30Days: of('Soon'), people }
}

/**
 * Whom the rule would warn, deactivate and erase, today and within thirty days; nothing is changed.
 * @param figures to be tried; those that are saved where they are left out, as if they were on
 * @throws AppError invalid; forbidden
 */
export async function previewInactivity(
  ctx: CallContext,
  figures?: InactivityFiguresInput,
): Promise<InactivityOutlook> {
  requirePermission(ctx, 'users.read')
  const wanted = figures === undefined ? undefined : parseFigures(figures)
  return inTransaction(ctx, async (tx) => {
    const saved = await readRule(tx, ctx)
    const rule = asSaved(saved, wanted ?? saved, nowOf(ctx))
    return { ...(await lookAhead(tx, outlookParameters(ctx, rule, horizonDays))), rule: shown(rule) }
  })
}
