// Where what was set up and what is the case have drifted apart: each with the page on which it is settled.
import { type SQL, sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import { inTransaction } from '#src/context.ts'
import { finding, type ReportFinding, type ReportKindOf, samples } from './report.ts'

type Key = { organizationId: string; unusedDays: number }
type Chunks = { [K in keyof Key]: SQL }
type Found = { count: number; sample: string[] | null }

/** What drifts: rows `x (name)` of it, the sentence about one of them, and where it is settled. */
type Check = { code: string; text: string; href: string } & (
  | { rows(p: Pick<Chunks, 'organizationId'>): SQL }
  /** After so many days without a sign of life. */
  | { unusedRows(p: Chunks): SQL }
)

const checks: readonly Check[] = [
  {
    code: 'unmapped_group',
    text: 'A directory brings this group, and it is mapped to nothing, nor is one that it is in',
    href: '/console/groups?mapped=no',
    rows: (p) => sql`select g.display_name as name from groups g
      where g.organization_id = ${p.organizationId} and g.directory_id is not null and not exists (
        select from groups_over(g.id) o join mappings m on m.organization_id = g.organization_id and m.group_id = o.group_id)`,
  },
  {
    code: 'mapping_without_people',
    text: 'A mapping gives its role to nobody',
    href: '/console/mappings',
    rows: (p) => sql`select r.name || coalesce(' in ' || (select b.name from brands b
          where b.organization_id = m.organization_id and b.id = m.brand_id), '') as name
      from mappings m join roles r on r.organization_id = m.organization_id and r.id = m.role_id
      where m.organization_id = ${p.organizationId} and case when m.group_id is not null
        then not exists (select from members_below(m.group_id) x join users u on u.organization_id = m.organization_id
          and u.id = x.user_id and u.status in ('active', 'invited') and u.deleted_at is null)
        else not exists (select from users u where u.organization_id = m.organization_id and u.deleted_at is null
          and u.status in ('active', 'invited') and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)) end`,
  },
  {
    code: 'silent_directory',
    text: 'A directory has not been heard of for three days or more',
    href: '/console/directories',
    rows: (p) => sql`select d.name from directories d left join directory_activity a
        on a.organization_id = d.organization_id and a.directory_id = d.id
      where d.organization_id = ${p.organizationId} and d.status = 'active'
        and coalesce(a.last_request_at, d.created_at) < now() - interval '3 days'`,
  },
  {
    code: 'invitation_expired',
    text: 'An invitation has expired without an answer',
    href: '/console/invitations',
    rows: (p) => sql`select i.email as name from invitations i
      where i.organization_id = ${p.organizationId} and i.status = 'pending' and i.expires_at <= now()`,
  },
  {
    code: 'role_held_by_nobody',
    text: 'A custom role is given to nobody, neither by a mapping nor directly',
    href: '/console/roles',
    rows: (
      p,
    ) => sql`select r.name from roles r where r.organization_id = ${p.organizationId} and not r.is_built_in and r.kind = 'role'
      and not exists (select from mappings m where m.organization_id = r.organization_id and m.role_id = r.id)
      and not exists (select from assignments a where a.organization_id = r.organization_id and a.role_id = r.id
        and (a.expires_at is null or a.expires_at > now()))`,
  },
  {
    code: 'sponsor_gone',
    text: 'The sponsor of an assignment is no longer active',
    href: '/console/reports/exceptions',
    rows: (p) => sql`select coalesce(u.display_name, u.user_name) as name from assignments a
      join users u on u.organization_id = a.organization_id and u.id = a.user_id
      where a.organization_id = ${p.organizationId} and a.sponsor_left_at is not null
        and (a.expires_at is null or a.expires_at > now())`,
  },
  {
    code: 'person_of_no_directory',
    text: 'They came from a directory that is switched off or silent: nothing tells whether they are still there',
    href: '/console/directories',
    rows: (p) => sql`select coalesce(u.display_name, u.user_name) as name from users u
      join directories d on d.organization_id = u.organization_id and d.id = u.directory_id and d.status = 'disabled'
      where u.organization_id = ${p.organizationId} and u.status = 'active' and u.deleted_at is null and ${isPerson}`,
  },
  {
    code: 'never_signed_in',
    text: 'They were let in and have never been here',
    href: '/console/users?status=active',
    unusedRows: (p) => sql`select coalesce(u.display_name, u.user_name) as name from users u
      where u.organization_id = ${p.organizationId} and u.status = 'active' and u.deleted_at is null and ${isPerson}
        and u.last_active_at is null and u.created_at < now() - make_interval(days => ${p.unusedDays}::int)`,
  },
  {
    code: 'unused_key',
    text: 'An API key has not been used for long',
    href: '/console/settings/api-keys',
    unusedRows: (
      p,
    ) => sql`select k.name from api_keys k where k.organization_id = ${p.organizationId} and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())
      and coalesce(k.last_used_at, k.created_at) < now() - make_interval(days => ${p.unusedDays}::int)`,
  },
  {
    code: 'unused_token',
    text: 'A token of a directory has not been used for long',
    href: '/console/directories',
    unusedRows: (p) => sql`select d.name || ' …' || t.last_four as name from directory_tokens t
      join directories d on d.organization_id = t.organization_id and d.id = t.directory_id
      where t.organization_id = ${p.organizationId} and t.revoked_at is null and t.client_id is null
        and (t.expires_at is null or t.expires_at > now())
        and coalesce(t.last_used_at, t.created_at) < now() - make_interval(days => ${p.unusedDays}::int)`,
  },
]

const counted = (rows: SQL): SQL => sql`select count(*)::int as count,
    to_json((array_agg(x.name order by x.name))[1:${sql.raw(String(samples))}]) as sample from (${rows}) x`

const statements = checks.map((check) =>
  'rows' in check
    ? prepared<Pick<Key, 'organizationId'>, Found>((p) => counted(check.rows(p)))
    : prepared<Key, Found>((p) => counted(check.unusedRows(p))),
)

export const drift: ReportKindOf = {
  title: 'Drift',
  says: 'Where what was set up and what is the case have drifted apart.',
  async make(ctx, { unusedDays }) {
    const key = { organizationId: ctx.organizationId, unusedDays }
    const found = await inTransaction(ctx, (tx) => tx.commitWith(...statements.map((statement) => statement(key))))
    const findings = checks.flatMap(({ code, text, href }, index): ReportFinding[] => {
      const { count = 0, sample = null } = found[index]?.[0] ?? {}
      return finding({ code, text, href, count, sample: sample ?? [] })
    })
    return {
      facts: [{ term: 'Checked', value: String(checks.length) }],
      findings,
      columns: ['finding', 'how many', 'such as'],
      rows: findings.map(({ text, count, sample }) => [text, count, sample.join(', ')]),
      nextCursor: null,
    }
  },
}
