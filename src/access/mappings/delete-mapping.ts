// A mapping goes, and with it what it gave, for everybody at once.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, requirePermission, type Transaction } from '#src/context.ts'

type Removed = { groupId: string | null; filter: string | null; roleId: string; brandId: string | null }

const remove = prepared<{ organizationId: string; mappingId: string }, Removed>(
  (p) => sql`delete from mappings where organization_id = ${p.organizationId} and id = ${p.mappingId}
    returning group_id as "groupId", filter, role_id as "roleId", brand_id as "brandId"`,
)

/** @throws AppError not_found; conflict (reason `last_administrator`) */
export async function deleteMappingWithin(tx: Transaction, ctx: CallContext, mappingId: string): Promise<void> {
  requirePermission(ctx, 'mappings.write')
  const { organizationId } = ctx
  const [detail] = await tx.run(remove({ organizationId, mappingId: isId('map', mappingId) ? mappingId : '' }))
  if (detail === undefined) throw notFound('Mapping')
  const entry = { action: 'mapping.delete', targetType: 'mapping', targetId: mappingId } as const
  await tx.run(recordAudit(ctx, { ...entry, detail: { ...detail } }))
}
