// Direct assignments: exceptions from what groups give. Each with its reason, and which should have been looked at by now.
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { inTransaction } from '#src/context.ts'
import { finding, type ReportKindOf, samples } from './report.ts'

type Row = {
  id: string
  person: string
  role: string
  brand: string | null
  reason: string
  sponsor: string | null
  createdAt: string
  reviewAt: string | null
  expiresAt: string | null
  isOverdue: boolean
}

type Key = { organizationId: string }

const inForce = sql`a.organization_id = u.organization_id and u.deleted_at is null and u.status in ('active', 'invited')
  and (a.expires_at is null or a.expires_at > now())`

/** The ones that are overdue first, since longest; then by age. */
const page = prepared<Key & { after: string | null; limit: number }, Row>(
  (p) => sql`select a.id, coalesce(u.display_name, u.user_name) as person, r.name as role,
      (select b.name from brands b where b.organization_id = a.organization_id and b.id = a.brand_id) as brand, a.reason,
      a.sponsor, ${isoTime(sql`a.created_at`)} as "createdAt", ${isoTime(sql`a.review_at`)} as "reviewAt",
      ${isoTime(sql`a.expires_at`)} as "expiresAt", coalesce(a.review_at <= now(), false) as "isOverdue"
    from assignments a join users u on u.id = a.user_id and ${inForce}
    join roles r on r.organization_id = a.organization_id and r.id = a.role_id
    where a.organization_id = ${p.organizationId} and (${p.after}::text is null or a.id > ${p.after})
    order by a.id limit ${p.limit}::int`,
)

type Counts = { all: number; overdue: number; endless: number; sample: string[] | null; endlessSample: string[] | null }

const counts = prepared<Key, Counts>(
  (p) => sql`select count(*)::int as "all", count(*) filter (where a.review_at <= now())::int as overdue,
      count(*) filter (where a.expires_at is null and a.review_at is null)::int as endless,
      to_json((array_agg(coalesce(u.display_name, u.user_name) order by a.review_at)
        filter (where a.review_at <= now()))[1:${sql.raw(String(samples))}]) as sample,
      to_json((array_agg(coalesce(u.display_name, u.user_name) order by a.id)
        filter (where a.expires_at is null and a.review_at is null))[1:${sql.raw(String(samples))}]) as "endlessSample"
    from assignments a join users u on u.id = a.user_id and ${inForce} where a.organization_id = ${p.organizationId}`,
)

export const exceptions: ReportKindOf = {
  title: 'Exceptions',
  says: 'Direct assignments with their reasons, and which are due for review.',
  async make(ctx, { cursor, limit }) {
    const key = { organizationId: ctx.organizationId }
    const after = cursor !== undefined && isId('asg', cursor) ? cursor : null
    const [rows = [], counted = []] = await inTransaction(ctx, (tx) =>
      tx.commitWith<unknown>(page({ ...key, after, limit: limit + 1 }), counts(key)),
    )
    const found = (rows as Row[]).slice(0, limit)
    const { all, overdue, endless, sample, endlessSample } = (counted as Counts[])[0] ?? {
      ...{ all: 0, overdue: 0, endless: 0, sample: null, endlessSample: null },
    }
    return {
      facts: [{ term: 'Direct assignments', value: String(all) }],
      findings: [
        ...finding({
          code: 'review_overdue',
          text: 'The date for looking at it again has passed',
          ...{ count: overdue, href: '/console/reports/exceptions', sample: sample ?? [] },
        }),
        ...finding({
          code: 'no_date',
          text: 'It has neither an end nor a date for looking at it again',
          ...{ count: endless, href: '/console/reports/exceptions', sample: endlessSample ?? [] },
        }),
      ],
      columns: ['person', 'role', 'where', 'reason', 'sponsor', 'given', 'to be looked at', 'until', 'overdue'],
      rows: found.map(({ person, role, brand, reason, sponsor, createdAt, reviewAt, expiresAt, isOverdue }) => [
        ...[person, role, brand, reason, sponsor, createdAt, reviewAt, expiresAt, isOverdue ? 'yes' : 'no'],
      ]),
      nextCursor: rows.length > limit ? (found.at(-1)?.id ?? null) : null,
    }
  },
}
