// From how many people a directory may take something within its time, before the brake asks.
import { type SQL, sql } from 'drizzle-orm'

/** Of the busiest times the latest count; before that, losses are gone. In days. */
export const lossDays = 90

const people = sql`(select count(*) from users u where u.organization_id = d.organization_id and u.directory_id = d.id
  and u.deleted_at is null and u.status in ('active', 'invited'))`

/** The most people who lost something within one such time; what was a mistake, or has not been decided, teaches nothing. */
const busiest = sql`coalesce((select max(x.people) from (
    select count(distinct l.user_id) as people from directory_losses l
    where l.organization_id = d.organization_id and l.directory_id = d.id and l.counts
      and l.occurred_at > now() - make_interval(days => ${sql.raw(String(lossDays))})
      and not exists (select from mass_changes m where m.organization_id = l.organization_id
        and m.directory_id = l.directory_id and m.status <> 'confirmed' and l.occurred_at >= m.began_at
        and (m.ended_at is null or l.occurred_at <= m.ended_at))
    group by date_bin(make_interval(mins => d.brake_minutes), l.occurred_at, timestamptz '2000-01-01')) x), 0)`

type Settings = { people: SQL; share: SQL }

/**
 * For `directories d`: the number that was set; else the share of its people; else what is learned: twice the busiest time, and at
 * least a twentieth of its people, which is never taken for fewer than ten (or half of them) nor for more than fifty.
 */
export const brakeLimit = (set: Settings): SQL => sql`coalesce(${set.people}::int,
  case when ${set.share}::int is not null then greatest(1, ceil(${people} * ${set.share}::int / 100.0))::int end,
  greatest(2 * ${busiest}, 3, least(50, greatest(ceil(${people} * 0.05), least(10, ceil(${people} * 0.5)))))::int)`
