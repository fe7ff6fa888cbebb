// Whom a directory cannot have for its word alone: nothing of what it wrote stays, the administrators are asked, and the directory
// finds the person from then on, since a provider that is refused somebody whom it cannot find tries for ever.
import type { AdoptionBarrier } from '#directory/adopt-user.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { requestAdoption, type WantedAdoption } from './adoption-requests.ts'

/** Thrown inside of the transaction of the directory's write. */
export class NotAdopted extends Error {
  readonly wanted: WantedAdoption
  constructor(wanted: WantedAdoption) {
    super(wanted.reason)
    this.wanted = wanted
  }
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
    await requestAdoption(ctx, error.wanted)
    const message = `The organization has this person already, ${why[error.wanted.reason]}`
    throw new AppError('conflict', message, { reason: 'uniqueness' })
  }
}
