// A mail by a server as it is typed, before it is saved: at once and past the outbox, so that the answer is what the server said.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { parseInput } from '#platform/input.ts'
import { createServerTransport } from '#platform/smtp.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { testLetter } from '#words/letters/test.ts'
import { requireEverything } from '../../ceiling/ceiling.ts'
import { composeKept } from './compose.ts'
import { findMailServer } from './mail-server.ts'
import { addressOf, MailServerInput } from './mail-server-input.ts'
import { failureWords } from './send-mails.ts'

const TryMailServerInput = MailServerInput.extend({ to: z.email('must be an e-mail address').max(320) })

/** `message`: what the server said, or why it could not be asked; null where it took the mail. */
export type MailTrial = { isAccepted: boolean; message: string | null }

/** Nothing is saved but an audit row. @throws AppError invalid; forbidden (reasons `permission`, `ceiling`) */
export async function tryMailServer(ctx: CallContext, input: z.input<typeof TryMailServerInput>): Promise<MailTrial> {
  requirePermission(ctx, 'organization.write')
  const { to, ...wanted } = parseInput(TryMailServerInput, input)
  const { host, port } = wanted
  const audit = { targetType: 'organization', targetId: ctx.organizationId } as const
  // The row stands before anything is connected to: a trial that never comes back was one, too.
  const server = await inTransaction(ctx, async (tx) => {
    await requireEverything(tx, ctx, 'Trying a mail server')
    const address = addressOf(ctx, wanted, await findMailServer(tx, ctx))
    await tx.commitWith(recordAudit(ctx, { ...audit, action: 'mail_server.try', detail: { host, port } }))
    return address
  })
  const letter = testLetter(ctx.urls.origin)
  const transport = createServerTransport(server, ctx.outgoing.resolve)
  try {
    await transport.send({
      id: ctx.ids.next('mal'),
      to,
      subject: letter.subject,
      ...composeKept(letter, { look: undefined, language: 'en' }),
    })
    return { isAccepted: true, message: null }
  } catch (error) {
    return { isAccepted: false, message: failureWords(error) }
  } finally {
    transport.close()
  }
}
