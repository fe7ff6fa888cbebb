// Somebody inside of an organization's console as its support: what they may see and do there, asked anew by each request.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, type ManagementPermission, type Services, servicesOf } from '#src/context.ts'
import { requireReachWithin } from '../../ceiling/reach.ts'
import { type BrowserSession, isProofFresh } from '../../sign-in/sessions/resolve-session.ts'
import { proofMinutes } from '../operators/as-operator.ts'

export type SupportEntry = {
  id: string
  organizationId: string
  /** The operator, as customers are shown them. */
  operator: string
  mayWrite: boolean
  endsAt: string
}

const find = prepared<{ id: string; tokenHash: string }, SupportEntry>(
  (p) => sql`select id, organization_id as "organizationId", operator_name as operator, may_write as "mayWrite",
      ends_at as "endsAt" from entered_support(${p.id}, ${p.tokenHash})`,
)

const enter = prepared<{ id: string; tokenHash: string }, unknown>(
  (p) => sql`select enter_support(${p.id}, ${p.tokenHash}) as organization_id`,
)

/** What the session is in; undefined where that is over, whatever ended it. @throws AppError unavailable */
export async function findSupport(
  { database }: Services,
  { id, tokenHash }: { id: string; tokenHash: string },
): Promise<SupportEntry | undefined> {
  const [found] = await database.read(find({ id, tokenHash }))
  return found
}

/** What mails and keys of the organization say is not for them. */
const reads = [
  ...[
    'organization.read',
    'users.read',
    'groups.read',
    'brands.read',
    'roles.read',
    'mappings.read',
    'assignments.read',
  ],
  ...['teams.read', 'assets.read', 'directories.read', 'connections.read', 'applications.read', 'invitations.read'],
  ...['sessions.read', 'sign_ins.read', 'audit.read', 'access.read'],
] as const satisfies readonly ManagementPermission[]

/** Nothing that makes a secret, lets somebody in, or decides how people come in. What gives rights, the ceiling refuses. */
const writes = [
  ...['users.write', 'groups.write', 'brands.write', 'teams.write', 'assets.write', 'assignments.write'],
  ...['roles.write', 'mappings.write', 'sessions.write'],
] as const satisfies readonly ManagementPermission[]

type Organization = { id: string; slug: string; name: string; accessContact: string | null }

const organizationOf = prepared<{ organizationId: string }, Organization>(
  (p) => sql`select o.id, o.slug, o.name, o.access_contact as "accessContact" from organizations o
    where o.id = ${p.organizationId}`,
)

/**
 * They hold nothing themselves, so whatever gives somebody a right is more than they may give.
 * @throws AppError unauthenticated where it has ended meanwhile; unavailable
 */
export async function asSupport(
  services: Services,
  session: BrowserSession,
  { support, requestId }: { support: SupportEntry; requestId: string },
): Promise<{ ctx: CallContext; organization: Organization }> {
  const { id, organizationId, mayWrite } = support
  const nothing = { allows: [], denies: [] }
  const ctx: CallContext = {
    ...{ ...servicesOf(services), organizationId, actor: { type: 'support', id }, requestId },
    permissions: new Set<ManagementPermission>(mayWrite ? [...reads, ...writes] : reads),
    ceiling: { organization: nothing, brands: new Map(), requireReach: requireReachWithin },
    proof: isProofFresh(services, session, proofMinutes) ? 'fresh' : 'stale',
    entry: enter({ id, tokenHash: session.tokenHash }),
  }
  const [rows] = await services.database.transaction(ctx.entry, (tx) =>
    tx.commitWith(organizationOf({ organizationId })),
  )
  const organization = rows?.[0]
  if (organization === undefined) throw new Error('An organization that was entered is there')
  return { ctx, organization }
}
