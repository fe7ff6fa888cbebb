// Sign-ins that are unlike what is usual: bursts of refusals, a place from which somebody never came before, and two places that
// are too far apart for the time between. Places are address ranges that the organization has named.
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import { inTransaction } from '#src/context.ts'
import { finding, type ReportKindOf, samples } from './report.ts'

type Row = { code: 'burst' | 'new_place' | 'impossible'; person: string; at: string; what: string }

const days = 30

/** The place of an address: that of the narrowest range it is in. */
const placeOf = sql`(select r.place from address_places r where r.organization_id = a.organization_id
  and r.range >>= a.address order by masklen(r.range) desc limit 1)`

const attempts = prepared<{ organizationId: string; days: number }, Row>(
  (p) => sql`with recent as materialized (
      select a.organization_id, a.user_id, a.outcome, a.ip, a.occurred_at, coalesce(a.count, 1) as count,
        case when pg_input_is_valid(a.ip, 'inet') then a.ip::inet end as address,
        a.occurred_at > now() - make_interval(days => ${p.days}::int) as is_recent
      from sign_in_attempts a where a.organization_id = ${p.organizationId}),
    came as materialized (
      select a.user_id, a.occurred_at, a.is_recent, ${placeOf} as place from recent a
      where a.outcome = 'signed_in' and a.user_id is not null and a.address is not null),
    stepped as (
      select c.*, lag(c.place) over w as place_before, lag(c.occurred_at) over w as before,
        bool_or(true) over (partition by c.user_id, c.place order by c.occurred_at
          rows between unbounded preceding and 1 preceding) as is_known,
        row_number() over w as serial
      from came c where c.place is not null window w as (partition by c.user_id order by c.occurred_at)),
    found as (
      select 'burst' as code, coalesce(max(u.display_name), max(u.user_name), max(a.ip), 'Nobody known') as person,
        min(a.occurred_at) as at, sum(a.count)::text || ' refusals within ten minutes' as what
      from recent a left join users u on u.organization_id = a.organization_id and u.id = a.user_id
      where a.outcome = 'refused' and a.is_recent
      group by coalesce(a.user_id, a.ip), date_bin('10 minutes', a.occurred_at, timestamptz '2000-01-01')
      having sum(a.count) >= 10
      union all
      select 'new_place', coalesce(u.display_name, u.user_name), s.occurred_at, 'from ' || s.place || ', for the first time'
      from stepped s join users u on u.organization_id = ${p.organizationId} and u.id = s.user_id
      where s.is_recent and s.serial > 1 and s.is_known is null
      union all
      select 'impossible', coalesce(u.display_name, u.user_name), s.occurred_at,
        'from ' || s.place_before || ' and from ' || s.place || ' within two hours'
      from stepped s join users u on u.organization_id = ${p.organizationId} and u.id = s.user_id
      where s.is_recent and s.place <> s.place_before and s.occurred_at - s.before < interval '2 hours')
    select code, person, ${isoTime(sql`at`)} as at, what from found order by found.at desc limit 1000`,
)

const words: Record<Row['code'], string> = {
  burst: 'Many refused sign-ins in a row',
  new_place: 'Somebody came from a place for the first time',
  impossible: 'Somebody was in two places within two hours',
}

export const signInRisk: ReportKindOf = {
  title: 'Sign-in risk',
  says: 'Sign-ins that are unlike what is usual, in the last 30 days.',
  async make(ctx) {
    const [rows = []] = await inTransaction(ctx, (tx) =>
      tx.commitWith(attempts({ organizationId: ctx.organizationId, days })),
    )
    const codes = ['burst', 'new_place', 'impossible'] as const
    return {
      facts: [{ term: 'Time', value: `the last ${days} days` }],
      findings: codes.flatMap((code) => {
        const found = rows.filter((row) => row.code === code)
        const names = [...new Set(found.map(({ person }) => person))]
        const about = { count: found.length, href: '/console/sign-ins', sample: names.slice(0, samples) }
        return finding({ code, text: words[code], ...about })
      }),
      columns: ['when', 'who', 'what'],
      rows: rows.map(({ at, person, what }) => [at, person, what]),
      nextCursor: null,
    }
  },
}
