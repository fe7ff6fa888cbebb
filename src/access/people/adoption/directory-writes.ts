// What a directory says of a person: whom it brings, changes and deletes. Whom the organization has from elsewhere it adopts where
// its policy lets it; otherwise an administrator is asked.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { AdoptionBarrier } from '#directory/adopt-user.ts'
import { deleteUser, deleteUserWithin } from '#directory/delete-user.ts'
import type { MemberChange } from '#directory/members.ts'
import { provisionUser } from '#directory/provision-user.ts'
import { type UpdateUserInput, updateUser } from '#directory/update-user.ts'
import { contentOf, type UserContent } from '#directory/user-content.ts'
import { getUser, lockUserRow, type UserRecord } from '#directory/users.ts'
import { AppError, invalid, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, requirePermission, type Transaction } from '#src/context.ts'
import { someOf } from '#words/counts.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import { proposeAddress } from './address-proposals.ts'
import { requestAdoption } from './adoption-requests.ts'
import { claimUser, orAsk } from './ask-for.ts'
import { heldAlarm, tellWhenHeld } from './held-alarm.ts'
import { keepWordAboutDeleted } from './hidden-leaver.ts'
import { takeOver } from './take-over.ts'
import { askForHolders, settleTaken } from './taken-names.ts'

type FromDirectory = { directoryId: string }

/**
 * Creates the person, or adopts whom the organization has by this userName or sign-in address.
 * @throws AppError conflict: reason `uniqueness` where somebody has the userName or address; reason `invitation` (as
 *   `completeInvited`)
 */
export async function provisionFromDirectory(
  ctx: CallContext,
  input: FromDirectory & { content: UserContent },
): Promise<UserRecord> {
  try {
    const user = await provisionUser(ctx, input)
    if (user.statusReason === 'administrator' && input.content.isActive !== false)
      await inTransaction(ctx, (tx) => tx.commitWith(heldAlarm(ctx, user, input.directoryId)))
    return user
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'conflict')) throw error
    if (error.reason === 'invitation') await tellOfInvitation(ctx, input, error)
    if (error.reason !== 'uniqueness') throw error
    return orAsk(ctx, () => inTransaction(ctx, (tx) => settleTaken(tx, ctx, { ...input, conflict: error })))
  }
}

async function tellOfInvitation(
  ctx: CallContext,
  { directoryId, content }: FromDirectory & { content: UserContent },
  { message, extensions }: AppError,
): Promise<void> {
  const { userId, barrier } = extensions as { userId: string; barrier: AdoptionBarrier }
  const detail = { userId, userName: content.userName, directoryId, reason: message }
  await requestAdoption(ctx, { directoryId, userId, reason: barrier, content }, { isTold: true })
  await inTransaction(ctx, (tx) => tx.commitWith(raiseAlarm(ctx, { kind: 'invitation_claimed', detail })))
}

/**
 * Changes a person of the directory, or adopts with this change whom it has found elsewhere.
 * @throws AppError as `updateUser` does; conflict (reason `uniqueness`) for somebody whom the directory may find and not have
 */
export async function updateFromDirectory(
  ctx: CallContext,
  input: FromDirectory & Pick<UpdateUserInput, 'userId' | 'expectedVersion' | 'change'>,
): Promise<UserRecord> {
  const { directoryId, change } = input
  const told = { whenHeld: tellWhenHeld(ctx, directoryId), settleAddress: proposeAddress(ctx, directoryId) }
  return orAdopted(ctx, input, {
    own: () => updateOwn(ctx, { ...input, ...told }),
    adopted: (tx, user) => takeOver(tx, ctx, user, { ...input, by: 'policy', ...told }),
    said: change,
  })
}

/** @throws AppError as `updateUser` does */
async function updateOwn(ctx: CallContext, input: UpdateUserInput & { directoryId: string }): Promise<UserRecord> {
  try {
    return await updateUser(ctx, input)
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict' && error.reason === 'uniqueness') {
      const { directoryId, userId, change } = input
      await askForHolders(ctx, { directoryId, content: change(await getUser(ctx, { userId, directoryId })) })
    }
    throw error
  }
}

