// A brand goes, and with it the mappings and assignments in it; the audit row says how many.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, requirePermission, type Transaction } from '#src/context.ts'
import { type Given, requireGivable, withinCeiling } from '../../ceiling/ceiling.ts'
import { removeTeamRows } from '../teams/write-team.ts'
import { lockBrandRow } from './brands.ts'

type Parameters = AuditParameters & { organizationId: string; brandId: string }

const remove = prepared<Parameters, never>(
  (p) => sql`with gone_mappings as (
      delete from mappings where organization_id = ${p.organizationId} and brand_id = ${p.brandId} returning id),
    gone_assignments as (
      delete from assignments where organization_id = ${p.organizationId} and brand_id = ${p.brandId} returning id)
    ${insertAudit(
      p,
      sql`${p.detail}::jsonb || jsonb_build_object('mappings', (select count(*) from gone_mappings),
        'assignments', (select count(*) from gone_assignments))`,
    )}`,
)

const removeBrand = prepared<{ organizationId: string; brandId: string }, never>(
  (p) => sql`delete from brands where organization_id = ${p.organizationId} and id = ${p.brandId}`,
)

/** Of `users u`: whoever holds something in the brand, or will. */
const heldIn = ({ organizationId, brandId }: { organizationId: string; brandId: string }): SQL =>
  sql`(exists (select from effective_assignments e where e.organization_id = ${organizationId} and e.user_id = u.id
      and e.brand_id = ${brandId})
    or exists (select from assignments a where a.organization_id = ${organizationId} and a.user_id = u.id
      and a.brand_id = ${brandId}))`

const mapped = prepared<{ organizationId: string; brandId: string }, Given>(
  (p) => sql`select distinct m.brand_id as scope, m.role_id as "roleId" from mappings m
    where m.organization_id = ${p.organizationId} and m.brand_id = ${p.brandId}
    union select x.brand_id, x.role_id from team_roles x
    where x.organization_id = ${p.organizationId} and x.brand_id = ${p.brandId}`,
)

const teamsOf = prepared<{ organizationId: string; brandId: string }, { id: string }>(
  (p) => sql`select t.id from teams t where t.organization_id = ${p.organizationId} and t.brand_id = ${p.brandId}
    order by t.parent_id nulls last, t.id`,
)

/** In a transaction of the caller's. @throws AppError not_found; forbidden (reason `ceiling`) */
export async function deleteBrandWithin(tx: Transaction, ctx: CallContext, brandId: string): Promise<void> {
  requirePermission(ctx, 'brands.write')
  if (!isId('brd', brandId)) throw notFound('Brand')
  const key = { organizationId: ctx.organizationId, brandId }
  const { slug, name } = await lockBrandRow(tx, ctx, brandId)
  const entry = { action: 'brand.delete', targetType: 'brand', targetId: brandId, detail: { slug, name } } as const
  await requireGivable(tx, ctx, await tx.run(mapped(key)))
  const teams = (await tx.run(teamsOf(key))).map(({ id }) => id)
  // Those of the organization's teams that these are within hold its roles by them.
  await withinCeiling(tx, ctx, { teams }, async () => {
    for (const teamId of teams) await removeTeamRows(tx, { organizationId: ctx.organizationId, teamId })
  })
  const concern = { which: heldIn(key), changesModel: true, gone: [brandId] }
  await withinCeiling(tx, ctx, concern, async () => {
    await tx.run(remove({ ...auditParameters(ctx, entry), ...key }))
    await tx.run(removeBrand(key))
  })
}
