// Host applications say which things there are, and for which teams; one at a time or many. Repeating it is harmless.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { invalidField, lineSchema, nameSchema, parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  isPermitted,
  nowOf,
  requirePermissionIn,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import type { AssetTie } from '../../decisions/evaluate.ts'
import type { AssetKey } from './assets.ts'

const mostAtOnce = 1_000

const Asset = z.object({
  type: z.string().max(50),
  id: lineSchema(300),
  name: nameSchema,
  /** Absent or null: of the organization. */
  brandId: z.string().nullish(),
  /** Null or absent: open to everybody who may do the thing. A list, empty too: for these teams alone. */
  teamIds: z.array(z.string()).max(200).nullish(),
  /** They see it although they are in none of its teams. */
  creatorId: z.string().nullish(),
  assigneeIds: z.array(z.string()).max(200).default([]),
})

const Assets = z.object({ assets: z.array(Asset).min(1).max(mostAtOnce) })

export type NewAsset = z.input<typeof Asset>

type Row = AssetKey & {
  name: string
  brandId: string | null
  teamIds: readonly string[] | null
  creatorId: string | null
  assigneeIds: readonly string[]
}

type Keys = { organizationId: string; types: readonly string[]; ids: readonly string[] }

const lock = prepared<Keys, Row>(
  (p) => sql`select a.type, a.id, a.name, a.brand_id as "brandId", case when a.is_restricted then
      (select coalesce(json_agg(x.team_id order by x.team_id), '[]') from asset_teams x
        where x.organization_id = a.organization_id and x.type = a.type and x.asset_id = a.id) end as "teamIds",
      (select x.user_id from asset_people x where x.organization_id = a.organization_id and x.type = a.type
        and x.asset_id = a.id and x.kind = 'creator') as "creatorId",
      (select coalesce(json_agg(x.user_id order by x.user_id), '[]') from asset_people x
        where x.organization_id = a.organization_id and x.type = a.type and x.asset_id = a.id and x.kind = 'assigned')
        as "assigneeIds"
    from assets a where a.organization_id = ${p.organizationId}
      and (a.type, a.id) in (select k.type, k.id from unnest(${p.types}::text[], ${p.ids}::text[]) k (type, id))
    order by a.type, a.id for update`,
)

const peopleOf = ({ creatorId, assigneeIds }: Row): { kind: AssetTie; userId: string }[] => [
  ...(creatorId === null ? [] : [{ kind: 'creator' as const, userId: creatorId }]),
  ...assigneeIds.map((userId) => ({ kind: 'assigned' as const, userId })),
]

type Named = {
  types: string[]
  brands: string[]
  teams: { id: string; name: string; brandId: string | null }[]
  users: string[]
}

type Names = { organizationId: string } & Record<'types' | 'brandIds' | 'teamIds' | 'userIds', readonly string[]>

// Applications go on naming somebody who is deleted, and may be restored.
const known = prepared<Names, Named>(
  (p) => sql`select
    (select coalesce(json_agg(k.name), '[]') from asset_types k where k.organization_id = ${p.organizationId}
      and k.name = any (${p.types}::text[])) as types,
    (select coalesce(json_agg(b.id), '[]') from brands b where b.organization_id = ${p.organizationId}
      and b.id = any (${p.brandIds}::text[])) as brands,
    (select coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'brandId', t.brand_id)), '[]') from teams t
      where t.organization_id = ${p.organizationId} and t.id = any (${p.teamIds}::text[])) as teams,
    (select coalesce(json_agg(u.id), '[]') from users u where u.organization_id = ${p.organizationId}
      and u.id = any (${p.userIds}::text[]) and (u.deleted_at is null or exists (select from asset_people x
        where x.organization_id = u.organization_id and x.user_id = u.id))) as users`,
)

/** @throws AppError not_found for a type, brand, team or user that is not there; invalid for a team of another brand */
async function requireNamed(tx: Transaction, { organizationId }: CallContext, rows: readonly Row[]): Promise<void> {
  const [types, brandIds] = [rows.map(({ type }) => type), rows.flatMap(({ brandId }) => brandId ?? [])]
  const teamIds = [...new Set(rows.flatMap((row) => row.teamIds ?? []))]
  const userIds = [...new Set(rows.flatMap(peopleOf).map(({ userId }) => userId))]
  const [found] = await tx.run(known({ organizationId, types, brandIds, teamIds, userIds }))
  const teams = new Map(found?.teams.map((team) => [team.id, team]))
  for (const row of rows) {
    if (found?.types.includes(row.type) !== true) throw notFound(`Asset type ${row.type.slice(0, 50)}`)
    if (row.brandId !== null && !found.brands.includes(row.brandId)) throw notFound('Brand')
    for (const id of row.teamIds ?? []) requireTeamFor(row, teams.get(id))
  }
  if (userIds.some((id) => found?.users.includes(id) !== true)) throw notFound('User')
}

