// Mappings: members of a group hold a role, in the organization or in a brand. How they are read.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

export type MappingRecord = {
  id: string
  /** Null where a filter takes its place. */
  group: { id: string; displayName: string } | null
  /** A SCIM filter over the user. */
  filter: string | null
  role: { id: string; key: string; name: string }
  brand: { id: string; slug: string; name: string } | null
  /** The pattern over group names that it was made from. */
  pattern: string | null
  createdAt: string
  createdBy: string
}

/** A mapping with the names of what it binds. */
export const selectMapping = sql`select m.id,
    case when g.id is not null then json_build_object('id', g.id, 'displayName', g.display_name) end as "group", m.filter,
    json_build_object('id', r.id, 'key', r.key, 'name', r.name) as role,
    case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end as brand,
    m.pattern, m.created_at as "createdAt", m.created_by as "createdBy"
  from mappings m
  left join groups g on g.organization_id = m.organization_id and g.id = m.group_id
  join roles r on r.organization_id = m.organization_id and r.id = m.role_id
  left join brands b on b.organization_id = m.organization_id and b.id = m.brand_id`

const selectMappings = prepared<{ organizationId: string; after: string | null; limit: number | null }, MappingRecord>(
  (p) => sql`${selectMapping} where m.organization_id = ${p.organizationId}
      and (${p.after}::text is null or m.id > ${p.after})
    order by m.id limit ${p.limit}::int`,
)

const mappingById = prepared<{ organizationId: string; mappingId: string }, MappingRecord>(
  (p) => sql`${selectMapping} where m.organization_id = ${p.organizationId} and m.id = ${p.mappingId}`,
)

/** In order of creation, those after an id and as many as asked for. */
export async function listMappings(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<MappingRecord[]> {
  requirePermission(ctx, 'mappings.read')
  const { organizationId } = ctx
  const statement = selectMappings({ organizationId, after: page.after ?? null, limit: page.limit ?? null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's mapping */
export async function getMapping(ctx: CallContext, mappingId: string): Promise<MappingRecord> {
  requirePermission(ctx, 'mappings.read')
  if (!isId('map', mappingId)) return refuseUnknown(ctx, 'Mapping')
  const statement = mappingById({ organizationId: ctx.organizationId, mappingId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const mapping = rows?.[0]
  if (mapping === undefined) throw notFound('Mapping')
  return mapping
}
