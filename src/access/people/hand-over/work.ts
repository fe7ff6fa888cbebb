// What hangs on a person and would be left behind if they went, kind by kind; and what they made, which stays as it is.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'

export const workKinds = ['ownership', 'sponsored', 'team', 'review', 'review_line', 'task', 'asset'] as const

export type WorkKind = (typeof workKinds)[number]

export type Work = {
  kind: WorkKind
  /** Its key within the kind. */
  item: string
  name: string
  /** What else there is to say: whose role, which line. */
  about: string | null
  url: string | null
  brandId: string | null
  /** The person that it is about: whom they vouch for, whose access they review. */
  subjectId: string | null
}

const columns = sql`w.kind, w.item, w.name, w.about, w.url, w.brand_id as "brandId", w.subject_id as "subjectId"`

const workOfPerson = prepared<{ organizationId: string; userId: string }, Work>(
  (p) => sql`select ${columns} from work_of_people w
    where w.organization_id = ${p.organizationId} and w.user_id = ${p.userId} order by w.kind, w.name, w.item`,
)

/** All of it, whoever asks. */
export const readWork = (tx: Transaction, { organizationId }: CallContext, userId: string): Promise<Work[]> =>
  tx.run(workOfPerson({ organizationId, userId }))

/** Why somebody cannot have it; undefined where they can. */
export function whyUnfit({ kind, subjectId }: Work, userId: string): string | undefined {
  if (subjectId !== userId) return undefined
  if (kind === 'sponsored') return 'nobody vouches for themselves'
  return kind === 'review_line' ? 'nobody reviews their own access' : undefined
}

/** What is known besides, and stays: nobody has to take it over for it to go on. */
export type MadeByThem = {
  /** Brands where nobody else, who is active, manages people. */
  onlyManagerOf: { id: string; name: string }[]
  applications: { id: string; name: string }[]
  apiKeys: { id: string; name: string }[]
}

const made = prepared<{ organizationId: string; userId: string }, MadeByThem>(
  (
    p,
  ) => sql`with managing as (select distinct r.role_id from role_permissions r where r.organization_id = ${p.organizationId}
        and r.effect = 'allow' and r.permission in ('roles.assign', 'roles.*', '*')),
    theirs as (select distinct e.brand_id from effective_assignments e where e.organization_id = ${p.organizationId}
      and e.user_id = ${p.userId} and e.brand_id is not null and e.role_id in (select role_id from managing)),
    made as (select a.target_type, a.target_id from audit_events a where a.organization_id = ${p.organizationId}
      and a.actor_type = 'user' and a.actor_id = ${p.userId} and a.action in ('application.create', 'api_key.issue'))
    select
      (select coalesce(json_agg(json_build_object('id', b.id, 'name', b.name) order by b.name, b.id), '[]') from theirs t
        join brands b on b.organization_id = ${p.organizationId} and b.id = t.brand_id
        where not exists (select from effective_assignments e join users u on u.organization_id = e.organization_id
            and u.id = e.user_id and u.status = 'active' and u.deleted_at is null
          where e.organization_id = ${p.organizationId} and e.brand_id = t.brand_id and e.user_id <> ${p.userId}
            and e.role_id in (select role_id from managing))) as "onlyManagerOf",
      (select coalesce(json_agg(json_build_object('id', x.id, 'name', x.name) order by x.name, x.id), '[]') from applications x
        where x.organization_id = ${p.organizationId} and x.id in (select target_id from made)) as applications,
      (select coalesce(json_agg(json_build_object('id', k.id, 'name', k.name) order by k.name, k.id), '[]') from api_keys k
        where k.organization_id = ${p.organizationId} and k.id in (select target_id from made) and k.revoked_at is null
          and k.user_id is null and (k.expires_at is null or k.expires_at > now())) as "apiKeys"`,
)

export async function readMade(tx: Transaction, { organizationId }: CallContext, userId: string): Promise<MadeByThem> {
  const [found] = await tx.run(made({ organizationId, userId }))
  return found ?? { onlyManagerOf: [], applications: [], apiKeys: [] }
}
