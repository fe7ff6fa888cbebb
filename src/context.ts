// What every verb is called with: for which organization, by whom, with which permissions, and the means to do it.
import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#db/database.ts'
import { prepared, type Statement, withEntry } from '#db/statement.ts'
import type { Clock } from '#platform/clock.ts'
import type { RandomBytes } from '#platform/crypto.ts'
import { AppError, freshProofNeeded, notFound } from '#platform/errors.ts'
import type { Ids } from '#platform/ids.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { News } from '#platform/news.ts'
import type { Outgoing } from '#platform/outgoing.ts'
import type { Sealing } from '#platform/sealing.ts'
import type { Urls } from '#platform/urls.ts'

export type { Transaction } from '#db/database.ts'

export type Actor = {
  type:
    | 'directory'
    | 'api_key'
    | 'application'
    | 'platform_key'
    | 'operator'
    | 'user'
    | 'system'
    | 'setup_link'
    /** An operator inside of an organization's console; the id is that of the access. */
    | 'support'
  id: string
}

/** What a caller may do with the management verbs. Roles of people use the same names. */
export type ManagementPermission =
  | 'organization.read'
  | 'organization.write'
  | 'users.read'
  | 'users.write'
  | 'groups.read'
  | 'groups.write'
  | 'brands.read'
  | 'brands.write'
  | 'roles.read'
  | 'roles.write'
  | 'mappings.read'
  | 'mappings.write'
  | 'assignments.read'
  | 'assignments.write'
  | 'teams.read'
  | 'teams.write'
  | 'assets.read'
  | 'assets.write'
  | 'directories.read'
  | 'directories.write'
  | 'connections.read'
  | 'connections.write'
  | 'applications.read'
  | 'applications.write'
  | 'invitations.read'
  | 'invitations.write'
  | 'sessions.read'
  | 'sessions.write'
  | 'accounts.write'
  | 'mails.read'
  | 'sign_ins.read'
  | 'api_keys.write'
  | 'audit.read'
  | 'audit.write'
  | 'events.read'
  | 'webhooks.read'
  | 'webhooks.write'
  | 'access.read'

/** What a key of the platform may do above the organizations. */
export type PlatformScope =
  | 'organizations.read'
  | 'organizations.write'
  | 'organizations.delete'
  | 'applications.read'
  | 'applications.write'
  | 'events.read'
  | 'webhooks.write'
  /** What the operator's commands do: keys of the platform, operators. No key has it. */
  | 'operate'

/** A caller of the platform: what it may do above the organizations, and which of them it reaches. */
export type PlatformRights = {
  scopes: ReadonlySet<PlatformScope>
  reach: 'all' | 'only' | 'except'
  organizationIds: readonly string[]
}

export type Permissions = 'all' | ReadonlySet<ManagementPermission>

/** The parts that do not change from call to call. */
export type Services = {
  database: Database
  clock: Clock
  ids: Ids
  randomBytes: RandomBytes
  sealing: Sealing
  outgoing: Outgoing
  /** The TXT records of a name (DNS); a name without any answers with an empty list. */
  resolveTxt(name: string): Promise<string[]>
  urls: Urls
  /** Without one, mail is kept in the outbox. */
  hasMailServer: boolean
  /** What is counted, where somebody reads it. */
  metrics?: Metrics
  /** Who is told at once that there are new events, where something in this process looks for them. */
  news?: News
}

/** The services alone, out of a wider object; what a context is made of. */
export const servicesOf = ({
  database,
  clock,
  ids,
  randomBytes,
  sealing,
  outgoing,
  resolveTxt,
  urls,
  hasMailServer,
  metrics,
  news,
}: Services): Services => ({
  ...{ database, clock, ids, randomBytes, sealing, outgoing, resolveTxt, urls, hasMailServer },
  ...(metrics === undefined ? {} : { metrics }),
  ...(news === undefined ? {} : { news }),
})

/** Permissions of roles, as a person holds them in one scope. */
export type HeldPermissions = { allows: readonly string[]; denies: readonly string[] }

/** Of a directory, for people whom it brings and the organization has from elsewhere. */
export type AdoptionPolicy = 'verified_domain' | 'always' | 'never' | 'confirm'

/**
 * Whom something can speak for: whoever controls a connection, a directory or an application's address can act as the people whom
 * it vouches for.
 */
export type Reach =
  /** A SCIM directory: its people, its groups and what they are mapped to, and whom it may adopt, by its policy or this one. */
  | { kind: 'directory'; directoryId: string | null; adoption?: AdoptionPolicy }
  /** An identity provider: the people who come by it, and those whom it could be linked to once it is open. */
  | { kind: 'connection'; connectionId: string | null; isOpen: boolean }
  /** An e-mail domain: whoever has an address in it. */
  | { kind: 'domain'; name: string }
  /** A host application: everybody who signs in to it. */
  | { kind: 'application' }

/**
 * What a caller holds who does not hold everything; what they change is judged by its effect (access/ceiling). In a brand, what
 * they hold in the organization counts too.
 */
