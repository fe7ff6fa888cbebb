// Mails on their way where no server is left to send them.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'

const keep = prepared<{ organizationId: string }, never>(
  (p) => sql`update mails set status = 'kept', next_attempt_at = null
    where organization_id = ${p.organizationId} and status = 'queued'`,
)

/** For when an organization's own server is gone: without the installation's they wait in the outbox, as new ones do. */
export async function keepQueued(tx: Transaction, { organizationId, hasMailServer }: CallContext): Promise<void> {
  if (!hasMailServer) await tx.run(keep({ organizationId }))
}
