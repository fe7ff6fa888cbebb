// A directory brings somebody. Whom it cannot have for its word alone is not lost without a word: the administrators are told.
import { provisionUser } from '#directory/provision-user.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { UserRecord } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'

/** @throws AppError as `provisionUser` and `completeInvited` do */
export async function provisionFromDirectory(
  ctx: CallContext,
  input: { directoryId: string; content: UserContent },
): Promise<UserRecord> {
  try {
    return await provisionUser(ctx, input)
  } catch (error) {
    if (error instanceof AppError && error.reason === 'invitation') await tell(ctx, input, error)
    throw error
  }
}

async function tell(
  ctx: CallContext,
  { directoryId, content }: { directoryId: string; content: UserContent },
  { message, extensions }: AppError,
): Promise<void> {
  const detail = { userId: extensions?.['userId'], userName: content.userName, directoryId, reason: message }
  await inTransaction(ctx, (tx) => tx.commitWith(raiseAlarm(ctx, { kind: 'invitation_claimed', detail })))
}
