// Mails about somebody's own account: nobody should change how they sign in without their hearing of it.
import type { CallContext, Transaction } from '#src/context.ts'
import { passwordChangedLetter } from '#words/letters/password.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import type { LocalAccount } from './account.ts'

/** Nothing where the person has no address. */
export async function notifyPasswordChanged(tx: Transaction, ctx: CallContext, account: LocalAccount): Promise<void> {
  const { email, userId, userName, organization } = account
  if (email === null) return
  const letter = passwordChangedLetter({
    ...{ userName, organization: organization.name },
    forgotUrl: ctx.urls.page('/login/forgot'),
  })
  await queueMail(tx, ctx, { kind: 'password_changed', to: email, readerId: userId, targetId: userId, letter })
}
