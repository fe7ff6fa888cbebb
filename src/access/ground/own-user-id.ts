// What people do for themselves. Whose things these are comes from the context alone; there is no id of a person to pass.
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'

/** The id of the person who acts. @throws AppError forbidden where the caller is no person */
export function ownUserId(ctx: CallContext): string {
  if (ctx.actor.type === 'user') return ctx.actor.id
  throw new AppError('forbidden', 'Only people can do this, for themselves', { reason: 'person' })
}
