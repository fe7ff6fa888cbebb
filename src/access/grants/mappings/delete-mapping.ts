// A mapping goes, and with it what it gave, for everybody at once.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, requirePermission, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'

type Removed = { groupId: string | null; filter: string | null; roleId: string; brandId: string | null }

type Key = { organizationId: string; mappingId: string }

const lock = prepared<Key, Removed & { filterPath: string | null }>(
  (
    p,
  ) => sql`select group_id as "groupId", filter, filter_path as "filterPath", role_id as "roleId", brand_id as "brandId"
    from mappings where organization_id = ${p.organizationId} and id = ${p.mappingId} for update`,
)

const remove = prepared<Key, never>(
  (p) => sql`delete from mappings where organization_id = ${p.organizationId} and id = ${p.mappingId}`,
)

/** @throws AppError not_found; forbidden (reason `ceiling`); conflict (reason `last_administrator`) */
export async function deleteMappingWithin(tx: Transaction, ctx: CallContext, mappingId: string): Promise<void> {
  requirePermission(ctx, 'mappings.write')
  const key = { organizationId: ctx.organizationId, mappingId: isId('map', mappingId) ? mappingId : '' }
  const [found] = await tx.run(lock(key))
  if (found === undefined) throw notFound('Mapping')
  const { filterPath, ...detail } = found
  const { groupId, roleId, brandId } = detail
  await withinCeiling(
    tx,
    ctx,
    {
      ...(groupId === null ? { filterPaths: [filterPath ?? ''] } : { groups: [groupId] }),
      grants: [{ before: { scope: brandId ?? '', roleId } }],
    },
    () => tx.run(remove(key)),
  )
  const entry = { action: 'mapping.delete', targetType: 'mapping', targetId: mappingId } as const
  await tx.run(recordAudit(ctx, { ...entry, detail }))
}
