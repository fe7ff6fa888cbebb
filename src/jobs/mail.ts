// Mail that is due, by the mail server of this installation.
import { sendDueMails } from '#access/notices/mail/send-mails.ts'
import type { MailTransport } from '#platform/smtp.ts'
import type { Jobs } from './jobs.ts'

/** The job of mail; none without a server, so that it waits for a node that has one. */
export const mailJob = (transport: MailTransport | undefined): Jobs =>
  transport === undefined ? {} : { mail: (ctx) => sendDueMails(ctx, transport) }
