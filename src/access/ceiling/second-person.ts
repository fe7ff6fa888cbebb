// Four eyes: where an organization wants it, rights over others are given by drafts that a second person has approved. Operators,
// the system, directories and emergency sessions are not asked: they answer to others, or repair.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'

const asksFor = prepared<{ organizationId: string; actorId: string }, { isAsked: boolean }>(
  (p) => sql`select o.second_person = 'privileged' and not exists (select from emergency_accounts e
      where e.organization_id = o.id and e.user_id = ${p.actorId}) as "isAsked"
    from organizations o where o.id = ${p.organizationId}`,
)

const known = new WeakMap<Transaction, Promise<boolean>>()

/** Whether what the caller does is judged by it. Asked for again in the same transaction, it is what it was at first. */
export function wantsSecondPerson(tx: Transaction, ctx: CallContext): Promise<boolean> {
  const { organizationId, actor, secondPerson } = ctx
  if (secondPerson !== undefined || (actor.type !== 'user' && actor.type !== 'api_key')) return Promise.resolve(false)
  const asked =
    known.get(tx) ?? tx.run(asksFor({ organizationId, actorId: actor.id })).then(([row]) => row?.isAsked === true)
  known.set(tx, asked)
  return asked
}

/** The refusal of a change that a second person has to approve: against_policy, reason `second_person`. */
export const secondPersonError = (permission: string): AppError =>
  new AppError(
    'against_policy',
    `This gives somebody ${permission}, a right over others, which a second person has to approve here: put it into a draft`,
    { reason: 'second_person' },
  )
