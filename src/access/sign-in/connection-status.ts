// The states of a connection: draft → tested → optional → enforced, or disabled (ADR 0014, ADR 0023). Enforcing asks for a green test and
// a proven way in that does not need the provider; disabling ends what came in through it.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import {
  type Connection,
  connectionColumns,
  getConnection,
  isConfigured,
  isOpenForSignIn,
  lockConnectionRow,
  reachOf,
} from '#connections/sign-in/connections.ts'
import { discover, unfitProvider } from '#connections/sign-in/discovery.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  requireReach,
  type Transaction,
} from '#src/context.ts'
import { requireEverything, requireNobodyAbove } from '../ceiling/ceiling.ts'
import { everybody } from '../ceiling/holdings.ts'
import { connectionSessionsEnd, localSessionsEnd } from './sessions/end-sessions.ts'

type Key = { organizationId: string; connectionId: string }

const writeStatus = prepared<Key & { status: string; now: string }, Connection>(
  (p) => sql`update connections c set status = ${p.status}, updated_at = ${p.now}::timestamptz
    where c.organization_id = ${p.organizationId} and c.id = ${p.connectionId} returning ${connectionColumns}`,
)

const dropRequests = prepared<Key, never>(
  (p) => sql`update sign_in_requests set used_at = now()
    where organization_id = ${p.organizationId} and connection_id = ${p.connectionId} and used_at is null`,
)

const provenEmergency = prepared<{ organizationId: string }, { count: number }>(
  (p) => sql`select count(*)::int as count from emergency_accounts e
    join users u on u.organization_id = e.organization_id and u.id = e.user_id and u.status = 'active'
    where e.organization_id = ${p.organizationId} and e.last_used_at > now() - interval '90 days'`,
)

export type StatusChange = {
  connectionId: string
  status: 'draft' | 'optional' | 'enforced' | 'disabled'
  /** Without a successful test sign-in, and, where it is enforced, without a proven emergency account; audited. */
  isForced?: boolean
}

/**
 * @throws AppError not_found; conflict (reasons `not_configured`, `not_tested`, `no_emergency_account`, `discovery`) saying what to do first;
 *   forbidden (reasons `permission`; `ceiling` where it reaches somebody above the caller)
 */
export async function setConnectionStatus(ctx: CallContext, change: StatusChange): Promise<Connection> {
  requirePermission(ctx, 'connections.write')
  const { connectionId, status, isForced = false } = change
  if (!isId('con', connectionId)) return refuseUnknown(ctx, 'Connection')
  if (isForced && status === 'enforced' && ctx.actor.type !== 'operator')
    throw new AppError('forbidden', 'Only the operator may enforce without a test', { reason: 'permission' })
  const { organizationId } = ctx
  const opens = status === 'optional' || status === 'enforced'
  // Asked outside of the transaction, and told only to whoever may open it.
  const fault = opens ? await providerFault(ctx, connectionId, isForced) : undefined
  return inTransaction(ctx, async (tx) => {
    const before = await lockConnectionRow(tx, ctx, connectionId)
    if (before.status === status) return before
    if (status !== 'disabled' && !isConfigured(before))
      throw new AppError(
        'conflict',
        'The connection does not know its provider yet; enter its metadata or client first',
        {
          reason: 'not_configured',
        },
      )
    await requireReach(tx, ctx, { ...reachOf(before), isOpen: opens || isOpenForSignIn(before) })
    // It decides how everybody signs in, and ends the sessions of those who came in otherwise.
    if (status === 'enforced' || before.status === 'enforced') await requireNobodyAbove(tx, ctx, everybody)
    if (isForced) await requireForce(tx, ctx, fault)
    else if (opens) await requireReady(tx, ctx, before, { status, fault })
    const detail = { status, before: before.status, isForced }
    const audit = { action: 'connection.status', targetType: 'connection', targetId: connectionId, detail } as const
    const [rows] = await tx.commitWith<unknown>(
      writeStatus({ organizationId, connectionId, status, now: nowOf(ctx) }),
      recordAudit(ctx, audit),
      ...consequences(ctx, connectionId, status),
    )
    return (rows?.[0] as Connection | undefined) ?? before
  })
}

/**
 * Why an OpenID provider is not the one of its issuer, which it has to be before people are sent there. That it does not answer at
 * this moment is no reason: the test sign-in has found it. What says of itself that nobody can sign in through it is not opened by
 * force, either.
 */
async function providerFault(ctx: CallContext, connectionId: string, isForced: boolean): Promise<AppError | undefined> {
  const connection = await getConnection(ctx, connectionId)
  if (connection.type !== 'oidc' || !isConfigured(connection)) return undefined
  try {
    await discover(ctx, connection.settings.issuer)
    return undefined
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error
    if (error.reason === 'unreachable' || (isForced && error.reason !== unfitProvider)) return undefined
    return new AppError('conflict', error.message, { reason: 'discovery', cause: error })
  }
}

function consequences(ctx: CallContext, connectionId: string, status: StatusChange['status']): Statement<unknown>[] {
  const { organizationId } = ctx
  // From now on the password opens nothing, and what it has opened ends, too.
  if (status === 'enforced') return [localSessionsEnd(ctx, connectionId)]
  if (status !== 'disabled') return []
  return [
    connectionSessionsEnd(ctx, connectionId, { reason: 'connection_disabled' }),
    dropRequests({ organizationId, connectionId }),
  ]
}

async function requireForce(tx: Transaction, ctx: CallContext, fault: AppError | undefined): Promise<void> {
  await requireEverything(tx, ctx, 'Opening a connection without a test sign-in')
  if (fault !== undefined) throw fault
}

async function requireReady(
  tx: Transaction,
  ctx: CallContext,
  connection: Connection,
  { status, fault }: Pick<StatusChange, 'status'> & { fault: AppError | undefined },
): Promise<void> {
  if (connection.testedAt === null)
    throw new AppError('conflict', 'Nobody has signed in through this connection yet; run a test sign-in first', {
      reason: 'not_tested',
    })
  if (fault !== undefined) throw fault
  if (status !== 'enforced') return
  const [row] = await tx.run(provenEmergency({ organizationId: ctx.organizationId }))
  if ((row?.count ?? 0) > 0) return
  const message =
    'Enforcing needs an emergency account whose sign-in was proven within 90 days: create one and sign in with it'
  throw new AppError('conflict', message, { reason: 'no_emergency_account' })
}
