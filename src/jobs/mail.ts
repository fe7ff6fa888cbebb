// Mail that is due: by the organization's own mail server, or by that of this installation.
import { sendByServers } from '#access/notices/mail/send-mails.ts'
import type { MailTransport } from '#platform/smtp.ts'
import type { Jobs } from './jobs.ts'

/** @param transport of the installation, where it has one */
export const mailJob = (transport: MailTransport | undefined): Jobs => ({
  mail: (ctx) => sendByServers(ctx, transport),
})