export type Ceiling = {
  organization: HeldPermissions
  brands: ReadonlyMap<string, HeldPermissions>
  /** When it ends, where the caller is no person: then the database says. */
  until?: string | null
  /** @throws AppError forbidden (reason `ceiling`) where it reaches somebody above the caller, now or by the mappings there are */
  requireReach(tx: Transaction, ctx: CallContext, reach: Reach): Promise<void>
}

export type CallContext = Services & {
  organizationId: string
  actor: Actor
  /** In the whole organization, its brands included. */
  permissions: Permissions
  /** In single brands, by their id, on top of `permissions`: delegated administration. */
  brandPermissions?: ReadonlyMap<string, ReadonlySet<ManagementPermission>>
  /**
   * `stale`: a person at the console who proved too long ago who they are. The database refuses them what decides who manages
   * something or who may come in. Absent: nobody's session (operator, system, keys, directories).
   */
  proof?: 'fresh' | 'stale'
  /** Absent: no limit (operator, system, and whoever holds everything). */
  ceiling?: Ceiling
  /**
   * The user who approved a draft that is being carried out; `trial` where what is done is undone anyway. Absent: nobody has
   * approved it.
   */
  secondPerson?: string | undefined
  /** Where units of work become parts of a transaction that is under way, rather than transactions of their own. */
  within?: { perform<T>(work: (tx: Transaction) => Promise<T>): Promise<T> }
  /** Absent: no key of the platform. */
  platform?: PlatformRights
  /** The first statement of each transaction: enters the organization, and refuses a secret that is dead by now. */
  entry: Statement<unknown>
  requestId: string
}

/** Whoever uses these can let others in, or be somebody else: an old session is not enough, whatever is done with them. */
const provenPermissions: ReadonlySet<ManagementPermission> = new Set([
  ...['accounts.write', 'api_keys.write', 'applications.write', 'connections.write', 'directories.write'],
  ...['organization.write', 'webhooks.write'],
] as const)

/**
 * In the whole organization; what lets others in wants a fresh proof besides.
 * @throws AppError forbidden (reason `permission`); unauthenticated (reason `fresh_proof`)
 */
export function requirePermission(ctx: CallContext, permission: ManagementPermission): void {
  requireHeld(ctx, permission)
  if (provenPermissions.has(permission)) requireFreshProof(ctx)
}

/** The permission alone, for looking at what it is about. @throws AppError forbidden (reason `permission`) */
export function requireHeld(ctx: CallContext, permission: ManagementPermission): void {
  if (isPermitted(ctx, permission)) return
  throw new AppError('forbidden', `This needs the permission ${permission}`, {
    reason: 'permission',
    extensions: { permission },
  })
}

/** @throws AppError unauthenticated (reason `fresh_proof`) for a person who proved too long ago who they are */
export function requireFreshProof({ proof }: Pick<CallContext, 'proof'>): void {
  if (proof === 'stale') throw freshProofNeeded()
}

/** Whether the caller may do it in the whole organization, or, asked with a brand, at least there. */
export const isPermitted = (ctx: CallContext, permission: ManagementPermission, brandId?: string | null): boolean =>
  ctx.permissions === 'all' ||
  ctx.permissions.has(permission) ||
  (brandId !== undefined && brandId !== null && ctx.brandPermissions?.get(brandId)?.has(permission) === true)

/** In the brand, or for null in the whole organization. @throws AppError forbidden (reason `permission` or `other_brand`) */
export function requirePermissionIn(ctx: CallContext, permission: ManagementPermission, brandId: string | null): void {
  if (isPermitted(ctx, permission, brandId)) return
  const isElsewhere = brandId !== null && brandsPermitted(ctx, permission).length > 0
  throw new AppError(
    'forbidden',
    `This needs the permission ${permission}${brandId === null ? '' : ' in this brand'}`,
    {
      reason: isElsewhere ? 'other_brand' : 'permission',
      extensions: { permission },
    },
  )
}

/** Where the caller may do it: `all`, or the ids of the brands, none where they may not at all. */
export function brandsPermitted(ctx: CallContext, permission: ManagementPermission): 'all' | readonly string[] {
  if (isPermitted(ctx, permission)) return 'all'
  return [...(ctx.brandPermissions ?? [])].filter(([, held]) => held.has(permission)).map(([brandId]) => brandId)
}

/** At least in some brand; where, `brandsPermitted` says. @throws AppError forbidden */
export function requirePermissionSomewhere(ctx: CallContext, permission: ManagementPermission): void {
  if (brandsPermitted(ctx, permission).length > 0) return
  requirePermission(ctx, permission)
}

/** For rooms below access, which change what people come in by. @throws AppError forbidden (reason `ceiling`) */
export const requireReach = (tx: Transaction, ctx: CallContext, reach: Reach): Promise<void> =>
  ctx.ceiling?.requireReach(tx, ctx, reach) ?? Promise.resolve()

