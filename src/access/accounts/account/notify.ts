// Mails about somebody's own account: nobody should change how they sign in without their hearing of it.

import type { CallContext, Transaction } from '#src/context.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import type { LocalAccount } from './account.ts'

/** Nothing where the person has no address. */
export async function notifyPasswordChanged(tx: Transaction, ctx: CallContext, account: LocalAccount): Promise<void> {
  const { email, userId, userName, organization } = account
  if (email === null) return
  await queueMail(tx, ctx, {
    ...{ kind: 'password_changed', to: email, targetId: userId },
    letter: {
      subject: `Your password for ${organization.name} was changed`,
      paragraphs: [
        `The password of ${userName} at ${organization.name} was changed just now, and you were signed out elsewhere.`,
      ],
      closing: [
        `If that was you, there is nothing to do. If it was not, choose a new password at ${ctx.urls.page('/login/forgot')} and tell your administrator.`,
      ],
    },
  })
}
