// A mail to see whether mail arrives.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { testLetter } from '#words/letters/test.ts'
import { queueMail } from './queue-mail.ts'

const TestMailInput = z.object({ to: z.email('must be an e-mail address').max(320) })

/** @returns the mail's id, by which its fate can be looked up. @throws AppError invalid, forbidden */
export async function sendTestMail(ctx: CallContext, input: z.input<typeof TestMailInput>): Promise<string> {
  requirePermission(ctx, 'organization.write')
  const { to } = parseInput(TestMailInput, input)
  const letter = testLetter(ctx.urls.origin)
  return inTransaction(ctx, async (tx) => {
    const mailId = await queueMail(tx, ctx, { kind: 'test', to, letter, targetId: ctx.organizationId })
    await tx.run(recordAudit(ctx, { action: 'mail.test', targetType: 'mail', targetId: mailId }))
    return mailId
  })
}
