// A mapping goes, and with it what it gave, for everybody at once.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

const remove = prepared<
  { organizationId: string; mappingId: string },
  { groupId: string; roleId: string; brandId: string | null }
>(
  (p) => sql`delete from mappings where organization_id = ${p.organizationId} and id = ${p.mappingId}
    returning group_id as "groupId", role_id as "roleId", brand_id as "brandId"`,
)

/** @throws AppError not_found */
export async function deleteMapping(ctx: CallContext, mappingId: string): Promise<void> {
  requirePermission(ctx, 'mappings.write')
  if (!isId('map', mappingId)) return refuseUnknown(ctx, 'Mapping')
  await inTransaction(ctx, async (tx) => {
    const [detail] = await tx.run(remove({ organizationId: ctx.organizationId, mappingId }))
    if (detail === undefined) throw notFound('Mapping')
    const entry = { action: 'mapping.delete', targetType: 'mapping', targetId: mappingId } as const
    await tx.commitWith(recordAudit(ctx, { ...entry, detail: { ...detail } }))
  })
}
