// Whom an administrator has deleted, their directory does not find. Its word about them is kept all the same: otherwise a restoring
// would let in again whom the directory has let go meanwhile.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { noteHold } from '#directory/status-word.ts'
import type { UserContent } from '#directory/user-content.ts'
import { type UserRecord, userColumns } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

const lockHidden = prepared<{ organizationId: string; directoryId: string; userId: string }, UserRecord>(
  (p) => sql`select ${userColumns} from users u
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.directory_id = ${p.directoryId}
      and u.deleted_at is not null and exists (select from deleted_people d
        where d.organization_id = u.organization_id and d.user_id = u.id)
    for no key update of u`,
)

/** Whether what is said says so; a message that cannot be read says nothing. */
function saidOf(user: UserRecord, said: (user: UserRecord) => UserContent): boolean | undefined {
  try {
    return said(user).isActive
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** Nothing happens to anybody else. @param said what the directory says of them */
export async function keepWordAboutDeleted(
  ctx: CallContext,
  { directoryId, userId, said }: { directoryId: string; userId: string; said(user: UserRecord): UserContent },
): Promise<void> {
  const { organizationId } = ctx
  await inTransaction(ctx, async (tx) => {
    const [user] = await tx.run(lockHidden({ organizationId, directoryId, userId }))
    const isActive = user === undefined ? undefined : saidOf(user, said)
    if (user !== undefined && isActive !== undefined) await tx.commitWith<unknown>(...noteHold(ctx, user, !isActive))
  })
}
