// Whom an application of the platform serves: all organizations, some, or all but some; and whether they may do without it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  platformId,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { lockApplicationRow } from '../../applications/applications.ts'
import { areOrganizations } from '../../ground/organizations-there.ts'

export type ApplicationTerms = {
  reach: 'all' | 'only' | 'except'
  organizationIds: string[]
  /** Organizations may switch it off for themselves. */
  isOptional: boolean
}

const usual: ApplicationTerms = { reach: 'all', organizationIds: [], isOptional: false }

const select = prepared<{ applicationId: string }, ApplicationTerms>(
  (p) => sql`select reach, organization_ids as "organizationIds", is_optional as "isOptional"
    from platform_application_terms where application_id = ${p.applicationId}`,
)

/** @throws AppError forbidden, not_found */
export async function getApplicationTerms(ctx: CallContext, applicationId: string): Promise<ApplicationTerms> {
  requirePermission(ctx, 'applications.read')
  if (!isId('app', applicationId) || ctx.organizationId !== platformId) return refuseUnknown(ctx, 'Application')
  return inTransaction(ctx, async (tx) => {
    await lockApplicationRow(tx, ctx, applicationId)
    return termsWithin(tx, applicationId)
  })
}

const termsWithin = async (tx: Transaction, applicationId: string): Promise<ApplicationTerms> =>
  (await tx.run(select({ applicationId })))[0] ?? usual

const TermsInput = z.object({
  reach: z.enum(['all', 'only', 'except']).optional(),
  organizationIds: z.array(z.string()).max(1_000, 'must name at most 1000 organizations').optional(),
  isOptional: z.boolean().optional(),
})

const upsert = prepared<{ applicationId: string; reach: string; organizationIds: string; isOptional: boolean }, never>(
  (p) => sql`insert into platform_application_terms (application_id, reach, organization_ids, is_optional)
    values (${p.applicationId}, ${p.reach}, ${p.organizationIds}::jsonb, ${p.isOptional})
    on conflict (application_id) do update set reach = excluded.reach, organization_ids = excluded.organization_ids,
      is_optional = excluded.is_optional`,
)

const dropUnserved = prepared<{ applicationId: string }, never>(
  (p) => sql`select drop_unserved_artifacts(${p.applicationId})`,
)

/**
 * What is not mentioned stays. Where it serves an organization no more, what it holds there is gone.
 * @throws AppError forbidden, invalid; not_found for an application or an organization that is not there
 */
export async function setApplicationTerms(
  ctx: CallContext,
  applicationId: string,
  input: z.input<typeof TermsInput>,
): Promise<ApplicationTerms> {
  requirePermission(ctx, 'applications.write')
  const wanted = parseInput(TermsInput, input)
  if (!isId('app', applicationId) || ctx.organizationId !== platformId) return refuseUnknown(ctx, 'Application')
  return inTransaction(ctx, async (tx) => {
    await lockApplicationRow(tx, ctx, applicationId)
    const before = await termsWithin(tx, applicationId)
    const after = mergedTerms(before, wanted)
    const { organizationIds } = after
    // One that was named before may have been erased since.
    const named = organizationIds.filter((id) => !before.organizationIds.includes(id))
    if (!(await areOrganizations(tx, named))) throw notFound('Organization')
    const target = { targetType: 'application', targetId: applicationId } as const
    await tx.commitWith(
      upsert({ applicationId, ...after, organizationIds: JSON.stringify(organizationIds) }),
      dropUnserved({ applicationId }),
      recordAudit(ctx, { action: 'application.terms', ...target, detail: { before, after } }),
    )
    return after
  })
}

function mergedTerms(before: ApplicationTerms, wanted: z.output<typeof TermsInput>): ApplicationTerms {
  const reach = wanted.reach ?? before.reach
  const ids = wanted.organizationIds ?? (reach === before.reach ? before.organizationIds : [])
  const organizationIds = [...new Set(ids)]
  if ((reach === 'all') !== (organizationIds.length === 0))
    throw invalidField('organizationIds', 'belong to the reach `only` or `except`, and only to those')
  return { reach, organizationIds, isOptional: wanted.isOptional ?? before.isOptional }
}
