// The catalogue of permissions as an organization has it: ours, and what its host applications registered.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  requirePermission,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { covers, ownParameter, permissionCatalogue } from './permissions.ts'

export type CatalogueEntry = {
  name: string
  description: string
  /** What may come after a colon, in a word; null where nothing may. */
  parameter: string | null
  /** False: registered by a host application. */
  isBuiltIn: boolean
}

type Registered = Omit<CatalogueEntry, 'isBuiltIn'>

const selectRegistered = prepared<{ organizationId: string }, Registered>(
  (p) => sql`select name, description, parameter from application_permissions
    where organization_id = ${p.organizationId} order by name`,
)

const builtIn: readonly CatalogueEntry[] = permissionCatalogue.map((entry) => ({
  ...{ name: entry.name, description: entry.description },
  parameter: 'parameter' in entry ? entry.parameter : null,
  isBuiltIn: true,
}))

/** Ours first, then the applications' by name. */
export async function listPermissions(ctx: CallContext): Promise<CatalogueEntry[]> {
  requirePermissionSomewhere(ctx, 'roles.read')
  return inTransaction(ctx, (tx) => catalogueOf(tx, ctx))
}

/** The same in a transaction of the caller's. */
export async function catalogueOf(
  tx: Transaction,
  ctx: Pick<CallContext, 'organizationId'>,
): Promise<CatalogueEntry[]> {
  const registered = await tx.run(selectRegistered({ organizationId: ctx.organizationId }))
  return [...builtIn, ...registered.map((entry) => ({ ...entry, isBuiltIn: false }))]
}

const RegisterInput = z.object({
  name: z
    .string()
    .max(150)
    .regex(/^app(\.[a-z0-9_]+)+$/, 'begins with app. and has lower-case segments, such as app.newsletter.send'),
  description: z.string().trim().min(1, 'say what it lets people do').max(300),
  parameter: z
    .string()
    .regex(/^[a-z_]{1,40}$/, 'is one word')
    .nullish(),
})

const upsert = prepared<
  {
    organizationId: string
    name: string
    description: string
    parameter: string | null
    now: string
    createdBy: string
  },
  { isNew: boolean }
>(
  (
    p,
  ) => sql`insert into application_permissions as x (organization_id, name, description, parameter, created_at, created_by)
    values (${p.organizationId}, ${p.name}, ${p.description}, ${p.parameter}, ${p.now}::timestamptz, ${p.createdBy})
    on conflict (organization_id, name) do update set description = excluded.description, parameter = excluded.parameter
      where (x.description, x.parameter) is distinct from (excluded.description, excluded.parameter)
    returning xmax = 0 as "isNew"`,
)

/** Adds a permission of a host application, or describes it anew; repeating is harmless. @throws AppError invalid */
export async function registerPermission(
  ctx: CallContext,
  input: z.input<typeof RegisterInput>,
): Promise<CatalogueEntry> {
  requirePermission(ctx, 'roles.write')
  const { name, description, parameter = null } = parseInput(RegisterInput, input)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const columns = { organizationId, name, description, parameter }
    const [written] = await tx.run(upsert({ ...columns, now: nowOf(ctx), createdBy: ctx.actor.id }))
    if (written !== undefined) {
      const entry = { action: 'permission.register', targetType: 'organization', targetId: organizationId } as const
      await tx.run(recordAudit(ctx, { ...entry, detail: { name, description, parameter, isNew: written.isNew } }))
    }
    return { name, description, parameter, isBuiltIn: false }
  })
}

const holders = prepared<{ organizationId: string; name: string }, { key: string }>(
  (p) => sql`select distinct r.key from role_permissions rp
    join roles r on r.organization_id = rp.organization_id and r.id = rp.role_id
    where rp.organization_id = ${p.organizationId} and split_part(rp.permission, ':', 1) = ${p.name}
      and (r.kind = 'role' or exists (select from assignments a
        where a.organization_id = r.organization_id and a.role_id = r.id)) order by r.key limit 5`,
)

const remove = prepared<{ organizationId: string; name: string }, { name: string }>(
  (p) => sql`delete from application_permissions where organization_id = ${p.organizationId} and name = ${p.name}
    returning name`,
)

/** @throws AppError not_found; conflict (reason `in_use`) while a role names it */
export async function withdrawPermission(ctx: CallContext, name: string): Promise<void> {
  requirePermission(ctx, 'roles.write')
  const key = { organizationId: ctx.organizationId, name }
  await inTransaction(ctx, async (tx) => {
    const named = await tx.run(holders(key))
    if (named.length > 0) {
      const roles = named.map((role) => role.key).join(', ')
      throw new AppError('conflict', `These roles still name it: ${roles}`, { reason: 'in_use' })
    }
    const [gone] = await tx.run(remove(key))
    if (gone === undefined) throw notFound('Permission')
    const entry = { action: 'permission.withdraw', targetType: 'organization', targetId: ctx.organizationId } as const
    await tx.commitWith(recordAudit(ctx, { ...entry, detail: { name } }))
  })
}

/** What the catalogue has in this area or under this name. @throws AppError invalid naming what it does not know */
export async function requireKnownPermissionsWithin(
  tx: Transaction,
  ctx: CallContext,
  permissions: readonly string[],
): Promise<void> {
  const own = permissions.filter((permission) => permission.startsWith('app.') && !permission.includes('*'))
  if (own.length === 0) return
  const catalogue = await catalogueOf(tx, ctx)
  const unknown = own.find((permission) => !catalogue.some((entry) => isOf(entry, permission)))
  if (unknown === undefined) return
  const message = `${unknown} is not registered; a host application registers its permissions before roles can hold them`
  throw new AppError('invalid', message, { reason: 'invalidValue', fields: [{ path: 'allows', message }] })
}

/** @throws AppError invalid naming what the catalogue does not know */
export const requireKnownPermissions = (ctx: CallContext, permissions: readonly string[]): Promise<void> =>
  inTransaction(ctx, (tx) => requireKnownPermissionsWithin(tx, ctx, permissions))

const isOf = ({ name, parameter }: CatalogueEntry, permission: string): boolean =>
  covers(name, permission) &&
  (parameter !== null || !permission.includes(':') || permission.endsWith(`:${ownParameter}`))
