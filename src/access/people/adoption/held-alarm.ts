// A directory wants somebody back whom it does not hold switched off: they stay off, and the administrators are told.
import type { Statement } from '#db/statement.ts'
import type { UserRecord } from '#directory/users.ts'
import type { CallContext } from '#src/context.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'

/** As a statement; nothing where the same alarm is open already. */
export function heldAlarm(ctx: CallContext, user: UserRecord, directoryId: string): Statement<unknown> {
  const { id: userId, userName, displayName, statusReason } = user
  const detail = { userId, userName, displayName, directoryId, heldFor: statusReason }
  return raiseAlarm(ctx, { kind: 'reactivation_held', detail })
}

/** What to do about a person of whom that is so, for whoever changes them in a transaction. */
export const tellWhenHeld = (ctx: CallContext, directoryId: string) => (user: UserRecord) => [
  heldAlarm(ctx, user, directoryId),
]
