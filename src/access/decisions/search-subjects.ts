// Who may do something with something. Roles that could give it are chosen first, those who hold one are read in the order of their ids,
// and each of them is decided as any question is: a deny, a policy or a team may keep out whoever holds the role.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'
import { readAccessModel } from './access-model.ts'
import { type AccessQuestion, decide } from './effective-access.ts'
import { covers, ownParameter } from './permissions.ts'

type Candidates = {
  organizationId: string
  /** Roles that give it, and those that give it for things of one's own. */
  roleIds: readonly string[]
  ownRoleIds: readonly string[]
  brand: string | null
  type: string | null
  assetId: string | null
  ownerKey: string | null
  after: string
  /** How many people are looked at, and how many candidates among them are wanted. */
  walk: number
  limit: number
}

type Walked = { ids: string[]; end: string | null; isLast: boolean }

// Person by person, by what each of them holds: a page of many holders is found among the first of them, and one request never looks at all
// the people of a large organization.
const candidates = prepared<Candidates, Walked>(
  (p) => sql`with place (brand_id) as (
      select coalesce((select a.brand_id from assets a where a.organization_id = ${p.organizationId}
          and a.type = ${p.type} and a.id = ${p.assetId}),
        (select b.id from brands b where b.organization_id = ${p.organizationId}
          and (b.id = ${p.brand} or b.slug = ${p.brand})))),
    owners (user_id) as (
      select x.user_id from asset_people x where x.organization_id = ${p.organizationId} and x.type = ${p.type}
        and x.asset_id = ${p.assetId}
      union select u.id from users u where u.organization_id = ${p.organizationId}
        and (u.id = ${p.ownerKey} or u.user_name_key = ${p.ownerKey})),
    walked as materialized (select u.id, u.status from users u
      where u.organization_id = ${p.organizationId} and u.id > ${p.after} and u.deleted_at is null
      order by u.id limit ${p.walk}::int)
    select (select max(w.id) from walked w) as "end", (select count(*) from walked) < ${p.walk}::int as "isLast",
      coalesce((select json_agg(c.id order by c.id) from (
        select w.id from walked w cross join lateral (
          select from effective_assignments e where e.organization_id = ${p.organizationId} and e.user_id = w.id
            and (e.brand_id is null or e.brand_id = (select brand_id from place))
            and (e.role_id = any (${p.roleIds}::text[])
              or (e.role_id = any (${p.ownRoleIds}::text[]) and w.id in (select user_id from owners)))
          limit 1) held
        where w.status = 'active' order by w.id limit ${p.limit}::int) c), '[]') as ids`,
)

/** How many are decided at once, how many people one statement looks at, and how often in one request. */
const mostTogether = 200
const mostWalked = 2_000
const mostRounds = 10

export type SubjectsPage = { ids: string[]; after: string | null }

/**
 * People by id, those after one and as many as asked for. Where few of many may, a page may have less than that, and `after` goes on.
 * @throws AppError forbidden, also where the thing lies in a brand out of the caller's reach
 */
export async function searchSubjects(
  ctx: CallContext,
  question: Omit<AccessQuestion, 'user'>,
  page: { after?: string | undefined; limit: number },
): Promise<SubjectsPage> {
  requirePermissionSomewhere(ctx, 'access.read')
  const found: string[] = []
  let after = page.after ?? ''
  for (let round = 0; round < mostRounds; round += 1) {
    const limit = Math.min(mostTogether, page.limit + 1 - found.length)
    const { ids, end, isLast } = await walk(ctx, question, { after, limit })
    const decisions = await decide(
      ctx,
      ids.map((user) => ({ ...question, user })),
    )
    found.push(...ids.filter((_, index) => decisions[index]?.allowed))
    if (found.length > page.limit) return { ids: found.slice(0, page.limit), after: found[page.limit - 1] ?? null }
    const isCut = ids.length === limit
    if (isLast && !isCut) return { ids: found, after: null }
    after = (isCut ? ids.at(-1) : end) ?? ''
  }
  return { ids: found, after }
}

/** Those among the people after one who hold a role that could give it. */
async function walk(
  ctx: CallContext,
  { permission, brand, asset, owner }: Omit<AccessQuestion, 'user'>,
  { after, limit }: { after: string; limit: number },
): Promise<Walked> {
  const { organizationId } = ctx
  const [row] = await inTransaction(ctx, async (tx) => {
    const { roles } = await readAccessModel(tx, ctx)
    const giving = (wanted: string): string[] =>
      [...roles.values()].filter(({ allows }) => allows.some((held) => covers(held, wanted))).map(({ id }) => id)
    return tx.run(
      candidates({
        ...{ organizationId, roleIds: giving(permission), after, limit, walk: mostWalked },
        ownRoleIds: permission.includes(':') ? [] : giving(`${permission}:${ownParameter}`),
        ...{ brand: brand ?? null, type: asset?.type ?? null, assetId: asset?.id ?? null },
        ownerKey: owner === undefined ? null : owner.startsWith('usr_') ? owner : fold(owner),
      }),
    )
  })
  return row ?? { ids: [], end: null, isLast: true }
}
