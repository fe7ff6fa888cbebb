// An application's secret is replaced; the old one is refused from the next request on. What people gave the application goes on;
// what a machine holds is void, since nobody but whoever had the secret asked for it.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { issueSecret } from '#platform/crypto.ts'
import { invalid } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { applicationSecretPlace, dropTokens, lockApplicationRow } from './applications.ts'
import { requireControl } from './kinds.ts'
import { hasKeys } from './public-keys.ts'

const write = prepared<{ organizationId: string; applicationId: string; secretSealed: string; now: string }, never>(
  (p) => sql`update applications set secret_sealed = ${p.secretSealed}, updated_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.applicationId}`,
)

/** @returns the new secret, which is shown this once. @throws AppError not_found; invalid for a public one; forbidden (reason `ceiling`) */
export async function rotateApplicationSecret(ctx: CallContext, applicationId: string): Promise<string> {
  requirePermission(ctx, 'applications.write')
  if (!isId('app', applicationId)) return refuseUnknown(ctx, 'Application')
  const { organizationId } = ctx
  const { plain } = issueSecret('rca', ctx.randomBytes)
  const secretSealed = ctx.sealing.seal(plain, applicationSecretPlace(organizationId, applicationId))
  await inTransaction(ctx, async (tx) => {
    const application = await lockApplicationRow(tx, ctx, applicationId)
    if (application.kind === 'public') throw invalid('A public application has no secret')
    if (hasKeys(application)) throw invalid('The application proves who it is by its key; take the key away first')
    await requireControl(tx, ctx, application)
    await tx.commitWith(
      write({ organizationId, applicationId, secretSealed, now: nowOf(ctx) }),
      ...(application.kind === 'machine' ? [dropTokens({ organizationId, applicationId })] : []),
      recordAudit(ctx, { action: 'application.rotate_secret', targetType: 'application', targetId: applicationId }),
    )
  })
  return plain
}
