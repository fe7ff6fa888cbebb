// Somebody comes back: what went to others, and is still theirs as it went, returns to them.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { aboveAmong } from '../../ceiling/ceiling.ts'
import { namedPerson } from '../../ground/named-person.ts'
import { lockAnyPerson } from './hand-over.ts'
import { moveWork } from './move-work.ts'
import { recordMoves } from './record-moves.ts'
import { refusalsOf } from './refusals.ts'
import { readWork, type Work, whyUnfit } from './work.ts'

export type Returnable = Work & { number: string; holder: { id: string; userName: string; displayName: string | null } }

type Moved = Pick<Returnable, 'number' | 'kind' | 'item' | 'holder'>

const movedFrom = prepared<{ organizationId: string; userId: string }, Moved>(
  (p) => sql`select h.number::text as number, h.kind, h.item,
      json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name) as holder
    from hand_overs h join users u on u.organization_id = h.organization_id and u.id = h.to_user_id
    where h.organization_id = ${p.organizationId} and h.from_user_id = ${p.userId} and h.returned_at is null and not h.is_return
    order by h.number`,
)

const keyOf = ({ kind, item }: Pick<Work, 'kind' | 'item'>): string => `${kind}/${item}`

/** What was handed over and nobody has changed since. */
export async function readReturnable(tx: Transaction, ctx: CallContext, userId: string): Promise<Returnable[]> {
  const moved = await tx.run(movedFrom({ organizationId: ctx.organizationId, userId }))
  const found: Returnable[] = []
  for (const holderId of new Set(moved.map(({ holder }) => holder.id))) {
    const theirs = new Map((await readWork(tx, ctx, holderId)).map((work) => [keyOf(work), work]))
    // The last time that it went counts.
    const latest = new Map(moved.filter(({ holder }) => holder.id === holderId).map((each) => [keyOf(each), each]))
    for (const [key, { number, holder }] of latest) {
      const work = theirs.get(key)
      if (work !== undefined) found.push({ ...work, number, holder })
    }
  }
  return found
}

const settle = prepared<{ organizationId: string; numbers: readonly string[]; now: string }, never>(
  (p) => sql`update hand_overs set returned_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and number = any (${p.numbers}::text[]::bigint[])`,
)

/** In a transaction of the caller's, after somebody was switched on. @returns what they have again @throws AppError as taking back */
export async function takeBackWithin(tx: Transaction, ctx: CallContext, userId: string): Promise<Work[]> {
  const person = await namedPerson(tx, ctx, { reference: userId, field: 'userId' })
  const found = await readReturnable(tx, ctx, userId)
  const wanted: Returnable[] = []
  const taken: Work[] = []
  const holders = [...new Set(found.map((work) => work.holder.id))]
  const above = await aboveAmong(tx, ctx, holders)
  for (const holder of holders.filter((id) => !above.has(id))) {
    const held = found.filter((work) => work.holder.id === holder)
    // It was theirs, so that it goes back as it goes on from whoever leaves.
    const refusalOf = await refusalsOf(tx, ctx, { work: held, from: holder, isLeaving: true })
    const theirs = held.filter((work) => refusalOf(work) === undefined && whyUnfit(work, userId) === undefined)
    wanted.push(...theirs)
    const moved = await moveWork(tx, ctx, { from: holder, to: person, work: theirs })
    await recordMoves(tx, ctx, { from: holder, to: userId, work: moved, isReturn: true })
    taken.push(...moved)
  }
  const numbers = wanted.map(({ number }) => number)
  await tx.run(settle({ organizationId: ctx.organizationId, numbers, now: nowOf(ctx) }))
  return taken
}

/**
 * For somebody who is active again. @returns what they have again
 * @throws AppError not_found; forbidden; conflict (reasons `not_active`, `nothing_to_take_back`)
 */
export async function takeBack(ctx: CallContext, userId: string): Promise<Work[]> {
  requirePermission(ctx, 'users.write')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  return inTransaction(ctx, async (tx) => {
    const { isHere } = await lockAnyPerson(tx, ctx, userId)
    if (!isHere)
      throw new AppError('conflict', 'They are not active: reactivate or restore them first', { reason: 'not_active' })
    const taken = await takeBackWithin(tx, ctx, userId)
    if (taken.length > 0) return taken
    const message = 'Nothing that was handed over from them is still unchanged'
    throw new AppError('conflict', message, { reason: 'nothing_to_take_back' })
  })
}
