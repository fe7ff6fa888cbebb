// Whom a directory cannot have for its word alone: nothing of what it wrote stays, the administrators are asked, and the directory
// finds the person from then on, since a provider that is refused somebody whom it cannot find tries for ever.
import { type AdoptionBarrier, adoptionVerdict } from '#directory/adopt-user.ts'
import type { UserContent } from '#directory/user-content.ts'
import { lockUserRow, type UserRecord } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { requestAdoption, type WantedAdoption } from './adoption-requests.ts'

/** Thrown inside of the transaction of the directory's write. */
export class NotAdopted extends Error {
  readonly wanted: readonly WantedAdoption[]
  readonly reason: AdoptionBarrier
  constructor(first: WantedAdoption, ...others: WantedAdoption[]) {
    super(first.reason)
    this.reason = first.reason
    this.wanted = [first, ...others]
  }
}

type Claim = {
  directoryId: string
  userId: string
  /** What the directory says of them, for whoever decides. */
  said(user: UserRecord): UserContent
  /** Thrown for a person of the directory's own, and for one whom it asks for by an id that it cannot know. */
  otherwise: AppError
  asksBy: 'id' | 'name'
}

/**
 * Whom the directory may have by its policy.
 * @returns the person as they are, their row locked
 * @throws NotAdopted, `otherwise`
 */
export async function claimUser(tx: Transaction, ctx: CallContext, claim: Claim): Promise<UserRecord> {
  const { directoryId, userId, said, otherwise, asksBy } = claim
  const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
  const [found] = await tx.run(adoptionVerdict({ organizationId: ctx.organizationId, directoryId, userId }))
  const verdict = found?.verdict ?? 'own'
  if (verdict === 'own' || (asksBy === 'id' && found?.isFindable !== true)) throw otherwise
  if (verdict !== 'yes') throw new NotAdopted({ directoryId, userId, reason: verdict, content: said(user) })
  return user
}

const why: Record<AdoptionBarrier, string> = {
  never: 'and this directory takes over nobody',
  confirm: 'and an administrator has to confirm that it is the same person',
  unverified:
    'and their address is in no domain that the organization has verified; an administrator has to confirm that it is the same person',
  manager: 'and manages something there; an administrator has to confirm that it is the same person',
  taken_over: 'where another directory has taken them over; an administrator has to confirm that they come back',
  refused: 'and an administrator has refused that this directory takes them over',
  emergency_account: 'as an emergency account, which no directory manages',
}

/** @throws AppError conflict (reason `uniqueness`) in place of a NotAdopted, and whatever else `write` throws */
export async function orAsk<T>(ctx: CallContext, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof NotAdopted)) throw error
    for (const wanted of error.wanted) await requestAdoption(ctx, wanted)
    const message = `The organization has this person already, ${why[error.reason]}`
    throw new AppError('conflict', message, { reason: 'uniqueness' })
  }
}
