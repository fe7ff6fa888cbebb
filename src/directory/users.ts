// Users: what a user is, and how one is read.
import { sql } from 'drizzle-orm'
import { entered, prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inOneStatement, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'

export type UserStatus = 'invited' | 'active' | 'inactive' | 'erased'

export type StatusReason = 'directory' | 'directory_deleted' | 'administrator' | 'inactivity' | 'end_date'

/** SCIM attributes that have no column of their own, canonical (RFC 7643 names, no nulls). */
export type Attributes = Record<string, unknown>

export type UserRecord = {
  id: string
  directoryId: string | null
  userName: string
  externalId: string | null
  displayName: string | null
  status: UserStatus
  statusReason: StatusReason | null
  /** The directory says that they are gone, while somebody else holds them switched off. */
  isHeldByDirectory: boolean
  epoch: number
  attributes: Attributes
  version: number
  createdAt: string
  updatedAt: string
  deletedAt: string | null
  /** The groups that the user is a direct member of. */
  groups: { id: string; displayName: string }[]
}

/** Invited and active users count as active towards a directory. */
export const isActive = (user: Pick<UserRecord, 'status'>): boolean =>
  user.status === 'active' || user.status === 'invited'

/** What is written of a user: a UserRecord without its groups, which no write of a user changes. */
export type WrittenUser = Omit<UserRecord, 'groups'>

/** The columns of a WrittenUser, for `users u`. */
export const writtenColumns = sql`u.id, u.directory_id as "directoryId", u.user_name as "userName",
  u.external_id as "externalId", u.display_name as "displayName", u.status, u.status_reason as "statusReason",
  u.is_held_by_directory as "isHeldByDirectory", u.epoch,
  u.attributes, u.version, u.created_at as "createdAt", u.updated_at as "updatedAt", u.deleted_at as "deletedAt"`

/** The columns of a UserRecord, for `users u`. Each group is looked up: joined, PostgreSQL reads all groups for each person. */
export const userColumns = sql`${writtenColumns}, to_json(array(
   select json_build_object('id', gm.group_id, 'displayName', g.display_name) from group_members gm
   cross join lateral (select gr.display_name from groups gr
     where gr.organization_id = gm.organization_id and gr.id = gm.group_id and gr.held_by is null offset 0) g
   where gm.organization_id = u.organization_id and gm.user_id = u.id and gm.held_by is null
   order by gm.group_id)) as groups`

type UserKey = { organizationId: string; directoryId: string | null; userId: string }

/** Which users a caller sees: a directory its own, everybody else the whole organization. */
const isInReach = (directoryId: ReturnType<typeof sql>) =>
  sql`(${directoryId}::text is null or u.directory_id = ${directoryId})`

const selectUser = prepared<Omit<UserKey, 'organizationId'>, UserRecord>(
  (p) => sql`with ${entered} select found.* from entered cross join lateral (
    select ${userColumns} from users u
    where u.organization_id = entered.organization_id and u.id = ${p.userId} and u.deleted_at is null
      and ${isInReach(p.directoryId)} offset 0) found`,
)

const selectFindable = prepared<{ userId: string; directoryId: string }, UserRecord>(
  (p) => sql`with ${entered} select found.* from entered cross join lateral (
    select ${userColumns} from users u
    where u.organization_id = entered.organization_id and u.id = ${p.userId} and u.deleted_at is null
      and (u.directory_id = ${p.directoryId} or is_findable(u.organization_id, ${p.directoryId}, u.id)) offset 0) found`,
)

const lockUser = prepared<UserKey, UserRecord>(
  (p) => sql`select ${userColumns} from users u
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is null
      and ${isInReach(p.directoryId)}
    for no key update of u`,
)

/** `directoryId` limits the look-up to the users of that directory. */
export type UserReference = { userId: string; directoryId: string | null }

/** @throws AppError not_found, also for a deleted user and for another organization's */
export async function getUser(ctx: CallContext, reference: UserReference): Promise<UserRecord> {
  requirePermission(ctx, 'users.read')
  if (!isId('usr', reference.userId)) return refuseUnknown(ctx, 'User')
  const { userId, directoryId } = reference
  const [user] = await inOneStatement(ctx, selectUser({ userId, directoryId }))
  if (user === undefined) throw notFound('User')
  return user
}

/** For a directory, which finds besides its own people those whom it may adopt, or asked for. @throws AppError not_found */
export async function findUser(
  ctx: CallContext,
  reference: { userId: string; directoryId: string },
): Promise<UserRecord> {
  requirePermission(ctx, 'users.read')
  if (!isId('usr', reference.userId)) return refuseUnknown(ctx, 'User')
  const [user] = await inOneStatement(ctx, selectFindable(reference))
  if (user === undefined) throw notFound('User')
  return user
}

/** Reads the user and keeps others from changing them until the transaction ends. @throws AppError not_found */
export async function lockUserRow(tx: Transaction, ctx: CallContext, reference: UserReference): Promise<UserRecord> {
  const [user] = await tx.run(lockUser({ organizationId: ctx.organizationId, ...reference }))
  if (user === undefined) throw notFound('User')
  return user
}
