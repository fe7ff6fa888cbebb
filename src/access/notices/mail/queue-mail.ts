// A mail is written in the transaction of what it is about, and sent afterwards by the worker. Its body may hold a link that
// lets somebody in, so it is sealed.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import type { Letter, LetterIn } from '#words/letter.ts'
import type { Language } from '#words/texts/languages.ts'
import { findLookIn, languageOfLook } from '../../ground/look.ts'
import { composeKept } from './compose.ts'

export type MailKind =
  | 'invitation'
  | 'password_reset'
  | 'password_changed'
  | 'identity_linked'
  | 'address_change'
  | 'emergency_use'
  | 'emergency_drill'
  | 'alarm'
  | 'reminder'
  | 'access_changed'
  | 'report'
  | 'checklist'
  | 'review'
  | 'inactivity'
  | 'access_digest'
  | 'test'

export type NewMail = {
  kind: MailKind
  to: string
  /** Who reads it, in whose language it is written; the organization's where it is nobody who is known here. */
  readerId?: string | null
  letter: Letter | LetterIn
  /** What it is about: an invitation's or a user's id. */
  targetId: string
}

const insert = prepared<
  {
    organizationId: string
    id: string
    kind: string
    recipient: string
    subject: string
    bodySealed: string
    hasMailServer: boolean
    targetId: string
    now: string
  },
  never
>(
  (p) => sql`insert into mails (organization_id, id, kind, recipient, subject, body_sealed, status, next_attempt_at,
      target_id, created_at)
    select ${p.organizationId}, ${p.id}, ${p.kind}, ${p.recipient}, ${p.subject}, ${p.bodySealed},
      case when is_sent then 'queued' else 'kept' end, case when is_sent then date_trunc('milliseconds', now()) end,
      ${p.targetId}, ${p.now}::timestamptz
    from (select ${p.hasMailServer}::boolean or exists (select from mail_servers
      where organization_id = ${p.organizationId} and status = 'on') as is_sent) s`,
)

/** Where the body of a mail belongs. */
export const mailBodyPlace = (organizationId: string, mailId: string): SealPlace => [
  'mails',
  'body_sealed',
  organizationId,
  mailId,
]

/** Without a mail server it is kept in the outbox, to be read there. @returns the mail's id */
export async function queueMail(tx: Transaction, ctx: CallContext, mail: NewMail): Promise<string> {
  const { organizationId } = ctx
  const id = ctx.ids.next('mal')
  const look = await findLookIn(tx, organizationId, mail.readerId ?? null)
  const { letter, language } = written(mail.letter, languageOfLook(look) ?? 'en')
  const body = JSON.stringify(composeKept(letter, { look, language }))
  await tx.run(
    insert({
      ...{ organizationId, id, kind: mail.kind, targetId: mail.targetId, now: nowOf(ctx) },
      recipient: mail.to,
      subject: oneLine(letter.subject),
      bodySealed: ctx.sealing.seal(body, mailBodyPlace(organizationId, id)),
      hasMailServer: ctx.hasMailServer,
    }),
  )
  return id
}

/** What is not translated is in English. */
const written = (letter: Letter | LetterIn, language: Language): { letter: Letter; language: Language } =>
  typeof letter === 'function' ? { letter: letter(language), language } : { letter, language: 'en' }

/** Names that people chose are in it: no line may begin inside of it. */
const oneLine = (subject: string): string =>
  subject
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200)
