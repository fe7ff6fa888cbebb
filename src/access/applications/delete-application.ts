// An application goes, and with it every code, grant and token that it holds.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { dropTokens, lockApplicationRow } from './applications.ts'
import { requireControl } from './kinds.ts'

type Key = { organizationId: string; applicationId: string }

const forget = prepared<Key, never>(
  (p) => sql`with told as (delete from application_logouts
      where organization_id = ${p.organizationId} and application_id = ${p.applicationId} and status = 'queued')
    delete from application_sessions
      where organization_id = ${p.organizationId} and application_id = ${p.applicationId}`,
)

const remove = prepared<Key, never>(
  (p) => sql`delete from applications where organization_id = ${p.organizationId} and id = ${p.applicationId}`,
)

/** @throws AppError not_found; forbidden (reason `ceiling`) */
export async function deleteApplication(ctx: CallContext, applicationId: string): Promise<void> {
  requirePermission(ctx, 'applications.write')
  if (!isId('app', applicationId)) return refuseUnknown(ctx, 'Application')
  const key = { organizationId: ctx.organizationId, applicationId }
  await inTransaction(ctx, async (tx) => {
    const application = await lockApplicationRow(tx, ctx, applicationId)
    const { name } = application
    await requireControl(tx, ctx, application)
    const entry = {
      action: 'application.delete',
      targetType: 'application',
      targetId: applicationId,
      detail: { name },
    } as const
    await tx.commitWith(remove(key), dropTokens(key), forget(key), recordAudit(ctx, entry))
  })
}
