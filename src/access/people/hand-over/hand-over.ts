// What somebody leaves behind goes to others: all of it to one person, or kind by kind, or thing by thing.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField, lineSchema, parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  refuseUnknown,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { type NamedPerson, namedPerson } from '../../ground/named-person.ts'
import { moveWork } from './move-work.ts'
import { recordMoves } from './record-moves.ts'
import { type Refusal, type RefusalOf, refusalsOf } from './refusals.ts'
import { readWork, type Work, whyUnfit, workKinds } from './work.ts'

/** An id, a user name or an address of somebody active. */
const person = lineSchema(320, 'say who takes it over')

export const handOverFields = {
  /** Who gets everything that `items` does not name. What they cannot have stays behind. */
  to: person.nullish(),
  /** The most exact one counts; null: it stays behind. */
  items: z
    .array(z.strictObject({ kind: z.enum(workKinds), item: z.string().max(400).optional(), to: person.nullable() }))
    .max(5_000)
    .optional(),
}

const HandOverInput = z.object({ userId: z.string(), ...handOverFields })

export type HandOver = z.input<z.ZodObject<typeof handOverFields>>

/** `at`: where the wish stands in the input of the verb. */
type Wanted = { userId: string; handOver: HandOver; at?: 'handOver.' | '' }

export type HandedOver = { handedOver: Work[]; left: Work[] }

type Wish = { to: string; isNamed: boolean }

/** To whom a thing is to go, and whether it was named; undefined where it stays. */
function wishes({ to, items = [] }: HandOver): (work: Work) => Wish | undefined {
  const named = new Map(items.map((each) => [`${each.kind}/${each.item ?? ''}`, each.to]))
  return ({ kind, item }) => {
    const own = named.get(`${kind}/${item}`)
    const wanted = own === undefined ? named.get(`${kind}/`) : own
    if (wanted === null) return undefined
    if (wanted !== undefined) return { to: wanted, isNamed: true }
    return to == null ? undefined : { to, isNamed: false }
  }
}

/** @throws AppError invalid where somebody is not there, not active, or the one who leaves */
async function successorsOf(
  tx: Transaction,
  ctx: CallContext,
  { userId, handOver, at = 'handOver.' }: Wanted,
): Promise<Map<string, NamedPerson>> {
  const references = new Set([...(handOver.items ?? []).map(({ to }) => to), handOver.to ?? null])
  const found = new Map<string, NamedPerson>()
  for (const reference of references) {
    if (reference === null) continue
    const field = `${at}${reference === handOver.to ? 'to' : 'items'}`
    const successor = await namedPerson(tx, ctx, { reference, field })
    if (successor.id === userId) throw invalidField(field, 'somebody else has to take it over')
    found.set(reference, successor)
  }
  return found
}

const refused = (refusal: Refusal, message: string): AppError => new AppError('forbidden', message, { reason: refusal })

type Going = { refusal: Refusal | undefined; successor: NamedPerson; isNamed: boolean; at: Wanted['at'] }

/** Whether it can go there. @throws AppError invalid, forbidden where it was named and cannot */
function isFit(work: Work, { refusal, successor, isNamed, at = 'handOver.' }: Going): boolean {
  const why = whyUnfit(work, successor.id)
  if (why !== undefined && isNamed) throw invalidField(`${at}items`, `${work.name}: ${why}`)
  if (refusal === undefined || !isNamed) return refusal === undefined && why === undefined
  const about = 'it is about people who may do more than you'
  throw refused(refusal, `You may not hand ${work.name} over${refusal === 'ceiling' ? `: ${about}` : ''}`)
}

/** @param isLeaving see `refusalsOf` */
async function carryOut(
  tx: Transaction,
  ctx: CallContext,
  { userId, handOver, isLeaving, ...rest }: Wanted & { isLeaving: boolean },
): Promise<HandedOver & { refusalOf: RefusalOf }> {
  await requireNotAbove(tx, ctx, userId)
  const work = await readWork(tx, ctx, userId)
  const refusalOf = await refusalsOf(tx, ctx, { work, from: userId, isLeaving })
  const successors = await successorsOf(tx, ctx, { userId, handOver, ...rest })
  const going = new Map([...successors.values()].map((successor): [NamedPerson, Work[]] => [successor, []]))
  const wishOf = wishes(handOver)
  for (const each of work) {
    const wish = wishOf(each)
    const successor = wish === undefined ? undefined : successors.get(wish.to)
    if (wish === undefined || successor === undefined) continue
    const fit = { refusal: refusalOf(each), successor, isNamed: wish.isNamed, at: rest.at }
    if (isFit(each, fit)) going.get(successor)?.push(each)
  }
  const handedOver: Work[] = []
  for (const [to, theirs] of going) {
    const moved = await moveWork(tx, ctx, { from: userId, to, work: theirs })
    await recordMoves(tx, ctx, { from: userId, to: to.id, work: moved, isReturn: false })
    handedOver.push(...theirs)
  }
  const gone = new Set(handedOver)
  return { handedOver, left: work.filter((each) => !gone.has(each)), refusalOf }
}

/**
 * Of somebody who is about to leave, in a transaction of the caller's, which holds their row.
 * @throws AppError invalid; forbidden (reasons `permission`, `ceiling` also where they may do more than the caller); whatever the
 *   verbs of the things throw
 */
export async function handOverWithin(tx: Transaction, ctx: CallContext, wanted: Wanted): Promise<void> {
  await carryOut(tx, ctx, { ...wanted, isLeaving: true })
}

/** Whom a wish names, by their ids. @throws AppError invalid */
export async function successorIds(tx: Transaction, ctx: CallContext, wanted: Wanted): Promise<string[]> {
  return [...(await successorsOf(tx, ctx, wanted)).values()].map(({ id }) => id)
}

const lockPerson = prepared<{ organizationId: string; userId: string }, { isHere: boolean }>(
  (
    p,
  ) => sql`select u.status <> 'inactive' and u.deleted_at is null as "isHere" from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
    and u.status <> 'erased' for no key update`,
)

/** Also of somebody who is deleted. @returns whether they are here, and not deactivated or deleted @throws AppError not_found */
export async function lockAnyPerson(
  tx: Transaction,
  { organizationId }: CallContext,
  userId: string,
): Promise<{ isHere: boolean }> {
  const [found] = await tx.run(lockPerson({ organizationId, userId }))
  if (found === undefined) throw notFound('User')
  return found
}

/**
 * Of somebody who has left already, or hands their work on and stays.
 * @returns what went, and what is left
 * @throws AppError not_found; invalid; forbidden (reasons `permission`, `ceiling`)
 */
export async function handOver(ctx: CallContext, input: z.input<typeof HandOverInput>): Promise<HandedOver> {
  requirePermissionSomewhere(ctx, 'users.read')
  const { userId, ...wanted } = parseInput(HandOverInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  return inTransaction(ctx, async (tx) => {
    const { isHere } = await lockAnyPerson(tx, ctx, userId)
    const going = { userId, handOver: wanted, at: '', isLeaving: !isHere } as const
    const { refusalOf, ...outcome } = await carryOut(tx, ctx, going)
    const [first, ...others] = outcome.left.map(refusalOf)
    if (outcome.handedOver.length === 0 && first !== undefined && !others.includes(undefined))
      throw refused(first, 'You may hand nothing of this over')
    return outcome
  })
}
