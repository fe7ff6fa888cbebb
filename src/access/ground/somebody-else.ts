// What nobody does to themselves, or lets themselves off.
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'

/**
 * @param deed what somebody else has to do, such as `deactivate you`
 * @throws AppError conflict (reason `yourself`) where the caller is the person that it is about
 */
export function requireSomebodyElse({ actor }: CallContext, userId: string, deed: string): void {
  if (actor.type !== 'user' || actor.id !== userId) return
  throw new AppError('conflict', `Somebody else has to ${deed}`, { reason: 'yourself' })
}
