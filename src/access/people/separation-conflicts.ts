// Who holds what a rule of separation keeps apart: found from the roles down to the people, and then decided by the evaluator.
import { sql } from 'drizzle-orm'
import { once, prepared } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import { type CallContext, inTransaction, requirePermission, type Transaction } from '#src/context.ts'
import { type AccessModel, conflictsIn, readAccessModel, type Scopes } from '../decisions/access-model.ts'
import { isHeldBack } from '../decisions/held-back.ts'
import type { SeparationRule, Side } from '../decisions/separation.ts'
import { meet } from '../decisions/universe.ts'
import { heldByPage } from './search/holders.ts'

export type Conflict = {
  rule: { id: string; name: string; mode: 'watch' | 'enforce' }
  user: { id: string; name: string; userName: string }
  /** Null: in the organization. */
  brand: { id: string; name: string } | null
  /** Names of the roles by which they hold each side. */
  first: string[]
  second: string[]
}

export type Conflicts = {
  /** How many people and places, by the id of the rule. */
  counts: ReadonlyMap<string, number>
  /** Of each rule the first of them, by name. */
  items: Conflict[]
}

/** Of those who hold the same things: how many, and some. */
type Standing = { scopes: string; count: number; sample: string }

/** A page has no room for more, and a rule that so many break is to be thought over. */
const shownOfEach = 1_000

/** Whoever holds a role of each list in the same place, by all that they hold: a JSON object by place. */
const standing = (organizationId: string, first: readonly string[], second: readonly string[]) =>
  once<Standing>(
    sql`with recursive wanted (role_id, is_first, is_second) as materialized (
        select r, r = any (${sql.param(first)}::text[]), r = any (${sql.param(second)}::text[])
        from unnest(${sql.param([...new Set([...first, ...second])])}::text[]) r),
      mapped (mapping_id, group_id, role_id, brand_id) as (
        select m.id, m.group_id, m.role_id, m.brand_id from mappings m join wanted w on w.role_id = m.role_id
          where m.organization_id = ${organizationId} and m.group_id is not null
        union select g.mapping_id, n.child_group_id, g.role_id, g.brand_id from mapped g join group_nestings n
          on n.organization_id = ${organizationId} and n.group_id = g.group_id),
      given (user_id, role_id, brand_id) as (
        select gm.user_id, g.role_id, g.brand_id from mapped g join group_members gm
          on gm.organization_id = ${organizationId} and gm.group_id = g.group_id
          where not ${isHeldBack(organizationId, sql`gm.user_id`, sql`g.mapping_id`)}
        union select u.id, m.role_id, m.brand_id from mappings m join wanted w on w.role_id = m.role_id
          join users u on u.organization_id = m.organization_id and u.deleted_at is null
          where m.organization_id = ${organizationId} and m.filter_path is not null
            and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)
            and not ${isHeldBack(organizationId, sql`u.id`)}
        union select a.user_id, a.role_id, a.brand_id from assignments a join wanted w on w.role_id = a.role_id
          where a.organization_id = ${organizationId} and (a.valid_from is null or a.valid_from <= now())
            and (a.expires_at is null or a.expires_at > now())
        union select t.user_id, t.role_id, t.brand_id from holders_by_team t join wanted w on w.role_id = t.role_id
          where t.organization_id = ${organizationId}),
      suspects (id) as materialized (select distinct s.user_id from (
          select g.user_id, g.brand_id from given g join wanted w on w.role_id = g.role_id
          group by 1, 2 having bool_or(w.is_first) and bool_or(w.is_second)) s
        join users u on u.organization_id = ${organizationId} and u.id = s.user_id and u.status = 'active' and u.deleted_at is null),
      ${heldByPage(organizationId, 'suspects')},
      places (user_id, place, role_ids) as (
        select user_id, coalesce(brand_id, ''), json_agg(role_id order by role_id) from held group by 1, 2),
      people (user_id, scopes) as (
        select user_id, json_object_agg(place, role_ids order by place)::text from places group by user_id)
      select scopes, count(*)::int as count,
        to_json((array_agg(user_id order by user_id))[1:${sql.raw(String(shownOfEach))}])::text as sample
      from people group by scopes`,
    { isPrepared: false },
  )