function requireTeamFor(row: Row, team: Named['teams'][number] | undefined): void {
  if (team === undefined) throw notFound('Team')
  if (team.brandId !== null && team.brandId !== row.brandId)
    throw invalidField('teamIds', `${team.name} is a team of another brand than ${row.name}`)
}

type Columns = Keys & {
  names: readonly string[]
  brandIds: readonly string[]
  restricted: readonly string[]
  now: string
  createdBy: string
}

const upsert = prepared<Columns, never>(
  (p) => sql`insert into assets (organization_id, type, id, name, brand_id, is_restricted, created_at, created_by)
    select ${p.organizationId}, k.type, k.id, k.name, nullif(k.brand_id, ''), k.restricted::boolean, ${p.now}::timestamptz,
      ${p.createdBy}
    from unnest(${p.types}::text[], ${p.ids}::text[], ${p.names}::text[], ${p.brandIds}::text[], ${p.restricted}::text[])
      k (type, id, name, brand_id, restricted)
    on conflict (organization_id, type, id) do update
      set name = excluded.name, brand_id = excluded.brand_id, is_restricted = excluded.is_restricted`,
)

type Pairs = Keys & { ofTypes: readonly string[]; ofIds: readonly string[]; teamIds: readonly string[] }

const wanted = (p: { [K in 'ofTypes' | 'ofIds' | 'teamIds']: ReturnType<typeof sql> }) =>
  sql`unnest(${p.ofTypes}::text[], ${p.ofIds}::text[], ${p.teamIds}::text[]) w (type, id, team_id)`

const dropTeams = prepared<Pairs, never>(
  (p) => sql`delete from asset_teams x where x.organization_id = ${p.organizationId}
    and (x.type, x.asset_id) in (select k.type, k.id from unnest(${p.types}::text[], ${p.ids}::text[]) k (type, id))
    and not exists (select from ${wanted(p)} where w.type = x.type and w.id = x.asset_id and w.team_id = x.team_id)`,
)

const addTeams = prepared<Omit<Pairs, 'types' | 'ids'>, never>(
  (p) => sql`insert into asset_teams (organization_id, type, asset_id, team_id)
    select ${p.organizationId}, w.type, w.id, w.team_id from ${wanted(p)} on conflict do nothing`,
)

type Ties = Keys & Record<'ofTypes' | 'ofIds' | 'userIds' | 'kinds', readonly string[]>

const wantedTies = (p: { [K in 'ofTypes' | 'ofIds' | 'userIds' | 'kinds']: ReturnType<typeof sql> }) =>
  sql`unnest(${p.ofTypes}::text[], ${p.ofIds}::text[], ${p.userIds}::text[], ${p.kinds}::text[]) w (type, id, user_id, kind)`

const dropPeople = prepared<Ties, never>(
  (p) => sql`delete from asset_people x where x.organization_id = ${p.organizationId}
    and (x.type, x.asset_id) in (select k.type, k.id from unnest(${p.types}::text[], ${p.ids}::text[]) k (type, id))
    and not exists (select from ${wantedTies(p)}
      where w.type = x.type and w.id = x.asset_id and w.user_id = x.user_id and w.kind = x.kind)`,
)

const addPeople = prepared<Omit<Ties, 'types' | 'ids'>, never>(
  (p) => sql`insert into asset_people (organization_id, type, asset_id, user_id, kind)
    select ${p.organizationId}, w.type, w.id, w.user_id, w.kind from ${wantedTies(p)} on conflict do nothing`,
)

const keyOf = ({ type, id }: AssetKey): string => JSON.stringify([type, id])

const isSame = (a: Row, b: Row): boolean =>
  a.name === b.name &&
  a.brandId === b.brandId &&
  JSON.stringify([a.teamIds, a.creatorId, a.assigneeIds]) === JSON.stringify([b.teamIds, b.creatorId, b.assigneeIds])

/** What nobody knew of before was open to everybody who may do the thing. Whoever made it, or it is assigned to, is not asked here. */
const isReachChanged = (was: Row | undefined, { brandId, teamIds }: Row): boolean =>
  JSON.stringify(was?.teamIds ?? null) !== JSON.stringify(teamIds) || (was !== undefined && was.brandId !== brandId)

/**
 * @returns how many were new or other than before
 * @throws AppError invalid; not_found for a type, brand, team or user that is not there; forbidden in one of the brands; conflict where one
 *   is named twice
 */
