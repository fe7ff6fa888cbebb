// Sending what is queued. A mail is claimed by moving its next attempt on, so that two nodes do not send it at once; what was
// sent, or given up, loses its body.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { MailRefused, type MailTransport } from '#platform/smtp.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { findLook } from '../../ground/look.ts'
import type { KeptBody } from './compose.ts'
import { ownTransport } from './mail-server.ts'
import { mailBodyPlace } from './queue-mail.ts'

type Claimed = { id: string; recipient: string; subject: string; bodySealed: string; attempts: number }

/** The pauses before the second attempt, the third, and so on: eight attempts within a day. */
const pausesMinutes = [1, 5, 15, 60, 120, 360, 720]
const leaseMinutes = 5
const atOnce = 20

const claim = prepared<{ organizationId: string; leaseMinutes: number; limit: number }, Claimed>(
  (
    p,
  ) => sql`update mails m set attempts = m.attempts + 1, next_attempt_at = now() + make_interval(mins => ${p.leaseMinutes}::int)
    from (select id from mails where organization_id = ${p.organizationId} and status = 'queued' and next_attempt_at <= now()
      order by next_attempt_at limit ${p.limit}::int for update skip locked) due
    where m.organization_id = ${p.organizationId} and m.id = due.id
    returning m.id, m.recipient, m.subject, m.body_sealed as "bodySealed", m.attempts`,
)

const postpone = prepared<{ organizationId: string; leaseMinutes: number }, never>(
  (p) => sql`update mails set next_attempt_at = now() + make_interval(mins => ${p.leaseMinutes}::int)
    where organization_id = ${p.organizationId} and status = 'queued' and next_attempt_at <= now()`,
)

const markSent = prepared<{ organizationId: string; mailId: string }, never>(
  (
    p,
  ) => sql`update mails set status = 'sent', sent_at = now(), next_attempt_at = null, last_error = null, body_sealed = ''
    where organization_id = ${p.organizationId} and id = ${p.mailId}`,
)

const markFailed = prepared<
  { organizationId: string; mailId: string; error: string; pauseMinutes: number | null },
  never
>(
  (p) => sql`update mails set last_error = ${p.error},
      status = case when ${p.pauseMinutes}::int is null then 'failed' else status end,
      body_sealed = case when ${p.pauseMinutes}::int is null then '' else body_sealed end,
      next_attempt_at = now() + make_interval(mins => ${p.pauseMinutes}::int)
    where organization_id = ${p.organizationId} and id = ${p.mailId}`,
)

export type MailRun = { sent: number; failed: number }

/**
 * Sends the mails of the context's organization that are due, by its own server where it has one, else by the installation's.
 * Those that cannot be sent wait for their next attempt; where there is no server at all, for a node that has one.
 */
export async function sendByServers(ctx: CallContext, installation: MailTransport | undefined): Promise<MailRun> {
  const own = await ownTransport(ctx)
  const transport = own ?? installation
  if (transport === undefined) {
    await inTransaction(ctx, (tx) => tx.commitWith(postpone({ organizationId: ctx.organizationId, leaseMinutes })))
    return { sent: 0, failed: 0 }
  }
  try {
    return await sendDueMails(ctx, transport)
  } finally {
    own?.close()
  }
}

/** By this transport. */
export async function sendDueMails(ctx: CallContext, transport: MailTransport): Promise<MailRun> {
  const { organizationId } = ctx
  const [due = []] = await inTransaction(ctx, (tx) =>
    tx.commitWith(claim({ organizationId, leaseMinutes, limit: atOnce })),
  )
  const run: MailRun = { sent: 0, failed: 0 }
  const senderName = due.length === 0 ? undefined : (await findLook(ctx.database, ctx))?.mailSenderName
  for (const mail of due) run[await sendOne(ctx, transport, { ...mail, senderName: senderName ?? undefined })] += 1
  return run
}

type Leaving = Claimed & { senderName: string | undefined }

async function sendOne(ctx: CallContext, transport: MailTransport, mail: Leaving): Promise<keyof MailRun> {
  const { organizationId } = ctx
  const place = mailBodyPlace(organizationId, mail.id)
  try {
    const { text, html } = JSON.parse(ctx.sealing.open(mail.bodySealed, place)) as KeptBody
    const { id, recipient: to, subject, senderName } = mail
    await transport.send({ id, to, subject, text, html, senderName })
  } catch (error) {
    const failure = markFailed({ organizationId, mailId: mail.id, ...judge(error, mail.attempts) })
    await inTransaction(ctx, (tx) => tx.commitWith(failure))
    return 'failed'
  }
  await inTransaction(ctx, (tx) => tx.commitWith(markSent({ organizationId, mailId: mail.id })))
  return 'sent'
}

function judge(error: unknown, attempts: number): { error: string; pauseMinutes: number | null } {
  const isFinal = error instanceof MailRefused && error.isFinal
  return { error: failureWords(error), pauseMinutes: isFinal ? null : (pausesMinutes[attempts - 1] ?? null) }
}

/** What a server says may be long, and may repeat what it was sent. */
export function failureWords(error: unknown): string {
  const message = error instanceof Error ? error.message : 'The mail could not be sent'
  return message.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300)
}
