// The mail server of an organization, where it has one of its own; the installation's sends its mail otherwise.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { Secret } from '#platform/secret.ts'
import { createServerTransport, type MailServerAddress, type MailTransport } from '#platform/smtp.ts'
import { type CallContext, inTransaction, requirePermission, type Transaction } from '#src/context.ts'

/** As it is shown: the password is not. */
export type MailServer = Omit<MailServerAddress, 'password'> & {
  /** `off`: its settings stay, and the installation's server sends. */
  status: 'on' | 'off'
  hasPassword: boolean
  updatedAt: string
}

/** With its password, as it is kept. */
export type KeptMailServer = Omit<MailServer, 'hasPassword'> & { passwordSealed: string | null }

type Key = { organizationId: string }

const select = prepared<Key, KeptMailServer>(
  (p) => sql`select s.status, s.host, s.port, s.security, s.username, s.password_sealed as "passwordSealed",
      s.sender_address as "senderAddress", s.sender_name as "senderName", s.updated_at as "updatedAt"
    from mail_servers s where s.organization_id = ${p.organizationId}`,
)

/** Where its password belongs. */
export const mailPasswordPlace = ({ organizationId }: Key): SealPlace => [
  'mail_servers',
  'password_sealed',
  organizationId,
  organizationId,
]

/** Undefined where the organization has none of its own. */
export const findMailServer = async (tx: Transaction, { organizationId }: Key): Promise<KeptMailServer | undefined> =>
  (await tx.run(select({ organizationId })))[0]

export const withoutPassword = ({ passwordSealed, ...server }: KeptMailServer): MailServer => ({
  ...server,
  hasPassword: passwordSealed !== null,
})

/** The organization's own; null where it has none. @throws AppError forbidden */
export async function getMailServer(ctx: CallContext): Promise<MailServer | null> {
  requirePermission(ctx, 'organization.read')
  const server = await inTransaction(ctx, (tx) => findMailServer(tx, ctx))
  return server === undefined ? null : withoutPassword(server)
}

/** Whether mail goes out at all, by the organization's own server or the installation's; it is kept in the outbox otherwise. */
export const sendsMail = async (ctx: CallContext): Promise<boolean> =>
  ctx.hasMailServer || inTransaction(ctx, (tx) => sendsMailIn(tx, ctx))

export const sendsMailIn = async (tx: Transaction, ctx: CallContext): Promise<boolean> =>
  ctx.hasMailServer || (await findMailServer(tx, ctx))?.status === 'on'

/** Sends by the organization's own server; undefined where it has none, or has switched it off. */
export async function ownTransport(ctx: CallContext): Promise<MailTransport | undefined> {
  const server = await inTransaction(ctx, (tx) => findMailServer(tx, ctx))
  if (server?.status !== 'on') return undefined
  const { passwordSealed, ...address } = server
  const password = passwordSealed === null ? null : new Secret(ctx.sealing.open(passwordSealed, mailPasswordPlace(ctx)))
  return createServerTransport({ ...address, password }, ctx.outgoing.resolve)
}
