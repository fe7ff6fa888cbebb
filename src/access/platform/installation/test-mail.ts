// Whether mail of the installation arrives: a mail to try it, from the operators' own organization, and what became of it.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { requireOperator, requireScope } from '../../ground/platform-rights.ts'
import type { MailRecord } from '../../notices/mail/mails.ts'
import { sendTestMail } from '../../notices/mail/send-test-mail.ts'
import { inside } from '../organizations/inside.ts'

const homeOf = prepared<{ userId: string }, { organizationId: string }>(
  (p) => sql`select o.organization_id as "organizationId" from platform_operators o where o.user_id = ${p.userId}`,
)

async function home(tx: Transaction, ctx: CallContext): Promise<string> {
  const [found] = await tx.run(homeOf({ userId: ctx.actor.id }))
  if (found === undefined) throw new AppError('forbidden', 'Only operators may do this', { reason: 'operator' })
  return found.organizationId
}

/**
 * By the mail server of the operators' organization where it has one, else by the installation's.
 * @param ctx of an operator in person
 * @throws AppError invalid; forbidden; unauthenticated (reason `fresh_proof`)
 */
export async function sendInstallationTestMail(ctx: CallContext, to: string): Promise<void> {
  requireOperator(ctx)
  await inTransaction(ctx, async (tx) => {
    const organizationId = await home(tx, ctx)
    const mailId = await inside(tx, ctx, organizationId, (own) => sendTestMail(own, { to }))
    await tx.run(recordAudit(ctx, { action: 'installation.test_mail', targetType: 'mail', targetId: mailId }))
  })
}

export type TestMail = Pick<MailRecord, 'id' | 'recipient' | 'status' | 'attempts' | 'lastError' | 'createdAt'>

const select = prepared<{ organizationId: string }, TestMail>(
  (p) => sql`select m.id, m.recipient, m.status, m.attempts, m.last_error as "lastError", m.created_at as "createdAt"
    from mails m where m.organization_id = ${p.organizationId} and m.target_id = ${p.organizationId} and m.kind = 'test'
    order by m.id desc limit 5`,
)

const ownServer = prepared<{ organizationId: string }, { host: string }>(
  (p) => sql`select s.host from mail_servers s where s.organization_id = ${p.organizationId} and s.status = 'on'`,
)

/** The last five, and the host of the operators' own mail server, which they go by where there is one. @throws AppError forbidden */
export async function listTestMails(ctx: CallContext): Promise<{ mails: TestMail[]; ownHost: string | null }> {
  requireScope(ctx, 'operate')
  return inTransaction(ctx, async (tx) => {
    const organizationId = await home(tx, ctx)
    return inside(tx, ctx, organizationId, async () => {
      const [server] = await tx.run(ownServer({ organizationId }))
      return { mails: await tx.run(select({ organizationId })), ownHost: server?.host ?? null }
    })
  })
}
