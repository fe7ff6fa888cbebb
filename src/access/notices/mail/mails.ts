// The outbox, as administrators and the operator read it.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  refuseUnknown,
  requireFreshProof,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import type { KeptBody, MailBody } from './compose.ts'
import { sendsMailIn } from './mail-server.ts'
import { type MailKind, mailBodyPlace } from './queue-mail.ts'

export type MailStatus = 'queued' | 'sent' | 'failed' | 'kept'

export type MailRecord = {
  id: string
  kind: MailKind
  recipient: string
  subject: string
  status: MailStatus
  attempts: number
  nextAttemptAt: string | null
  /** What the mail server said last. */
  lastError: string | null
  targetId: string | null
  createdAt: string
  sentAt: string | null
}

/**
 * The body of a mail that is on its way or gone is nobody's to read. Of one that is kept, links for the recipient alone are left
 * out; null where it was written before they could be.
 */
export type ShownMail = MailRecord & { body: MailBody | null }

const columns = sql`m.id, m.kind, m.recipient, m.subject, m.status, m.attempts, m.next_attempt_at as "nextAttemptAt",
  m.last_error as "lastError", m.target_id as "targetId", m.created_at as "createdAt", m.sent_at as "sentAt"`

type Filter = { organizationId: string; after: string | null; targetId: string | null; limit: number | null }

const select = prepared<Filter, MailRecord>(
  (p) => sql`select ${columns} from mails m
    where m.organization_id = ${p.organizationId} and (${p.after}::text is null or m.id < ${p.after})
      and (${p.targetId}::text is null or m.target_id = ${p.targetId})
    order by m.id desc limit ${p.limit}::int`,
)

const selectOne = prepared<{ organizationId: string; mailId: string }, MailRecord & { bodySealed: string }>(
  (p) => sql`select ${columns}, m.body_sealed as "bodySealed" from mails m
    where m.organization_id = ${p.organizationId} and m.id = ${p.mailId}`,
)

/** The newest first. @throws AppError forbidden */
export async function listMails(
  ctx: CallContext,
  page: { after?: string | undefined; targetId?: string | undefined; limit?: number | undefined } = {},
): Promise<MailRecord[]> {
  requirePermission(ctx, 'mails.read')
  const { after = null, targetId = null, limit = null } = page
  const statement = select({ organizationId: ctx.organizationId, after, targetId, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** Kinds whose links let somebody in, or prove an address. */
const linkKinds: ReadonlySet<MailKind> = new Set(['invitation', 'password_reset', 'identity_linked'])

const invitedUser = prepared<{ organizationId: string; invitationId: string }, { userId: string }>(
  (p) => sql`select user_id as "userId" from invitations
    where organization_id = ${p.organizationId} and id = ${p.invitationId} and status = 'pending' for update`,
)

const markShown = prepared<{ organizationId: string; invitationId: string }, { userId: string }>(
  (p) => sql`update invitations set link_shown_at = now()
    where organization_id = ${p.organizationId} and id = ${p.invitationId} and status = 'pending' returning user_id as "userId"`,
)

/**
 * Without a mail server somebody has to hand the link of an invitation on; who could take it for themselves and be more than they
 * are, does not get it. Whoever uses it afterwards has proven no address by that.
 */
async function mayHandOn(tx: Transaction, ctx: CallContext, { kind, targetId }: MailRecord): Promise<boolean> {
  if (kind !== 'invitation' || targetId === null || (await sendsMailIn(tx, ctx))) return false
  requireFreshProof(ctx)
  const { organizationId } = ctx
  const [invitation] = await tx.run(invitedUser({ organizationId, invitationId: targetId }))
  if (invitation === undefined) return false
  try {
    await requireNotAbove(tx, ctx, invitation.userId)
  } catch (error) {
    if (error instanceof AppError && error.reason === 'ceiling') return false
    throw error
  }
  return (await tx.run(markShown({ organizationId, invitationId: targetId }))).length > 0
}

/** With its body while it is kept. @throws AppError not_found, forbidden; unauthenticated (reason `fresh_proof`) */
export async function getMail(ctx: CallContext, mailId: string): Promise<ShownMail> {
  requirePermission(ctx, 'mails.read')
  if (!isId('mal', mailId)) return refuseUnknown(ctx, 'Mail')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(selectOne({ organizationId, mailId }))
    if (found === undefined) throw notFound('Mail')
    const { bodySealed, ...mail } = found
    if (mail.status !== 'kept') return { ...mail, body: null }
    const opened = ctx.sealing.open(bodySealed, mailBodyPlace(organizationId, mailId))
    const { text, html, shown = null } = JSON.parse(opened) as KeptBody
    const isWhole = !linkKinds.has(mail.kind) || (await mayHandOn(tx, ctx, mail))
    return { ...mail, body: isWhole ? { text, html } : shown }
  })
}
