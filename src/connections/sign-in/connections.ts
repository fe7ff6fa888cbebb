// Connections: an organization's identity providers for sign-in, and how they are read.
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { entered, prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import type { SealPlace } from '#platform/sealing.ts'
import {
  type CallContext,
  inTransaction,
  type Reach,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import type { Preset } from '../providers/providers.ts'
import type { OidcSettings, SamlSettings } from '../settings/settings.ts'

export type ConnectionStatus = 'draft' | 'tested' | 'optional' | 'enforced' | 'disabled'

/** Who comes to exist by a first sign-in: nobody, people of the organization's verified domains, or those approved. */
export type JitPolicy = 'off' | 'verified_domains' | 'approval'

export type ConnectionBase = {
  id: string
  preset: Preset
  name: string
  status: ConnectionStatus
  secretSealed: string | null
  directoryId: string | null
  jit: JitPolicy
  defaultRoleId: string | null
  isIdpInitiatedAllowed: boolean
  testedAt: string | null
  refreshedAt: string | null
  createdAt: string
  updatedAt: string
}

export type SamlConnection = ConnectionBase & { type: 'saml'; settings: SamlSettings }
export type OidcConnection = ConnectionBase & { type: 'oidc'; settings: OidcSettings }
/** What a role has to be to be the default of first sign-ins, which is a matter of access. It throws where it is not. */
export type RequireDefaultRole = (tx: Transaction, ctx: CallContext, roleId: string) => Promise<void>

export type Connection = SamlConnection | OidcConnection

/** The columns of a Connection, for `connections c`. */
export const connectionColumns = sql`c.id, c.type, c.preset, c.name, c.status, c.settings, c.secret_sealed as "secretSealed",
  c.directory_id as "directoryId", c.jit, c.default_role_id as "defaultRoleId",
  c.is_idp_initiated_allowed as "isIdpInitiatedAllowed", c.tested_at as "testedAt", c.refreshed_at as "refreshedAt",
  c.created_at as "createdAt", c.updated_at as "updatedAt"`

type Key = { organizationId: string; connectionId: string }

const isConnection = (p: { [K in keyof Key]: SQL }): SQL =>
  sql`c.organization_id = ${p.organizationId} and c.id = ${p.connectionId}`

/** One connection as a statement, for a transaction that asks for more. */
export const connectionById = prepared<Key, Connection>(
  (p) => sql`select ${connectionColumns} from connections c where ${isConnection(p)}`,
)

const lockConnection = prepared<Key, Connection>(
  (p) => sql`select ${connectionColumns} from connections c where ${isConnection(p)} for no key update`,
)

const selectConnections = prepared<{ organizationId: string; after: string | null; limit: number | null }, Connection>(
  (p) => sql`select ${connectionColumns} from connections c
    where c.organization_id = ${p.organizationId} and (${p.after}::text is null or c.id > ${p.after})
    order by c.id limit ${p.limit}::int`,
)

/** Enters the organization of a connection; no row for one that is not there, or is suspended. */
const enterByConnection = prepared<{ connectionId: string }, unknown>(
  (p) => sql`select set_config('rolecall.organization_id', r.organization_id, true) as organization_id
    from resolve_connection(${p.connectionId}) r`,
)

const connectionEntered = prepared<{ connectionId: string }, { organizationId: string } & Connection>(
  (
    p,
  ) => sql`with ${entered} select entered.organization_id as "organizationId", found.* from entered cross join lateral (
    select ${connectionColumns} from connections c
    where c.organization_id = entered.organization_id and c.id = ${p.connectionId} offset 0) found`,
)

/**
 * The connection that a public address names, and whose it is: one statement, since whoever comes back from a provider waits for it.
 * @throws AppError not_found, also where its organization is not active
 */
export async function arriveByConnection(
  database: Database,
  connectionId: string,
): Promise<{ organizationId: string; connection: Connection }> {
  if (!isId('con', connectionId)) throw notFound('Connection')
  const [found] = await database.single(enterByConnection({ connectionId }), connectionEntered({ connectionId }))
  if (found === undefined) throw notFound('Connection')
  const { organizationId, ...connection } = found
  return { organizationId, connection }
}

/** In order of creation, those after an id and as many as asked for. @throws AppError forbidden */
export async function listConnections(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<Connection[]> {
  requirePermission(ctx, 'connections.read')
  const { organizationId } = ctx
  const statement = selectConnections({ organizationId, after: page.after ?? null, limit: page.limit ?? null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's connection */
export async function getConnection(ctx: CallContext, connectionId: string): Promise<Connection> {
  requirePermission(ctx, 'connections.read')
  if (!isId('con', connectionId)) return refuseUnknown(ctx, 'Connection')
  const statement = connectionById({ organizationId: ctx.organizationId, connectionId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const connection = rows?.[0]
  if (connection === undefined) throw notFound('Connection')
  return connection
}

/** Reads the connection and keeps others from changing it until the transaction ends. @throws AppError not_found */
export async function lockConnectionRow(tx: Transaction, ctx: CallContext, connectionId: string): Promise<Connection> {
  const [connection] = await tx.run(lockConnection({ organizationId: ctx.organizationId, connectionId }))
  if (connection === undefined) throw notFound('Connection')
  return connection
}

/** Where a connection's secret belongs. */
export const connectionSecretPlace = (organizationId: string, connectionId: string): SealPlace => [
  'connections',
  'secret_sealed',
  organizationId,
  connectionId,
]

/** The connection's secret: PKCS#8 PEM for SAML and private_key_jwt, the client secret otherwise; null where there is none. */
export function openConnectionSecret(ctx: CallContext, connection: Connection): string | null {
  if (connection.secretSealed === null) return null
  return ctx.sealing.open(connection.secretSealed, connectionSecretPlace(ctx.organizationId, connection.id))
}

/** Whether it knows its provider yet: a draft may wait for what the provider's administrator brings. */
export const isConfigured = (connection: Connection): boolean =>
  connection.type === 'saml' ? connection.settings.idpEntityId !== '' : connection.settings.issuer !== ''

/** Whether people may sign in through it; a draft only serves test sign-ins. */
export const isOpenForSignIn = ({ status }: Pick<Connection, 'status'>): boolean =>
  status === 'optional' || status === 'enforced'

/** Whom the connection can say to be. */
export const reachOf = (connection: Connection): Extract<Reach, { kind: 'connection' }> => ({
  kind: 'connection',
  connectionId: connection.id,
  isOpen: isOpenForSignIn(connection),
})

/** Whether it serves test sign-ins: from the first draft until it is disabled. */
export const isOpenForTests = ({ status }: Connection): boolean => status !== 'disabled'
