// Applications of the platform as an organization sees them, which may do without those that are optional.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { dropTokens } from '../../applications/applications.ts'

export type PlatformApplication = {
  id: string
  name: string
  kind: 'confidential' | 'public'
  /** The organization may switch it off for itself. */
  isOptional: boolean
  isOn: boolean
}

const select = prepared<Record<string, never>, PlatformApplication>(
  () => sql`select id, name, kind, is_optional as "isOptional", is_on as "isOn" from platform_applications()`,
)

/** Those that serve the context's organization, in order of creation. @throws AppError forbidden */
export async function listPlatformApplications(ctx: CallContext): Promise<PlatformApplication[]> {
  requirePermission(ctx, 'applications.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({})))
  return rows ?? []
}

type Choice = { organizationId: string; applicationId: string }

const switchOff = prepared<Choice & { now: string; by: string }, never>(
  (p) => sql`insert into application_choices (organization_id, application_id, switched_off_at, switched_off_by)
    values (${p.organizationId}, ${p.applicationId}, ${p.now}::timestamptz, ${p.by}) on conflict do nothing`,
)

const switchOn = prepared<Choice, never>(
  (p) => sql`delete from application_choices
    where organization_id = ${p.organizationId} and application_id = ${p.applicationId}`,
)

/**
 * For the context's organization alone. Switched off, nobody of it signs in to the application, and what it holds of them is gone.
 * @throws AppError forbidden; not_found; conflict (reason `not_optional`)
 */
export async function switchPlatformApplication(
  ctx: CallContext,
  { applicationId, isOn }: { applicationId: string; isOn: boolean },
): Promise<PlatformApplication> {
  requirePermission(ctx, 'applications.write')
  if (!isId('app', applicationId)) return refuseUnknown(ctx, 'Application')
  const choice = { organizationId: ctx.organizationId, applicationId }
  return inTransaction(ctx, async (tx) => {
    const found = (await tx.run(select({}))).find(({ id }) => id === applicationId)
    if (found === undefined) throw notFound('Application')
    if (!found.isOptional)
      throw new AppError('conflict', 'The platform does not let this application be switched off', {
        reason: 'not_optional',
      })
    if (found.isOn === isOn) return found
    const action = isOn ? 'application.switch_on' : 'application.switch_off'
    await tx.commitWith(
      ...(isOn
        ? [switchOn(choice)]
        : [switchOff({ ...choice, now: nowOf(ctx), by: ctx.actor.id }), dropTokens(choice)]),
      recordAudit(ctx, { action, targetType: 'application', targetId: applicationId, detail: { name: found.name } }),
    )
    return { ...found, isOn }
  })
}
