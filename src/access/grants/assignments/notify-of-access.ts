// People are told when what they may do changes by somebody's decision: what, why and until when.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { accessChangedLetter } from '#words/letters/access-changed.ts'
import { knownZone } from '#words/zones.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import type { Override } from './assignments.ts'

type Recipient = { email: string | null; timeZone: string | null; organization: string; actor: string | null }

const recipient = prepared<{ organizationId: string; userId: string; actorId: string }, Recipient>(
  (p) => sql`select ${emailColumn} as email, ${timeZoneColumn} as "timeZone", o.name as organization,
      (select coalesce(x.display_name, x.user_name) from users x
        where x.organization_id = u.organization_id and x.id = ${p.actorId}) as actor
    from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'active'`,
)

export type AccessNotice = {
  userId: string
  kind: 'given' | 'taken' | 'moved'
  role: string
  /** The role that it takes the place of. */
  insteadOf?: string | undefined
  /** Where it is one permission, for them alone. */
  override?: Override | null
  /** Null: in the organization. */
  brand: string | null
  reason: string | null
  expiresAt: string | null
}

/** Nothing where they have no address, or are not active (yet). */
export async function notifyOfAccess(tx: Transaction, ctx: CallContext, notice: AccessNotice): Promise<void> {
  const { userId, ...change } = notice
  const { organizationId } = ctx
  const [to] = await tx.run(recipient({ organizationId, userId, actorId: ctx.actor.id }))
  if (to === undefined || to.email === null) return
  const { organization, actor, timeZone } = to
  const letter = accessChangedLetter({
    ...{ ...change, organization, actor },
    accountUrl: ctx.urls.page('/account'),
    zone: knownZone(timeZone),
  })
  await queueMail(tx, ctx, { kind: 'access_changed', to: to.email, readerId: userId, targetId: userId, letter })
}
