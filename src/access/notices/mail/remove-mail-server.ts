// An organization gives its own mail server up, and the password that was kept for it is gone.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { requireEverything } from '../../ceiling/ceiling.ts'
import { keepQueued } from './keep-queued.ts'

const remove = prepared<{ organizationId: string }, { host: string }>(
  (p) => sql`delete from mail_servers where organization_id = ${p.organizationId} returning host`,
)

/** Mails go out by the installation's server from now on. @throws AppError not_found; forbidden (reasons `permission`, `ceiling`) */
export async function removeMailServer(ctx: CallContext): Promise<void> {
  requirePermission(ctx, 'organization.write')
  const { organizationId } = ctx
  await inTransaction(ctx, async (tx) => {
    await requireEverything(tx, ctx, 'Removing the mail server')
    const [removed] = await tx.run(remove({ organizationId }))
    if (removed === undefined) throw notFound('Mail server')
    await keepQueued(tx, ctx)
    const audit = { action: 'mail_server.remove', targetType: 'organization', targetId: organizationId } as const
    await tx.commitWith(recordAudit(ctx, { ...audit, detail: { host: removed.host } }))
  })
}
