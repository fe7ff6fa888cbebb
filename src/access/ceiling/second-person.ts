// Four eyes: where an organization wants it, rights over others are given by drafts that a second person has approved. Operators,
// the system, directories and emergency sessions are not asked: they answer to others, or repair.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import type { Actor, CallContext, Transaction } from '#src/context.ts'
import { administrative } from '../decisions/permissions.ts'

const asksFor = prepared<{ organizationId: string; actorId: string }, { isAsked: boolean }>(
  (p) => sql`select o.second_person = 'privileged' and not exists (select from emergency_accounts e
      where e.organization_id = o.id and e.user_id = ${p.actorId}) as "isAsked"
    from organizations o where o.id = ${p.organizationId}`,
)

const known = new WeakMap<Transaction, Promise<boolean>>()

/** Trials that have come upon something that wants a second person. */
const noted = new WeakSet<Transaction>()

const asked: ReadonlySet<Actor['type']> = new Set(['user', 'api_key', 'application'])

function isAsked(tx: Transaction, { organizationId, actor }: CallContext): Promise<boolean> {
  if (!asked.has(actor.type)) return Promise.resolve(false)
  // As it is before the transaction changes it.
  const answer =
    known.get(tx) ?? tx.run(asksFor({ organizationId, actorId: actor.id })).then(([row]) => row?.isAsked === true)
  known.set(tx, answer)
  return answer
}

/** Whether what the caller does is judged by it, and nobody has approved it. */
export async function wantsSecondPerson(tx: Transaction, ctx: CallContext): Promise<boolean> {
  return (ctx.secondPerson === undefined || ctx.secondPerson === 'trial') && (await isAsked(tx, ctx))
}

/** What wants a second person is refused; a trial goes on and keeps it in mind. @throws AppError against_policy (reason `second_person`) */
export function refuseAlone(tx: Transaction, ctx: CallContext, error: AppError): void {
  if (ctx.secondPerson !== 'trial') throw error
  noted.add(tx)
}

/** Whether the trial has come upon it. */
export const wantedSecondPerson = (tx: Transaction): boolean => noted.has(tx)

/** @param operatorOnly where no draft can hold the change */
export const secondPersonError = (permission: string, operatorOnly = false): AppError =>
  alone(
    `This gives somebody ${permission}, a right over others, which takes two people here: ${operatorOnly ? 'an operator does it by command' : 'put it into a draft that a second person approves'}`,
  )

const alone = (message: string): AppError => new AppError('against_policy', message, { reason: 'second_person' })

const holdsAny = prepared<{ organizationId: string; userId: string; permissions: readonly string[] }, { id: string }>(
  (p) => sql`select rp.role_id as id from effective_assignments e
    join role_permissions rp on rp.organization_id = e.organization_id and rp.role_id = e.role_id and rp.effect = 'allow'
      and exists (select from unnest(${p.permissions}::text[]) w where permission_covers(rp.permission, w))
    where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId} limit 1`,
)

/**
 * For what would let the caller act as somebody else who has rights over others: then they were two people in one.
 * @throws AppError against_policy (reason `second_person`)
 */
export async function requireNotActingAs(tx: Transaction, ctx: CallContext, userId: string): Promise<void> {
  if (ctx.actor.id === userId || !(await wantsSecondPerson(tx, ctx))) return
  const [found] = await tx.run(holdsAny({ organizationId: ctx.organizationId, userId, permissions: administrative }))
  if (found === undefined) return
  refuseAlone(
    tx,
    ctx,
    alone(
      'They have rights over others, and whoever does this could act as them: here that takes an operator, or they do it themselves',
    ),
  )
}

/** For what gives everything, and no draft holds. @throws AppError against_policy (reason `second_person`) */
export async function requireOperatorUnderFourEyes(tx: Transaction, ctx: CallContext, what: string): Promise<void> {
  if (!(await wantsSecondPerson(tx, ctx))) return
  throw alone(
    `${what} gives one person all rights, which takes two here: an operator does it on the server, by a command of rolecall`,
  )
}
