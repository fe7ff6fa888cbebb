// A person as a manager of their organization or of brands: what their session and roles let them do now. Asked anew by each
// request, so that a change of roles counts at once.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { requireReachWithin } from '../ceiling/reach.ts'
import { type EffectiveAccess, effectiveAccessOf } from '../decisions/effective-access.ts'
import { ownUserId } from '../own/own-user-id.ts'
import { isManager, managementRights, repairRights } from './management.ts'

type Organization = { id: string; slug: string; name: string; accessContact: string | null }

export type ManagerAccess = {
  ctx: CallContext
  name: string
  organization: Organization
  /** False: there is nothing in the console for this person. */
  isManager: boolean
}

const organizationOf = prepared<{ organizationId: string }, Organization>(
  (p) =>
    sql`select id, slug, name, access_contact as "accessContact" from organizations where id = ${p.organizationId}`,
)

/**
 * @param person the context of somebody at their own things
 * @param isEmergency whether they signed in with an emergency account: then they can repair, and nothing else
 * @throws AppError unauthenticated, unavailable
 */
export async function asManager(person: CallContext, { isEmergency = false } = {}): Promise<ManagerAccess> {
  const userId = ownUserId(person)
  const { organizationId } = person
  const [accesses, organizations] = await inTransaction(person, (tx) =>
    tx.commitWith<unknown>(effectiveAccessOf(organizationId, userId), organizationOf({ organizationId })),
  )
  const access = accesses?.[0] as EffectiveAccess | undefined
  const organization = organizations?.[0] as Organization | undefined
  if (access === undefined || organization === undefined)
    throw new AppError('unauthenticated', 'There is no such person')
  const held = managementRights(access)
  const rights = isEmergency ? repairRights(held) : held
  const { user } = access
  const { permissions, brandPermissions, holdsEverything } = rights
  return {
    ctx: {
      ...{ ...person, permissions, brandPermissions },
      ...(holdsEverything ? {} : { ceiling: { ...rights.held, requireReach: requireReachWithin } }),
    },
    name: user.displayName ?? user.userName,
    organization,
    isManager: isManager(rights),
  }
}
