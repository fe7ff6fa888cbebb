// The outbox, as administrators and the operator read it.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import type { MailBody } from './compose.ts'
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

/** The body of a mail that is on its way or gone is nobody's to read: its link belongs to the recipient. */
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

/** With its body while it is kept. @throws AppError not_found, forbidden */
export async function getMail(ctx: CallContext, mailId: string): Promise<ShownMail> {
  requirePermission(ctx, 'mails.read')
  if (!isId('mal', mailId)) return refuseUnknown(ctx, 'Mail')
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectOne({ organizationId, mailId })))
  const found = rows?.[0]
  if (found === undefined) throw notFound('Mail')
  const { bodySealed, ...mail } = found
  if (mail.status !== 'kept') return { ...mail, body: null }
  const body = ctx.sealing.open(bodySealed, mailBodyPlace(organizationId, mailId))
  return { ...mail, body: JSON.parse(body) as MailBody }
}
