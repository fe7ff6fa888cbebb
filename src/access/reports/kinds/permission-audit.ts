// Who has what, through what, last used; and what should not be so: unused, kept when the role changed, past its date.
import { type SQL, sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { isoTime, prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { inTransaction } from '#src/context.ts'
import { sourceText } from '#words/role-sources.ts'
import { fromHeld, type HeldRole, heldRoleJson } from '../../people/sources.ts'
import { finding, type ReportFinding, type ReportKindOf, samples } from './report.ts'

type Key = { organizationId: string; unusedDays: number }

type Person = {
  id: string
  userName: string
  displayName: string | null
  status: string
  lastActiveAt: string | null
  isUnused: boolean
  held: HeldRole[]
}

const isUnused = (days: SQL): SQL =>
  sql`coalesce(u.last_active_at, u.created_at) < now() - make_interval(days => ${days}::int)`

/** By id, so that any page costs what its people have. */
const page = prepared<Key & { after: string | null; limit: number }, Person>(
  (p) => sql`select u.id, u.user_name as "userName", u.display_name as "displayName", u.status,
      ${isoTime(sql`u.last_active_at`)} as "lastActiveAt", ${isUnused(p.unusedDays)} as "isUnused",
      (select coalesce(json_agg(${heldRoleJson} order by b.name nulls first, r.rank desc, r.key, e.source_id, e.group_path), '[]')
        from ${fromHeld} where e.organization_id = u.organization_id and e.user_id = u.id) as held
    from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
      and u.status in ('active', 'invited') and ${isPerson} and (${p.after}::text is null or u.id > ${p.after})
    order by u.id limit ${p.limit}::int`,
)

type Counted = { code: string; count: number; sample: string[] | null }

const name = sql`coalesce(u.display_name, u.user_name)`
const sampleOf = (order: SQL): SQL => sql`(array_agg(${name} order by ${order}))[1:${sql.raw(String(samples))}]`

const inForce = sql`(a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())`

/** Each by one look at the rows in question. */
const anomalies = prepared<Key, Counted>(
  (p) => sql`with recursive mapped (group_id) as (
      select m.group_id from mappings m where m.organization_id = ${p.organizationId} and m.group_id is not null
      union select n.child_group_id from mapped g join group_nestings n
        on n.organization_id = ${p.organizationId} and n.group_id = g.group_id),
    people as (select u.* from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null and ${isPerson})
    select 'unused' as code, count(*)::int as count, to_json(${sampleOf(sql`u.id`)}) as sample from people u
      where u.status = 'active' and ${isUnused(p.unusedDays)}
        and (u.id in (select gm.user_id from group_members gm where gm.organization_id = ${p.organizationId}
            and gm.group_id = any (array(select group_id from mapped)))
          or u.id in (select a.user_id from assignments a where a.organization_id = ${p.organizationId} and ${inForce})
          or u.id in (select t.user_id from holders_by_team t where t.organization_id = ${p.organizationId}))
    union all
    select 'past_date', count(*)::int, to_json(${sampleOf(sql`a.expires_at`)}) from assignments a
      join people u on u.id = a.user_id where a.organization_id = ${p.organizationId} and a.expires_at <= now()
    union all
    select 'review_overdue', count(*)::int, to_json(${sampleOf(sql`a.review_at`)}) from assignments a
      join people u on u.id = a.user_id where a.organization_id = ${p.organizationId} and a.review_at <= now() and ${inForce}
    union all
    select 'old_grant_kept', count(*)::int, to_json(${sampleOf(sql`a.created_at`)}) from assignments a
      join people u on u.id = a.user_id where a.organization_id = ${p.organizationId} and ${inForce}
        and exists (select from assignments n where n.organization_id = a.organization_id and n.user_id = a.user_id
          and n.brand_id is not distinct from a.brand_id and n.role_id <> a.role_id
          and n.created_at > a.created_at + interval '1 hour'
          and (n.expires_at is null or n.expires_at > now()))
    union all
    select 'sponsor_left', count(*)::int, to_json(${sampleOf(sql`a.sponsor_left_at`)}) from assignments a
      join people u on u.id = a.user_id where a.organization_id = ${p.organizationId} and a.sponsor_left_at is not null
        and ${inForce}`,
)

const words: Record<string, (days: number) => { text: string; href: string }> = {
  unused: (days) => ({
    text: `They hold roles and have not been here for ${days} days`,
    href: `/console/users?status=active&notActiveDays=${days}`,
  }),
  past_date: () => ({ text: 'A temporary assignment is past its date and still on record', href: '/console/users' }),
  review_overdue: () => ({
    text: 'An exception is due for review',
    href: '/console/reports/exceptions',
  }),
  old_grant_kept: () => ({
    text: 'They were given another role later, and kept the old one in the same place',
    href: '/console/reports/exceptions',
  }),
  sponsor_left: () => ({
    text: 'The sponsor of an assignment is no longer active',
    href: '/console/reports/exceptions',
  }),
}

export const permissionAudit: ReportKindOf = {
  title: 'Permission audit',
  says: 'Who has what, through what, and when they were last here.',
  async make(ctx, { unusedDays, cursor, limit }) {
    const key = { organizationId: ctx.organizationId, unusedDays }
    const after = cursor !== undefined && isId('usr', cursor) ? cursor : null
    const [people = [], counted = []] = await inTransaction(ctx, (tx) =>
      tx.commitWith<unknown>(page({ ...key, after, limit: limit + 1 }), ...(after === null ? [anomalies(key)] : [])),
    )
    const found = (people as Person[]).slice(0, limit)
    const findings = (counted as Counted[]).flatMap(({ code, count, sample }): ReportFinding[] =>
      finding({
        code,
        count,
        sample: sample ?? [],
        ...(words[code]?.(unusedDays) ?? { text: code, href: '/console' }),
      }),
    )
    return {
      facts: [{ term: 'Counts as unused after', value: `${unusedDays} days` }],
      findings,
      columns: ['person', 'user name', 'status', 'role', 'where', 'through', 'since', 'until', 'last active', 'note'],
      rows: found.flatMap(rowsOf),
      nextCursor: people.length > limit ? (found.at(-1)?.id ?? null) : null,
    }
  },
}

function rowsOf(person: Person) {
  const about = [person.displayName ?? person.userName, person.userName, person.status]
  return person.held.map(({ role, brand, source }) => {
    const until = source.type === 'direct' ? source.expiresAt : null
    const since = source.since
    const note = person.isUnused ? 'unused' : null
    return [...about, role.name, brand?.name ?? null, sourceText(source), since, until, person.lastActiveAt, note]
  })
}
