// A person as a manager of their organization or of brands: what their session and roles let them do now. Asked anew by each
// request, so that a change of roles counts at once.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { requireReachWithin } from '../../ceiling/reach.ts'
import { type EffectiveAccess, effectiveAccessOf } from '../../decisions/effective-access.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import type { SignInPolicy } from '../../sign-in/policy/sign-in-policy.ts'
import { type BrowserSession, enterStaleSession, isProofFresh } from '../../sign-in/sessions/resolve-session.ts'
import { isManager, managementRights, repairRights } from './management.ts'

type Organization = { id: string; slug: string; name: string; accessContact: string | null }

/** An operator who is in the console now. */
export type Supporter = { id: string; operator: string; mayWrite: boolean; endsAt: string }

type Row = Organization & { supporters: Supporter[] } & Pick<
    SignInPolicy,
    'freshProofMinutes' | 'managerSecondFactor'
  > & { timeZone: string | null }

export type ManagerAccess = {
  ctx: CallContext
  name: string
  /** As their profile or directory says, in whatever form; null where neither does. */
  timeZone: string | null
  organization: Organization
  /** Operators who are in the console now. */
  supporters: readonly Supporter[]
  /** False: there is nothing in the console for this person. */
  isManager: boolean
  /** True where the organization wants a second factor of managers, and the session has none. */
  lacksSecondFactor: boolean
}

const organizationOf = prepared<{ organizationId: string; userId: string }, Row>(
  (
    p,
  ) => sql`select o.id, o.slug, o.name, o.access_contact as "accessContact", o.fresh_proof_minutes as "freshProofMinutes",
      o.manager_second_factor as "managerSecondFactor", (select ${timeZoneColumn} from users u
        where u.organization_id = o.id and u.id = ${p.userId}) as "timeZone",
      (select coalesce(json_agg(json_build_object('id', s.id, 'operator', s.operator_name, 'mayWrite', s.may_write,
          'endsAt', s.ends_at)), '[]') from current_supports(o.id) s) as supporters
    from organizations o where o.id = ${p.organizationId}`,
)

type At = {
  /** Whether they signed in with an emergency account: then they can repair, and nothing else. */
  isEmergency?: boolean
  /** Where they are in person; absent for what the worker does in their name. */
  session?: BrowserSession
}

/**
 * @param person the context of somebody at their own things
 * @throws AppError unauthenticated, unavailable
 */
export async function asManager(
  person: CallContext,
  { session, isEmergency = false }: At = {},
): Promise<ManagerAccess> {
  const userId = ownUserId(person)
  const { organizationId } = person
  const [accesses, organizations] = await inTransaction(person, (tx) =>
    tx.commitWith<unknown>(effectiveAccessOf(organizationId, userId), organizationOf({ organizationId, userId })),
  )
  const access = accesses?.[0] as EffectiveAccess | undefined
  const row = organizations?.[0] as Row | undefined
  if (access === undefined || row === undefined) throw new AppError('unauthenticated', 'There is no such person')
  const { freshProofMinutes, managerSecondFactor, timeZone, supporters, ...organization } = row
  const held = managementRights(access)
  const rights = isEmergency ? repairRights(held) : held
  const { user } = access
  const { permissions, brandPermissions, holdsEverything } = rights
  return {
    ctx: {
      ...{ ...person, permissions, brandPermissions },
      ...proofOf(person, session, freshProofMinutes),
      ...(holdsEverything ? {} : { ceiling: { ...rights.held, requireReach: requireReachWithin } }),
    },
    name: user.displayName ?? user.userName,
    timeZone,
    organization,
    supporters,
    isManager: isManager(rights),
    lacksSecondFactor: managerSecondFactor === 'required' && session?.hasSecondFactor === false,
  }
}

/** An old proof goes into each transaction, so that nothing that wants a fresh one can forget to ask. */
function proofOf(
  person: CallContext,
  session: BrowserSession | undefined,
  minutes: number,
): Pick<CallContext, 'proof'> & Partial<Pick<CallContext, 'entry'>> {
  if (session === undefined) return {}
  if (isProofFresh(person, session, minutes)) return { proof: 'fresh' }
  const { organizationId, tokenHash } = session
  return { proof: 'stale', entry: enterStaleSession({ organizationId, tokenHash }) }
}
