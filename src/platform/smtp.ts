// Mail by SMTP; the only importer of nodemailer.
import { isIP } from 'node:net'
import { createTransport, type Transporter } from 'nodemailer'
import type { Secret } from './secret.ts'

export type OutgoingMail = {
  id: string
  to: string
  subject: string
  text: string
  html: string
  /** Whose name stands beside the installation's address; a server of somebody's own has a name of its own. */
  senderName?: string | undefined
}

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

// Nothing is read from files or addresses: a mail holds what we wrote and nothing else.
const pooled = { pool: true, maxConnections: 2, ...timeouts, disableFileAccess: true, disableUrlAccess: true } as const

/** @param from the sender, e.g. `Rolecall <rolecall@example.com>` */
export function createMailTransport(url: Secret, from: string): MailTransport {
  const transport = createTransport({ url: url.reveal(), ...pooled })
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'
  const address = /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim()
  const fromOf = (name: string | undefined): Sender['from'] => (name === undefined ? from : { name, address })
  return {
    send: (mail) => sendBy(transport, { from: fromOf(mail.senderName), domain }, mail),
    close: () => transport.close(),
  }
}

/** Connects and signs in, and sends nothing. @throws Error with what the server says */
export async function tryMailTransport(url: Secret): Promise<void> {
  const transport = createTransport({ url: url.reveal(), ...timeouts, disableFileAccess: true, disableUrlAccess: true })
  try {
    await transport.verify()
  } finally {
    transport.close()
  }
}

export const mailSecurities = ['tls', 'starttls', 'none'] as const

/** A mail server that an organization has named. */
export type MailServerAddress = {
  host: string
  port: number
  /** `tls` from the first byte; `starttls`, and nothing before it; `none`: nothing is encrypted. */
  security: (typeof mailSecurities)[number]
  username: string | null
  password: Secret | null
  senderAddress: string
  senderName: string
}

/** @param resolve says which address a host has, or throws where it may not be connected to; asked once, with the first mail */
export function createServerTransport(
  server: MailServerAddress,
  resolve: (host: string) => Promise<string>,
): MailTransport {
  const { senderName: name, senderAddress: address } = server
  const domain = address.slice(address.lastIndexOf('@') + 1)
  let opened: Transporter | undefined
  return {
    send: async (mail) => {
      opened ??= transportTo(server, await resolve(server.host))
      await sendBy(opened, { from: { name, address }, domain }, mail)
    },
    close: () => opened?.close(),
  }
}

/** The certificate has to be the named host's, whatever address it has. */
function transportTo({ host, port, security, username, password }: MailServerAddress, address: string): Transporter {
  const auth = username === null ? undefined : { user: username, pass: password?.reveal() ?? '' }
  return createTransport({
    ...pooled,
    ...{ host: address, port, secure: security === 'tls', requireTLS: security === 'starttls' },
    ...(security === 'none' ? { ignoreTLS: true } : {}),
    ...(isIP(host) === 0 ? { tls: { servername: host } } : {}),
    ...(auth === undefined ? {} : { auth }),
  })
}

type Sender = { from: string | { name: string; address: string }; domain: string }

async function sendBy(
  transport: Pick<Transporter, 'sendMail'>,
  { from, domain }: Sender,
  { id, to, subject, text, html }: OutgoingMail,
): Promise<void> {
  const headers = { 'Auto-Submitted': 'auto-generated' }
  await transport
    .sendMail({ from, to: { name: '', address: to }, subject, text, html, headers, messageId: `<${id}@${domain}>` })
    .catch((error: unknown) => {
      throw asRefused(error)
    })
}

type SmtpError = { code?: unknown; responseCode?: unknown; response?: unknown; message: string }

function asRefused(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, responseCode, response } = error as SmtpError
  if (typeof responseCode !== 'number') return error
  const isFinal = responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')
  return new MailRefused(typeof response === 'string' ? response : `SMTP ${responseCode}`, isFinal, error)
}
