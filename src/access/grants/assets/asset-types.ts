// Kinds of things that host applications keep, such as libraries, campaigns, dashboards and accounts. They are registered before
// their things are.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, requirePermissionSomewhere } from '#src/context.ts'

export type AssetType = { name: string; label: string; createdAt: string; createdBy: string }

/** What AuthZEN and ours call something else. */
const taken = new Set(['brand', 'organization', 'user'])

const TypeInput = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,49}$/, 'begins with a lower-case letter, and has letters, digits, - and _')
    .refine((name) => !taken.has(name), 'is the name of something else'),
  /** For people to read. */
  label: nameSchema,
})

type Key = { organizationId: string; name: string }

const upsert = prepared<Key & { label: string; now: string; createdBy: string }, AssetType & { isNew: boolean }>(
  (p) => sql`insert into asset_types as x (organization_id, name, label, created_at, created_by)
    values (${p.organizationId}, ${p.name}, ${p.label}, ${p.now}::timestamptz, ${p.createdBy})
    on conflict (organization_id, name) do update set label = excluded.label where x.label <> excluded.label
    returning xmax = 0 as "isNew", name, label, created_at as "createdAt", created_by as "createdBy"`,
)

const typeNamed = prepared<Key, AssetType>(
  (p) => sql`select name, label, created_at as "createdAt", created_by as "createdBy" from asset_types
    where organization_id = ${p.organizationId} and name = ${p.name}`,
)

const allTypes = prepared<{ organizationId: string }, AssetType>(
  (p) => sql`select name, label, created_at as "createdAt", created_by as "createdBy" from asset_types
    where organization_id = ${p.organizationId} order by name`,
)

/** Adds one, or names it anew; repeating is harmless. @throws AppError invalid; forbidden */
export async function putAssetType(ctx: CallContext, input: z.input<typeof TypeInput>): Promise<AssetType> {
  requirePermission(ctx, 'assets.write')
  const { name, label } = parseInput(TypeInput, input)
  const key = { organizationId: ctx.organizationId, name }
  return inTransaction(ctx, async (tx) => {
    const [written] = await tx.run(upsert({ ...key, label, now: nowOf(ctx), createdBy: ctx.actor.id }))
    if (written !== undefined) {
      const detail = { name: label, isNew: written.isNew }
      await tx.run(recordAudit(ctx, { action: 'asset_type.put', targetType: 'asset_type', targetId: name, detail }))
    }
    const [type] = await tx.commitWith(typeNamed(key))
    if (type?.[0] === undefined) throw notFound('Asset type')
    return type[0]
  })
}

/** @throws AppError forbidden */
export async function listAssetTypes(ctx: CallContext): Promise<AssetType[]> {
  requirePermissionSomewhere(ctx, 'assets.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(allTypes({ organizationId: ctx.organizationId })))
  return rows ?? []
}

const isUsed = prepared<Key, { id: string }>(
  (p) => sql`select a.id from assets a where a.organization_id = ${p.organizationId} and a.type = ${p.name} limit 1`,
)

const remove = prepared<Key, { name: string }>(
  (p) => sql`delete from asset_types where organization_id = ${p.organizationId} and name = ${p.name} returning name`,
)

/** @throws AppError forbidden; not_found; conflict (reason `in_use`) while there are things of it */
export async function deleteAssetType(ctx: CallContext, name: string): Promise<void> {
  requirePermission(ctx, 'assets.write')
  if (name.includes('\0')) throw notFound('Asset type')
  const key = { organizationId: ctx.organizationId, name }
  await inTransaction(ctx, async (tx) => {
    const [used] = await tx.run(isUsed(key))
    if (used !== undefined) throw new AppError('conflict', 'There are assets of this type', { reason: 'in_use' })
    const [gone] = await tx.run(remove(key))
    if (gone === undefined) throw notFound('Asset type')
    await tx.commitWith(recordAudit(ctx, { action: 'asset_type.delete', targetType: 'asset_type', targetId: name }))
  })
}
