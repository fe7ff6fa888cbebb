// People whom a directory has brought while its arrivals are staged are let in, all of them at once; whom it brings from then on
// does not wait, if the caller may decide so.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { updateDirectoryWithin } from '#connections/directories/update-directory.ts'
import { prepared } from '#db/statement.ts'
import { isWaiting } from '#db/waiting.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'

const waiting = prepared<{ organizationId: string; directoryId: string }, { userId: string }>(
  (p) => sql`select u.id as "userId" from users u
    where u.organization_id = ${p.organizationId} and u.directory_id = ${p.directoryId} and u.deleted_at is null
      and ${isWaiting}
    order by u.id for no key update of u`,
)

type Admission = Omit<AuditParameters, 'auditId' | 'targetId'> & {
  organizationId: string
  userIds: readonly string[]
  auditIds: readonly string[]
  now: string
}

// One row for each of them, which the parameters of one entry do not have.
const auditOfEach = (p: { [column in keyof Admission]: SQL }): { [column in keyof AuditParameters]: SQL } => ({
  ...{ auditId: sql`n.audit_id`, targetId: sql`n.user_id`, targetType: p.targetType },
  ...{ auditOrganizationId: p.auditOrganizationId, auditAt: p.auditAt, actorType: p.actorType, actorId: p.actorId },
  ...{ action: p.action, detail: p.detail, requestId: p.requestId },
})

const activateAll = prepared<Admission, never>(
  (p) => sql`with activated as (
      update users u set status = 'active', status_changed_at = ${p.now}::timestamptz, version = version + 1,
        updated_at = ${p.now}::timestamptz
      where u.organization_id = ${p.organizationId} and u.id = any (${p.userIds}::text[]) returning u.id)
    ${insertAudit(auditOfEach(p))}
    from unnest(${p.userIds}::text[], ${p.auditIds}::text[]) n (user_id, audit_id)
    join activated on activated.id = n.user_id`,
)

/** The people who wait, locked until the transaction ends. */
export async function lockArrivals(tx: Transaction, ctx: CallContext, directoryId: string): Promise<string[]> {
  const rows = await tx.run(waiting({ organizationId: ctx.organizationId, directoryId }))
  return rows.map(({ userId }) => userId)
}

// Whoever comes from then on comes without anybody's word: where that may bring more than the caller holds, the directory keeps
// its arrivals waiting, and only those who wait by now are judged.
async function openDirectory(tx: Transaction, ctx: CallContext, directoryId: string): Promise<void> {
  try {
    await updateDirectoryWithin(tx, ctx, { directoryId, arrivals: 'active' })
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== 'ceiling') throw error
  }
}

/**
 * In a transaction of the caller's. Whom the directory brings later is let in at once from then on, but where that goes beyond the
 * rights of the caller: then they go on waiting.
 * @returns the ids of the people who were let in
 * @throws AppError not_found; forbidden (reason `ceiling`) where somebody would hold more than the caller
 */
export async function admitArrivalsWithin(tx: Transaction, ctx: CallContext, directoryId: string): Promise<string[]> {
  requirePermission(ctx, 'users.write')
  if (!isId('dir', directoryId)) throw notFound('Directory')
  await openDirectory(tx, ctx, directoryId)
  const userIds = await lockArrivals(tx, ctx, directoryId)
  const entry = {
    action: 'user.activate',
    targetType: 'user',
    targetId: '',
    detail: { by: 'approval', directoryId },
  } as const
  const activate = activateAll({
    ...auditParameters(ctx, entry),
    ...{ organizationId: ctx.organizationId, userIds, now: nowOf(ctx) },
    auditIds: userIds.map(() => ctx.ids.next('evt')),
  })
  await withinCeiling(tx, ctx, { users: userIds }, () => tx.run(activate))
  return userIds
}
