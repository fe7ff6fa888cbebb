// Who answers a line: by the campaign's rule, else its fallback, else whoever administers the organization; never the one whom the
// line is about. Found as the campaign opens, and anew where a reviewer has left.
import { type SQL, sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { once } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { readAccessModel } from '../../decisions/access-model.ts'
import { isHeldBack } from '../../decisions/held-back.ts'
import { covers } from '../../decisions/permissions.ts'
import { joining } from './joining.ts'
import type { ReviewerRule } from './reviews.ts'

type Campaign = { id: string; reviewerRule: ReviewerRule; reviewerId: string | null; fallbackId: string }

/** Of many who could answer, as many as it takes for one to have the time. */
const most = 10

/** Of `users u`: somebody who can answer. */
const canAnswer = sql`u.status = 'active' and u.deleted_at is null and ${isPerson}`

const insertInto = sql`insert into access_review_reviewers (organization_id, user_id, review_id, position)`

/** The one whom a text means: an id, a user name or an address. */
const named = (organizationId: string, text: SQL): SQL => sql`select u.id from users u
  where u.organization_id = ${organizationId} and ${canAnswer} and (u.id = btrim(${text}) or u.user_name_key = fold(btrim(${text}))
    or u.email_key = fold(btrim(${text}))) order by (u.id = btrim(${text})) desc, u.id limit 1`

/** Tables `givers (brand_id, user_id)`: who holds one of these roles where; from the few mappings of them down to the members. */
const givers = (organizationId: string, roleIds: readonly string[]): SQL => {
  const isOne = (row: string): SQL => sql`${sql.raw(row)}.role_id = any (${sql.param(roleIds)}::text[])`
  return sql`giving (mapping_id, brand_id, group_id) as (
      select m.id, m.brand_id, m.group_id from mappings m
        where m.organization_id = ${organizationId} and m.group_id is not null and ${isOne('m')}
      union select g.mapping_id, g.brand_id, n.child_group_id from giving g join group_nestings n
        on n.organization_id = ${organizationId} and n.group_id = g.group_id),
    givers (brand_id, user_id) as materialized (
      select m.brand_id, gm.user_id from giving m join group_members gm on gm.organization_id = ${organizationId}
        and gm.group_id = m.group_id where not ${isHeldBack(organizationId, sql`gm.user_id`, sql`m.mapping_id`)}
      union select m.brand_id, u.id from mappings m join users u on u.organization_id = m.organization_id
        where m.organization_id = ${organizationId} and m.filter_path is not null and ${isOne('m')}
          and not ${isHeldBack(organizationId, sql`u.id`)}
          and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)
      union select a.brand_id, a.user_id from assignments a where a.organization_id = ${organizationId} and ${isOne('a')}
        and (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now()))`
}

// Several managers of a brand may answer, and whoever comes first does.
const byBrand = (organizationId: string, reviewId: string, roleIds: readonly string[]): SQL => sql`
  with recursive ${givers(organizationId, roleIds)},
    managers as materialized (select g.brand_id, u.id, row_number() over (partition by g.brand_id order by u.id) as at
      from givers g join users u on u.organization_id = ${organizationId} and u.id = g.user_id and ${canAnswer}
      where g.brand_id is not null)
  ${insertInto} select ${organizationId}, m.id, ${reviewId}, l.position from access_review_lines l
    join managers m on m.brand_id = l.brand_id and m.at <= ${most} and m.id <> l.user_id
    where l.organization_id = ${organizationId} and l.review_id = ${reviewId}`

const bySponsor = (organizationId: string, reviewId: string): SQL => sql`
  with sponsors as materialized (select s.sponsor, found.id from (select distinct l.through ->> 'sponsor' as sponsor
      from access_review_lines l where l.organization_id = ${organizationId} and l.review_id = ${reviewId}
        and l.source = 'direct' and l.through ->> 'sponsor' is not null) s
    cross join lateral (${named(organizationId, sql`s.sponsor`)}) found)
  ${insertInto} select ${organizationId}, s.id, ${reviewId}, l.position from access_review_lines l
    join sponsors s on s.sponsor = l.through ->> 'sponsor' and s.id <> l.user_id
    where l.organization_id = ${organizationId} and l.review_id = ${reviewId}`

const byRoleOwner = (organizationId: string, reviewId: string): SQL => sql`
  with owners as materialized (select r.id as role_id, found.id from roles r
    cross join lateral (${named(organizationId, sql`r.owner`)}) found
    where r.organization_id = ${organizationId} and r.owner is not null)
  ${insertInto} select ${organizationId}, o.id, ${reviewId}, l.position from access_review_lines l
    join owners o on o.role_id = l.role_id and o.id <> l.user_id
    where l.organization_id = ${organizationId} and l.review_id = ${reviewId}`

const byPerson = (organizationId: string, reviewId: string, userId: string): SQL => sql`
  ${insertInto} select ${organizationId}, u.id, ${reviewId}, l.position from access_review_lines l
    join users u on u.organization_id = ${organizationId} and u.id = ${userId} and u.id <> l.user_id and ${canAnswer}
    where l.organization_id = ${organizationId} and l.review_id = ${reviewId}`

/** Of lines that nobody can answer so far. @param candidates rows `id`, with the tables that they want before them */
const instead = (
  organizationId: string,
  reviewId: string,
  { tables, candidates }: { tables?: SQL; candidates: SQL },
): SQL => sql`
  with recursive ${tables === undefined ? sql`` : sql`${tables},`} candidates as materialized (${candidates}),
    left_over as materialized (select l.position, l.user_id from access_review_lines l
      where l.organization_id = ${organizationId} and l.review_id = ${reviewId} and l.answer is null and l.position not in (
        select w.position from access_review_reviewers w where w.organization_id = ${organizationId}
          and w.review_id = ${reviewId} and w.user_id in (select u.id from users u
            where u.organization_id = ${organizationId} and u.status = 'active' and u.deleted_at is null)))
  insert into access_review_reviewers (organization_id, user_id, review_id, position, is_fallback)
    select ${organizationId}, c.id, ${reviewId}, l.position, true from left_over l join candidates c on c.id <> l.user_id
    on conflict do nothing returning position`

const theFallback = (organizationId: string, userId: string) => ({
  candidates: sql`select u.id from users u where u.organization_id = ${organizationId} and u.id = ${userId} and ${canAnswer}`,
})

// One of them may be whom the line is about.
const administrators = (organizationId: string, roleIds: readonly string[]) => ({
  tables: givers(organizationId, roleIds),
  candidates: sql`select u.id from givers g
    join users u on u.organization_id = ${organizationId} and u.id = g.user_id and ${canAnswer}
    where g.brand_id is null group by u.id order by u.id limit ${most}`,
})

async function givingRoles(tx: Transaction, ctx: CallContext): Promise<string[]> {
  const { roles } = await readAccessModel(tx, ctx)
  const gives = (patterns: readonly string[]): boolean => patterns.some((held) => covers(held, 'roles.assign'))
  return [...roles.values()].filter(({ allows, denies }) => gives(allows) && !gives(denies)).map(({ id }) => id)
}

/** For all lines, as the campaign opens: it has to be open already. */
export async function findReviewers(tx: Transaction, ctx: CallContext, campaign: Campaign): Promise<void> {
  const { organizationId } = ctx
  const { id, reviewerRule, reviewerId } = campaign
  const roleIds = await givingRoles(tx, ctx)
  const byRule = {
    brand_managers: () => byBrand(organizationId, id, roleIds),
    sponsor: () => bySponsor(organizationId, id),
    role_owner: () => byRoleOwner(organizationId, id),
    person: () => byPerson(organizationId, id, reviewerId ?? ''),
  } satisfies Record<ReviewerRule, () => SQL>
  await tx.run(once(byRule[reviewerRule](), { isPrepared: false }))
  await replaceReviewers(tx, ctx, campaign)
}

/** For lines whose reviewers have all left, or that never had any. @returns how many got somebody */
export async function replaceReviewers(
  tx: Transaction,
  ctx: CallContext,
  { id, fallbackId }: Pick<Campaign, 'id' | 'fallbackId'>,
): Promise<number> {
  const { organizationId } = ctx
  const roleIds = await givingRoles(tx, ctx)
  let placed = 0
  await tx.run(joining({ isOneByOne: 'off' }))
  for (const candidates of [theFallback(organizationId, fallbackId), administrators(organizationId, roleIds)]) {
    const statement = once<{ position: number }>(instead(organizationId, id, candidates), { isPrepared: false })
    placed += new Set((await tx.run(statement)).map(({ position }) => position)).size
  }
  await tx.run(joining({ isOneByOne: 'on' }))
  return placed
}