/** Roles by which somebody holds a side. */
const rolesOf = ({ roles }: AccessModel, { roleId, permission }: Side): string[] =>
  roleId !== null
    ? [roleId]
    : [...roles.values()].flatMap(({ id, allows }) =>
        allows.some((allowed) => meet(allowed, permission ?? '') !== undefined) ? [id] : [],
      )

const named = prepared<
  { organizationId: string; userIds: readonly string[]; brandIds: readonly string[] },
  { users: Conflict['user'][]; brands: { id: string; name: string }[] }
>(
  (p) => sql`select
    (select coalesce(json_agg(json_build_object('id', u.id, 'name', coalesce(u.display_name, u.user_name), 'userName', u.user_name)), '[]')
      from users u where u.organization_id = ${p.organizationId} and u.id = any (${p.userIds}::text[])) as users,
    (select coalesce(json_agg(json_build_object('id', b.id, 'name', b.name)), '[]')
      from brands b where b.organization_id = ${p.organizationId} and b.id = any (${p.brandIds}::text[])) as brands`,
)

/**
 * Active people who hold both sides of a rule in one place and are not excepted; of one rule, or of all.
 * @throws AppError forbidden
 */
export async function findConflicts(ctx: CallContext, ruleId?: string): Promise<Conflicts> {
  requirePermission(ctx, 'roles.read')
  requirePermission(ctx, 'users.read')
  return inTransaction(ctx, async (tx) => {
    const model = await readAccessModel(tx, ctx)
    const rules = model.policy.separations.filter(({ id }) => ruleId === undefined || id === ruleId)
    const counts = new Map<string, number>()
    const found: Found[] = []
    for (const rule of rules) {
      const kinds = await conflictsOf(tx, ctx, model, rule)
      counts.set(
        rule.id,
        kinds.reduce((sum, { count }) => sum + count, 0),
      )
      const people = kinds.flatMap(({ userIds, ...kind }) => userIds.map((userId) => ({ ...kind, userId })))
      found.push(...people.slice(0, shownOfEach))
    }
    return { counts, items: await withNames(tx, ctx, model, found) }
  })
}

type Kind = { rule: SeparationRule; place: string; roleIds: readonly string[] }
type Found = Kind & { userId: string }

async function conflictsOf(
  tx: Transaction,
  { organizationId }: CallContext,
  model: AccessModel,
  rule: SeparationRule,
): Promise<(Kind & { count: number; userIds: string[] })[]> {
  const rows = await tx.run(standing(organizationId, rolesOf(model, rule.first), rolesOf(model, rule.second)))
  return rows.flatMap(({ scopes, count, sample }) => {
    const held = JSON.parse(scopes) as Scopes
    const userIds = JSON.parse(sample) as string[]
    return Object.entries(held)
      .filter(([place]) => conflictsIn(model, held, place).some(({ id }) => id === rule.id))
      .map(([place, roleIds]) => ({ rule, place, roleIds, count, userIds }))
  })
}

async function withNames(
  tx: Transaction,
  { organizationId }: CallContext,
  model: AccessModel,
  found: readonly Found[],
): Promise<Conflict[]> {
  const userIds = [...new Set(found.map(({ userId }) => userId))]
  const brandIds = [...new Set(found.map(({ place }) => place))]
  const [names] = await tx.run(named({ organizationId, userIds, brandIds }))
  const users = new Map(names?.users.map((user) => [user.id, user]))
  const brands = new Map(names?.brands.map((brand) => [brand.id, brand]))
  const through = (side: Side, held: readonly string[]): string[] => {
    const giving = new Set(rolesOf(model, side))
    return held.filter((id) => giving.has(id)).map((id) => model.roles.get(id)?.name ?? id)
  }
  return found
    .flatMap(({ rule, userId, place, roleIds }) => {
      const user = users.get(userId)
      const { id, name, mode, first, second } = rule
      const sides = { first: through(first, roleIds), second: through(second, roleIds) }
      return user === undefined ? [] : [{ rule: { id, name, mode }, user, brand: brands.get(place) ?? null, ...sides }]
    })
    .toSorted((a, b) => a.rule.name.localeCompare(b.rule.name, 'en') || a.user.name.localeCompare(b.user.name, 'en'))
}