/**
 * Runs `work` in one transaction inside the context's organization. It may be run more than once, where it collides with
 * another one: what it does beside its statements must bear that. @throws AppError
 */
export function inTransaction<T>(ctx: CallContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return ctx.within?.perform(work) ?? ctx.database.transaction(ctx.entry, work, ctx.organizationId)
}

/**
 * Runs `work` with a context whose units of work share one transaction, each of them all or nothing (src/db/shared-work.ts).
 * @throws AppError where the COMMIT fails, and with it all of them
 */
export function inSharedTransaction<T>(ctx: CallContext, work: (ctx: CallContext) => Promise<T>): Promise<T> {
  return ctx.database.shared(ctx.entry, (within) => work({ ...ctx, within }), ctx.organizationId)
}

/** Runs `work` with a context whose units of work are one unit of work. @throws whatever `work` throws, and nothing of it holds */
export function inOneUnitOfWork<T>(ctx: CallContext, work: (ctx: CallContext) => Promise<T>): Promise<T> {
  return inTransaction(ctx, (tx) => work(partOf(ctx, tx)))
}

/**
 * For lists, the audit trail and reports, which may be some seconds old: the same context, whose reads are answered by a copy of the
 * database where there is one. Never for sessions, decisions, or what is written next.
 */
export const relaxed = (ctx: CallContext): CallContext =>
  ctx.within !== undefined || !ctx.database.hasReplica
    ? ctx
    : { ...ctx, within: { perform: (work) => ctx.database.relaxed(ctx.entry, work, ctx.organizationId) } }

/** A context whose units of work are parts of this transaction, which its holder ends. */
export function partOf(ctx: CallContext, tx: Transaction): CallContext {
  const part: Transaction = {
    run: (statement) => tx.run(statement),
    commitWith: (...statements) => Promise.all(statements.map((statement) => tx.run(statement))),
    entered: () => tx.entered(),
  }
  return { ...ctx, within: { perform: (inner) => inner(part) } }
}

/**
 * Carries `work` out as `inTransaction` does, looks at what it returns, and takes all of it back. What is checked at a commit is
 * not, unless `work` has it checked. @throws whatever `work` throws
 */
export function inTrial<T>(ctx: CallContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return ctx.database.trial(ctx.entry, work, ctx.organizationId)
}

/** Reads by one statement that holds the CTE `entered`, as a transaction of its own. @throws AppError */
export function inOneStatement<Row>(ctx: CallContext, statement: Statement<Row>): Promise<Row[]> {
  return ctx.within === undefined
    ? ctx.database.single(ctx.entry, statement, ctx.organizationId)
    : onePart(ctx, ctx.within, statement)
}

/** Writes by one statement that holds the CTE `entered`, as a transaction of its own. @throws AppError */
export function writeInOneStatement<Row>(ctx: CallContext, statement: Statement<Row>): Promise<Row[]> {
  return ctx.within === undefined
    ? ctx.database.singleWrite(ctx.entry, statement, ctx.organizationId)
    : onePart(ctx, ctx.within, statement)
}

/** The same, after a statement in whose light it is planned, in one transaction. @throws AppError */
export async function inOneStatementAfter<Row>(
  ctx: CallContext,
  first: Statement<unknown>,
  statement: Statement<Row>,
): Promise<Row[]> {
  const within = withEntry(statement, enterOrganization({ organizationId: ctx.organizationId }))
  const [, rows] = await inTransaction(ctx, (tx) => tx.commitWith<unknown>(first, within))
  return (rows ?? []) as Row[]
}

async function onePart<Row>(
  { organizationId }: CallContext,
  within: NonNullable<CallContext['within']>,
  statement: Statement<Row>,
): Promise<Row[]> {
  const [rows] = await within.perform((tx) =>
    tx.commitWith(withEntry(statement, enterOrganization({ organizationId }))),
  )
  return rows ?? []
}

/**
 * For an id that none of ours can have: no look-up, but whether the caller may ask at all is still to be settled.
 * @throws AppError not_found, or what the entry refuses with
 */
export async function refuseUnknown(ctx: CallContext, what: string): Promise<never> {
  await inTransaction(ctx, (tx) => tx.entered())
  throw notFound(what)
}

/** The time of the call, as the database takes it. */
export const nowOf = (ctx: Pick<CallContext, 'clock'>): string => ctx.clock.now().toISOString()

/** The entry for callers whose right to be there was settled otherwise: the operator's commands, jobs, tests. */
export const enterOrganization = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select set_config('rolecall.organization_id', ${p.organizationId}, true) as organization_id`,
)

/** What stands above the organizations has this for its organization: its applications, its audit trail. No organization does. */
export const platformId = 'platform'

/** The entry above the organizations: the list of them, and what is the platform's own. */
export const enterInstance = prepared<Record<string, never>, unknown>(
  () =>
    sql`select set_config('rolecall.instance', 'on', true), set_config('rolecall.organization_id', ${platformId}, true)`,
)
