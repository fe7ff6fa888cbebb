// Mail by SMTP; the only importer of nodemailer.
import { createTransport } from 'nodemailer'
import type { Secret } from './secret.ts'

export type OutgoingMail = { id: string; to: string; subject: string; text: string; html: string }

export type MailTransport = {
  /** @throws MailRefused where the server said no; anything else where it could not be asked */
  send(mail: OutgoingMail): Promise<void>
  close(): void
}

/** What a mail server answered, in words that may be shown to an administrator. */
export class MailRefused extends Error {
  /** True where it would say the same tomorrow: there is no such mailbox. */
  readonly isFinal: boolean

  constructor(message: string, isFinal: boolean, cause: unknown) {
    super(message, { cause })
    this.name = 'MailRefused'
    this.isFinal = isFinal
  }
}

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000, dnsTimeout: 5_000 }

/** @param from the sender, e.g. `Rolecall <rolecall@example.com>` */
export function createMailTransport(url: Secret, from: string): MailTransport {
  const options = { url: url.reveal(), pool: true, maxConnections: 2, ...timeouts }
  // Nothing is read from files or addresses: a mail holds what we wrote and nothing else.
  const transport = createTransport({ ...options, disableFileAccess: true, disableUrlAccess: true })
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'
  return {
    send: async ({ id, to, subject, text, html }) => {
      const headers = { 'Auto-Submitted': 'auto-generated' }
      await transport
        .sendMail({ from, to: { name: '', address: to }, subject, text, html, headers, messageId: `<${id}@${domain}>` })
        .catch((error: unknown) => {
          throw asRefused(error)
        })
    },
    close: () => transport.close(),
  }
}

type SmtpError = { code?: unknown; responseCode?: unknown; response?: unknown; message: string }

function asRefused(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, responseCode, response } = error as SmtpError
  if (typeof responseCode !== 'number') return error
  const isFinal = responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')
  return new MailRefused(typeof response === 'string' ? response : `SMTP ${responseCode}`, isFinal, error)
}