/** Deletes a person of the directory, or one whom it may have. @throws AppError as `deleteUser` does, and as above */
export async function deleteFromDirectory(
  ctx: CallContext,
  input: FromDirectory & { userId: string; expectedVersion?: number | undefined },
): Promise<void> {
  const { directoryId } = input
  await orAdopted(ctx, input, {
    own: () => deleteUser(ctx, input),
    adopted: async (tx, user) => {
      await takeOver(tx, ctx, user, { directoryId, by: 'policy', change: contentOf })
      await deleteUserWithin(tx, ctx, input)
    },
    said: (user) => ({ ...contentOf(user), isActive: false }),
  })
}

type Ways<T> = {
  own(): Promise<T>
  adopted(tx: Transaction, user: UserRecord): Promise<T>
  /** What the directory says of them, for whoever decides. */
  said(user: UserRecord): UserContent
}

/** @throws AppError not_found for somebody whom the directory cannot find either */
async function orAdopted<T>(
  ctx: CallContext,
  { directoryId, userId }: FromDirectory & { userId: string },
  { own, adopted, said }: Ways<T>,
): Promise<T> {
  try {
    return await own()
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not_found' && isId('usr', userId))) throw error
  }
  await keepWordAboutDeleted(ctx, { directoryId, userId, said })
  const adopt = async (tx: Transaction): Promise<T> => {
    const claim = { directoryId, userId, said, otherwise: notFound('User'), asksBy: 'id' } as const
    return adopted(tx, await claimUser(tx, ctx, claim))
  }
  return orAsk(ctx, () => inTransaction(ctx, adopt))
}

type Known = { id: string; userName: string; verdict: string | null; isFindable: boolean }

const known = prepared<{ organizationId: string; directoryId: string; ids: readonly string[] }, Known>(
  (
    p,
  ) => sql`select u.id, u.user_name as "userName", adoption_verdict(u.organization_id, ${p.directoryId}, u.id) as verdict,
      is_findable(u.organization_id, ${p.directoryId}, u.id) as "isFindable" from users u
    where u.organization_id = ${p.organizationId} and u.id = any (${p.ids}::text[]) and u.deleted_at is null order by u.id`,
)

type Membership = FromDirectory & { members: readonly MemberChange[] }

/**
 * A change of a group whose new members the directory may have found elsewhere: those whom it may have are adopted by it.
 * @throws AppError as `write` does
 */
export async function withAdoptedMembers<T>(ctx: CallContext, group: Membership, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof AppError && error.reason === 'invalidValue')) throw error
    if (!(await adoptMembers(ctx, group))) throw error
    return write()
  }
}

const waiting = (people: readonly Known[]): AppError => {
  const names = someOf(people.map(({ userName }) => userName))
  return invalid(
    `An administrator has to confirm that this directory takes over ${names}, before they can be members`,
    'invalidValue',
  )
}

/** @returns whether there was anybody. @throws AppError invalid for people who wait for an administrator's word */
async function adoptMembers(ctx: CallContext, { directoryId, members }: Membership): Promise<boolean> {
  requirePermission(ctx, 'users.write')
  const named = members.flatMap((change) => (change.kind === 'add' || change.kind === 'replace' ? change.ids : []))
  const ids = [...new Set(named.filter((id) => !isId('grp', id)))]
  return inTransaction(ctx, async (tx) => {
    const people = await tx.run(known({ organizationId: ctx.organizationId, directoryId, ids }))
    const others = people.filter(({ verdict }) => verdict !== 'own' && verdict !== 'yes')
    // The write is refused for anybody else, and must leave nothing behind.
    if (people.length < ids.length || others.some(({ isFindable }) => !isFindable)) return false
    if (others.length > 0) throw waiting(others)
    const found = people.filter(({ verdict }) => verdict === 'yes')
    for (const { id: userId } of found) {
      const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
      await takeOver(tx, ctx, user, { directoryId, by: 'policy', change: contentOf })
    }
    return found.length > 0
  })
}