export async function putAssets(
  ctx: CallContext,
  input: { assets: readonly NewAsset[] },
): Promise<{ changed: number }> {
  requirePermissionSomewhere(ctx, 'assets.write')
  const rows = parseInput(Assets, input).assets.map(
    ({ type, id, name, brandId = null, teamIds = null, creatorId = null, assigneeIds }): Row => ({
      ...{ type, id, name, brandId },
      teamIds: teamIds === null ? null : [...new Set(teamIds)].sort(),
      ...{ creatorId, assigneeIds: [...new Set(assigneeIds)].sort() },
    }),
  )
  for (const brandId of new Set(rows.map((row) => row.brandId))) requirePermissionIn(ctx, 'assets.write', brandId)
  if (new Set(rows.map(keyOf)).size < rows.length) throw new AppError('conflict', 'An asset is named twice')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    await requireNamed(tx, ctx, rows)
    const keys = { organizationId, types: rows.map(({ type }) => type), ids: rows.map(({ id }) => id) }
    const before = new Map((await tx.run(lock(keys))).map((row) => [keyOf(row), row]))
    for (const { brandId } of before.values()) requirePermissionIn(ctx, 'assets.write', brandId)
    const changed = rows.filter((row) => {
      const was = before.get(keyOf(row))
      return was === undefined || !isSame(was, row)
    })
    const reaching = changed.filter((row) => isReachChanged(before.get(keyOf(row)), row))
    if (changed.length > 0) await write(tx, ctx, { changed, reaching })
    return { changed: changed.length }
  })
}

type Written = {
  changed: readonly Row[]
  /** Of them, those that other people may see now. */
  reaching: readonly Row[]
}

async function write(tx: Transaction, ctx: CallContext, { changed, reaching }: Written): Promise<void> {
  const { organizationId } = ctx
  const keys = { organizationId, types: changed.map(({ type }) => type), ids: changed.map(({ id }) => id) }
  const columns = {
    ...{ ...keys, names: changed.map(({ name }) => name), brandIds: changed.map(({ brandId }) => brandId ?? '') },
    restricted: changed.map(({ teamIds }) => String(teamIds !== null)),
    ...{ now: nowOf(ctx), createdBy: ctx.actor.id },
  }
  const pairs = changed.flatMap(({ type, id, teamIds }) => (teamIds ?? []).map((teamId) => ({ type, id, teamId })))
  const teams = {
    organizationId,
    ofTypes: pairs.map(({ type }) => type),
    ofIds: pairs.map(({ id }) => id),
    teamIds: pairs.map(({ teamId }) => teamId),
  }
  await tx.run(upsert(columns))
  await tx.run(dropTeams({ ...keys, ...teams }))
  await tx.run(addTeams(teams))
  const ties = changed.flatMap((row) => peopleOf(row).map((tie) => ({ ...tie, type: row.type, id: row.id })))
  const people = {
    organizationId,
    ofTypes: ties.map(({ type }) => type),
    ofIds: ties.map(({ id }) => id),
    userIds: ties.map(({ userId }) => userId),
    kinds: ties.map(({ kind }) => kind),
  }
  await tx.run(dropPeople({ ...keys, ...people }))
  await tx.run(addPeople(people))
  const [only, ...others] = changed
  if (only !== undefined && others.length === 0) {
    const { type, id, ...rest } = only
    const detail = { ...rest, ...(reaching.length > 0 ? { isReachChanged: true } : {}) }
    await tx.run(recordAudit(ctx, { action: 'asset.put', targetType: 'asset', targetId: `${type}/${id}`, detail }))
    return
  }
  for (const type of new Set(keys.types)) {
    const ids = changed.filter((row) => row.type === type).map(({ id }) => id)
    const isReach = reaching.some((row) => row.type === type)
    const detail = {
      ...{ name: type, count: ids.length, ids: ids.slice(0, 100) },
      ...(isReach ? { isReachChanged: true } : {}),
    }
    await tx.run(recordAudit(ctx, { action: 'asset.put_many', targetType: 'asset_type', targetId: type, detail }))
  }
}

const remove = prepared<AssetKey & { organizationId: string }, never>(
  (p) => sql`delete from assets where organization_id = ${p.organizationId} and type = ${p.type} and id = ${p.id}`,
)

/** @throws AppError not_found, also for one in a brand that the caller has no say in; forbidden */
export async function deleteAsset(ctx: CallContext, { type, id }: AssetKey): Promise<void> {
  requirePermissionSomewhere(ctx, 'assets.write')
  if (`${type}${id}`.includes('\0')) throw notFound('Asset')
  const { organizationId } = ctx
  await inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(lock({ organizationId, types: [type], ids: [id] }))
    if (found === undefined || !isPermitted(ctx, 'assets.write', found.brandId)) throw notFound('Asset')
    await tx.run(remove({ organizationId, type, id }))
    const reach = found.teamIds === null ? {} : { isReachChanged: true }
    const detail = { name: found.name, brandId: found.brandId, ...reach }
    await tx.commitWith(
      recordAudit(ctx, { action: 'asset.delete', targetType: 'asset', targetId: `${type}/${id}`, detail }),
    )
  })
}
