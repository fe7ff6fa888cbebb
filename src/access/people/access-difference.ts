// What has changed between two moments: for a person, in the organization and in brands; for a brand, of everybody.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import type { UserStatus } from '#directory/users.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField } from '#platform/input.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermissionIn } from '#src/context.ts'
import { isHeldBack } from '../decisions/held-back.ts'
import { getBrand } from '../grants/brands/brands.ts'
import { contextAt, contextOf, historyBegins } from '../ground/context-at.ts'
import { type AccessMatrix, getAccessMatrix } from './access-matrix.ts'
import { getPermissionMatrix, type PermissionMatrix } from './permission-matrix.ts'
import type { HeldRole, HoldingSource } from './sources.ts'

/** From when until when, with an offset; from the beginning of the history, and to this moment, where they are left out. */
export type Span = { from?: string | undefined; to?: string | undefined }

type Scope = { id: string; slug: string; name: string } | null

export type RoleChange = {
  role: HeldRole['role']
  /** Null: in the organization. */
  brand: Scope
  /** Through what, at the moment at which they held it. */
  sources: HoldingSource[]
}

export type PermissionChange = { name: string; brand: Scope }

export type PersonDifference = {
  /** Null where they were not there. */
  status: { from: UserStatus | null; to: UserStatus | null }
  roles: { gained: RoleChange[]; lost: RoleChange[] }
  permissions: { gained: PermissionChange[]; lost: PermissionChange[] }
}

type Standing = { matrix: AccessMatrix; permissions: PermissionMatrix } | undefined

async function standingOf(ctx: CallContext, userId: string): Promise<Standing> {
  try {
    return { matrix: await getAccessMatrix(ctx, userId), permissions: await getPermissionMatrix(ctx, userId) }
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  }
}

async function bothMoments(ctx: CallContext, { from, to }: Span): Promise<[CallContext, CallContext]> {
  const moments = await Promise.all([contextAt(ctx, from ?? (await historyBegins(ctx))), contextOf(ctx, to)])
  if (moments[0].clock.now() > moments[1].clock.now()) throw invalidField('to', 'is before from')
  return moments
}

/** @throws AppError forbidden; not_found where they are there at neither moment; invalid (fields `at`, `to`) */
export async function personDifference(
  ctx: CallContext,
  { userId, ...span }: Span & { userId: string },
): Promise<PersonDifference> {
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const moments = await bothMoments(ctx, span)
  const [before, after] = await Promise.all(moments.map((moment) => standingOf(moment, userId)))
  if (before === undefined && after === undefined) throw notFound('User')
  const [roles, permissions] = [rolesOf, permissionsOf] as const
  return {
    status: { from: before?.matrix.user.status ?? null, to: after?.matrix.user.status ?? null },
    roles: { gained: missingIn(roles(after), roles(before)), lost: missingIn(roles(before), roles(after)) },
    permissions: {
      gained: missingIn(permissions(after), permissions(before)),
      lost: missingIn(permissions(before), permissions(after)),
    },
  }
}

const rolesOf = (standing: Standing): Map<string, RoleChange> =>
  new Map(
    standing?.matrix.rows.flatMap(({ role, cells }) =>
      cells.map(({ brandId, sources }) => {
        const brand = standing.matrix.scopes.find((scope) => (scope?.id ?? null) === brandId) ?? null
        return [`${role.id} ${brandId ?? ''}`, { role, brand, sources }] as const
      }),
    ),
  )

const permissionsOf = (standing: Standing): Map<string, PermissionChange> =>
  new Map(
    standing?.permissions.permissions.flatMap(({ name, allowed }) =>
      standing.permissions.scopes.flatMap((brand, index) =>
        allowed[index] === true ? [[`${name} ${brand?.id ?? ''}`, { name, brand }] as const] : [],
      ),
    ),
  )

const missingIn = <T>(these: ReadonlyMap<string, T>, those: ReadonlyMap<string, T>): T[] =>
  [...these].filter(([key]) => !those.has(key)).map(([, value]) => value)

type Pair = { userId: string; userName: string; displayName: string | null; roleId: string; roleName: string }

export type BrandDifference = { gained: Pair[]; lost: Pair[] }

/** Who holds which role in a brand, each once: from the mappings down to people who are active or invited. */
const pairs = prepared<{ organizationId: string; brandId: string }, Pair>(
  (p) => sql`with recursive mapped (group_id, role_id, mapping_id) as (
      select m.group_id, m.role_id, m.id from mappings m where m.organization_id = ${p.organizationId}
        and m.brand_id = ${p.brandId} and m.group_id is not null
      union select n.child_group_id, g.role_id, g.mapping_id from mapped g join group_nestings n
        on n.organization_id = ${p.organizationId} and n.group_id = g.group_id),
    held (user_id, role_id) as (
      select gm.user_id, g.role_id from mapped g join group_members gm
        on gm.organization_id = ${p.organizationId} and gm.group_id = g.group_id
        where not ${isHeldBack(p.organizationId, sql`gm.user_id`, sql`g.mapping_id`)}
      union select a.user_id, a.role_id from assignments a where a.organization_id = ${p.organizationId}
        and a.brand_id = ${p.brandId} and (a.valid_from is null or a.valid_from <= now())
        and (a.expires_at is null or a.expires_at > now())
      union select t.user_id, t.role_id from holders_by_team t
        where t.organization_id = ${p.organizationId} and t.brand_id = ${p.brandId}
      union select u.id, m.role_id from mappings m join users u on u.organization_id = m.organization_id
        where m.organization_id = ${p.organizationId} and m.brand_id = ${p.brandId} and m.filter_path is not null
          and not ${isHeldBack(p.organizationId, sql`u.id`)}
          and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true))
    select u.id as "userId", u.user_name as "userName", u.display_name as "displayName", r.id as "roleId", r.name as "roleName"
    from held h join users u on u.organization_id = ${p.organizationId} and u.id = h.user_id
    join roles r on r.organization_id = ${p.organizationId} and r.id = h.role_id
    where u.deleted_at is null and u.status in ('active', 'invited') order by u.user_name, r.name`,
)

async function pairsOf(ctx: CallContext, brandId: string): Promise<Map<string, Pair>> {
  const [rows = []] = await inTransaction(ctx, (tx) =>
    tx.commitWith(pairs({ organizationId: ctx.organizationId, brandId })),
  )
  return new Map(rows.map((row) => [`${row.userId} ${row.roleId}`, row]))
}

/** Who holds a role there at one moment and not at the other. @throws AppError forbidden, not_found; invalid (fields `at`, `to`) */
export async function brandDifference(
  ctx: CallContext,
  { brandId, ...span }: Span & { brandId: string },
): Promise<BrandDifference> {
  requirePermissionIn(ctx, 'users.read', brandId)
  await getBrand({ ...ctx, permissions: 'all' }, brandId)
  const moments = await bothMoments(ctx, span)
  const [before = new Map(), after = new Map()] = await Promise.all(moments.map((moment) => pairsOf(moment, brandId)))
  return { gained: missingIn(after, before), lost: missingIn(before, after) }
}
