// An organization names its own mail server. Whoever controls it reads the links by which people get in, so it takes all rights.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { requireEverything } from '../../ceiling/ceiling.ts'
import { keepQueued } from './keep-queued.ts'
import { findMailServer, type MailServer, mailPasswordPlace, withoutPassword } from './mail-server.ts'
import { addressOf, MailServerInput } from './mail-server-input.ts'

const SetMailServerInput = MailServerInput.extend({ status: z.enum(['on', 'off']) })

export type SetMailServerInput = z.input<typeof SetMailServerInput>

type Parameters = Omit<z.output<typeof SetMailServerInput>, 'password'> & {
  organizationId: string
  passwordSealed: string | null
  now: string
}

const lock = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select 1 from organizations where id = ${p.organizationId} for no key update`,
)

const upsert = prepared<Parameters, never>(
  (
    p,
  ) => sql`insert into mail_servers (organization_id, status, host, port, security, username, password_sealed, sender_address,
      sender_name, updated_at)
    values (${p.organizationId}, ${p.status}, ${p.host}, ${p.port}::int, ${p.security}, ${p.username}, ${p.passwordSealed},
      ${p.senderAddress}, ${p.senderName}, ${p.now}::timestamptz)
    on conflict (organization_id) do update set status = excluded.status, host = excluded.host, port = excluded.port,
      security = excluded.security, username = excluded.username, password_sealed = excluded.password_sealed,
      sender_address = excluded.sender_address, sender_name = excluded.sender_name, updated_at = excluded.updated_at`,
)

/**
 * Mails on their way go out by it from now on; switched off, by the installation's server, or are kept where there is none.
 * @returns it as it is now, without its password. @throws AppError invalid; forbidden (reasons `permission`, `ceiling`)
 */
export async function setMailServer(ctx: CallContext, input: SetMailServerInput): Promise<MailServer> {
  requirePermission(ctx, 'organization.write')
  const { status, ...wanted } = parseInput(SetMailServerInput, input)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    await tx.run(lock({ organizationId }))
    await requireEverything(tx, ctx, 'Setting the mail server')
    const before = await findMailServer(tx, ctx)
    const { password, ...address } = addressOf(ctx, wanted, before)
    const passwordSealed = password === null ? null : ctx.sealing.seal(password.reveal(), mailPasswordPlace(ctx))
    const now = nowOf(ctx)
    const after = withoutPassword({ ...address, status, passwordSealed, updatedAt: now })
    await tx.run(upsert({ ...address, organizationId, status, passwordSealed, now }))
    if (status === 'off') await keepQueued(tx, ctx)
    const shown = { before: before === undefined ? null : withoutPassword(before), after }
    const detail = { ...shown, ...(wanted.password === undefined ? {} : { password: 'replaced' }) }
    const audit = { action: 'mail_server.set', targetType: 'organization', targetId: organizationId, detail } as const
    await tx.commitWith(recordAudit(ctx, audit))
    return after
  })
}
