// The connection that an address names, and the context of a sign-in in its organization.
import type { Context } from 'hono'
import { signInContext } from '#access/accounts/account/sign-in-context.ts'
import { arriveByConnection, type Connection, isConfigured } from '#connections/sign-in/connections.ts'
import { notFound } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import type { SsoEnv, SsoServices } from './services.ts'

export type At<Kind extends Connection> = { ctx: CallContext; connection: Kind }

/** By the `connectionId` of the path. @throws AppError not_found, also where its organization is suspended */
export async function connectionAt(services: SsoServices, c: Context<SsoEnv>): Promise<At<Connection>> {
  const connectionId = c.req.param('connectionId') ?? ''
  const { organizationId, connection } = await arriveByConnection(services.database, connectionId)
  return { ctx: signInContext(services, organizationId, c.get('requestId')), connection }
}

/** The same, of one type. @throws AppError not_found, also for a connection of the other type */
export async function connectionOfType<Type extends Connection['type']>(
  services: SsoServices,
  c: Context<SsoEnv>,
  type: Type,
): Promise<At<Extract<Connection, { type: Type }>>> {
  const { ctx, connection } = await connectionAt(services, c)
  if (connection.type !== type) throw notFound('Connection')
  // A draft that waits for its provider has nothing to take messages from; SAML metadata of ours it has already.
  if (type === 'oidc' && !isConfigured(connection)) throw notFound('Connection')
  // Just compared; TypeScript does not narrow a union by a generic.
  return { ctx, connection: connection as Extract<Connection, { type: Type }> }
}
