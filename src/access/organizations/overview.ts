// How an organization is doing, in numbers: people, sign-ins, and what waits for somebody.
import { sql } from 'drizzle-orm'
import type { Connection } from '#connections/sign-in/connections.ts'
import { countOfPeople, isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { isWaiting } from '#db/waiting.ts'
import { firstIdAt } from '#platform/ids.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

export type PeopleCounts = { active: number; invited: number; inactive: number; awaitingApproval: number }

export type SignInDay = { day: string; signedIn: number; refused: number }

export type OverviewCounts = {
  people: PeopleCounts
  administrators: number
  /** Administrators who can get in without the identity provider: by a password or a passkey. */
  independentAdministrators: number
  emergencyAccounts: { all: number; proven: number }
  /** Uses of emergency accounts whose report nobody has signed. */
  unsignedReports: number
  failedMails: number
  expiredInvitations: number
  /** Direct assignments and custom roles whose date for a review has passed. */
  overdueReviews: { assignments: number; roles: number }
  /** Access reviews whose answers are overdue. */
  overdueCampaigns: number
  /** What is held back here until a provider's group follows. */
  reviewTasks: number
  /** People who have gone, and what they left that nobody has taken over. */
  leftBehind: { people: number; things: number }
  endingSoon: number
  unmappedGroups: number
  unverifiedDomains: number
  /** Names of API keys that may do everything. */
  unboundedKeys: string[]
}

const selectCounts = prepared<{ organizationId: string }, OverviewCounts>(
  (p) => sql`select
    json_build_object('active', ${countOfPeople(p.organizationId, sql`array['active']`)},
      'invited', ${countOfPeople(p.organizationId, sql`array['invited']`)},
      'inactive', ${countOfPeople(p.organizationId, sql`array['inactive']`)},
      'awaitingApproval', (select count(*) from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
        and ${isWaiting} and ${isPerson})) as people,
    count_administrators() as administrators,
    (select count(distinct a.user_id)::int from effective_administrators() a
      where exists (select from passwords w where w.organization_id = ${p.organizationId} and w.user_id = a.user_id)
        or exists (select from passkeys k where k.organization_id = ${p.organizationId} and k.user_id = a.user_id))
      as "independentAdministrators",
    (select json_build_object('all', count(*), 'proven', count(*) filter (where e.last_used_at > now() - interval '90 days'))
      from emergency_accounts e join users u on u.organization_id = e.organization_id and u.id = e.user_id
        and u.status = 'active' where e.organization_id = ${p.organizationId}) as "emergencyAccounts",
    (select count(*)::int from emergency_uses where organization_id = ${p.organizationId} and signed_at is null)
      as "unsignedReports",
    (select count(*)::int from mails where organization_id = ${p.organizationId} and status = 'failed') as "failedMails",
    (select count(*)::int from invitations where organization_id = ${p.organizationId} and status = 'pending'
      and expires_at <= now()) as "expiredInvitations",
    json_build_object(
      'assignments', (select count(*) from assignments where organization_id = ${p.organizationId} and review_at <= now()
        and (expires_at is null or expires_at > now())),
      'roles', (select count(*) from roles where organization_id = ${p.organizationId} and kind = 'role' and review_at <= now()))
      as "overdueReviews",
    (select count(*)::int from access_reviews r where r.organization_id = ${p.organizationId} and r.status = 'open'
      and r.suspended_at is null and r.due_at <= now() and exists (select from access_review_lines l
        where l.organization_id = r.organization_id and l.review_id = r.id and l.answer is null)) as "overdueCampaigns",
    (select count(*)::int from review_tasks where organization_id = ${p.organizationId} and status = 'open') as "reviewTasks",
    (select json_build_object('people', count(distinct w.user_id), 'things', count(*)) from work_of_people w
      join users u on u.organization_id = w.organization_id and u.id = w.user_id and u.status = 'inactive'
      where w.organization_id = ${p.organizationId}) as "leftBehind",
    (select count(*)::int from assignments where organization_id = ${p.organizationId}
      and expires_at between now() and now() + interval '14 days') as "endingSoon",
    (select count(*)::int from groups g where g.organization_id = ${p.organizationId} and not exists (
      select from mappings m where m.organization_id = g.organization_id and m.group_id = g.id) and not exists (
      select from team_sources s where s.organization_id = g.organization_id and s.group_id = g.id)) as "unmappedGroups",
    (select count(*)::int from domains where organization_id = ${p.organizationId} and status <> 'verified')
      as "unverifiedDomains",
    (select coalesce(json_agg(k.name order by k.id), '[]') from (select id, name from api_keys
      where organization_id = ${p.organizationId} and access = 'everything' and user_id is null and revoked_at is null
        and (expires_at is null or expires_at > now()) order by id limit 20) k) as "unboundedKeys"`,
)

/** @throws AppError forbidden */
export async function countOverview(ctx: CallContext): Promise<OverviewCounts> {
  requirePermission(ctx, 'users.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectCounts({ organizationId: ctx.organizationId })))
  const counts = rows?.[0]
  if (counts === undefined) throw new Error('Counting answers with a row')
  return counts
}

/** Of somebody who wanted to be let in: a test that was refused keeps nobody out. */
const isRefusal = sql`a.outcome = 'refused' and a.trace -> 'isTest' is null`

const selectDays = prepared<{ organizationId: string; from: string; days: number }, SignInDay>(
  (p) => sql`select to_char(d.day, 'YYYY-MM-DD') as day, coalesce(s.signed_in, 0)::int as "signedIn",
      coalesce(s.refused, 0)::int as refused
    from generate_series(date_trunc('day', now() at time zone 'utc') - make_interval(days => ${p.days}::int - 1),
      date_trunc('day', now() at time zone 'utc'), interval '1 day') d (day)
    left join (
      select date_trunc('day', occurred_at at time zone 'utc') as day, count(*) filter (where outcome = 'signed_in') as signed_in,
        count(*) filter (where ${isRefusal}) as refused
      from sign_in_attempts a where organization_id = ${p.organizationId} and id >= ${p.from} group by 1) s on s.day = d.day
    order by d.day`,
)

/** The last days, today last, in UTC. @throws AppError forbidden */
export async function countSignIns(ctx: CallContext, days: number): Promise<SignInDay[]> {
  requirePermission(ctx, 'sign_ins.read')
  // Ids grow with time, so the first id of the time bounds what is read.
  const from = firstIdAt('att', new Date(ctx.clock.now().getTime() - days * 86_400_000))
  const statement = selectDays({ organizationId: ctx.organizationId, from, days })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

export type ConnectionHealth = {
  id: string
  name: string
  type: 'saml' | 'oidc'
  status: Connection['status']
  lastSignInAt: string | null
  /** In the last day. */
  signedIn: number
  refused: number
  /** When the last trusted certificate ends; null for OIDC. */
  certificateEndsAt: string | null
}

const selectHealth = prepared<{ organizationId: string; from: string }, ConnectionHealth>(
  (p) => sql`select c.id, c.name, c.type, c.status,
      (select a.occurred_at from sign_in_attempts a where a.organization_id = c.organization_id and a.connection_id = c.id
        and a.outcome = 'signed_in' order by a.id desc limit 1) as "lastSignInAt",
      (select count(*)::int from sign_in_attempts a where a.organization_id = c.organization_id and a.connection_id = c.id
        and a.id >= ${p.from} and a.outcome = 'signed_in') as "signedIn",
      (select count(*)::int from sign_in_attempts a where a.organization_id = c.organization_id and a.connection_id = c.id
        and a.id >= ${p.from} and ${isRefusal}) as refused,
      (select max(x ->> 'notAfter') from jsonb_array_elements(case jsonb_typeof(c.settings -> 'certificates')
          when 'array' then c.settings -> 'certificates' else '[]' end) x where x ->> 'status' = 'trusted') as "certificateEndsAt"
    from connections c where c.organization_id = ${p.organizationId} order by c.name, c.id`,
)

/** Every connection with how it has done in the last day. @throws AppError forbidden */
export async function listConnectionHealth(ctx: CallContext): Promise<ConnectionHealth[]> {
  requirePermission(ctx, 'connections.read')
  const from = firstIdAt('att', new Date(ctx.clock.now().getTime() - 86_400_000))
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(selectHealth({ organizationId: ctx.organizationId, from })),
  )
  return rows ?? []
}
