// The link of the mail that tells somebody of an identity linked to them. It needs no session and works once; looking at it
// changes nothing.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { type CallContext, inTransaction, type Services } from '#src/context.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import type { LinkedIdentity } from '../../sign-in/linked-identity.ts'
import { managesAnything } from '../../sign-in/manages.ts'
import { asUser, signInContext } from '../account/sign-in-context.ts'
import { removeIdentityWithin } from './remove-identity.ts'

export type OpenUndo = LinkedIdentity & {
  userName: string
  displayName: string | null
  organizationName: string
  connectionName: string
}

const resolve = prepared<{ tokenHash: string }, { organizationId: string }>(
  (p) => sql`select organization_id as "organizationId" from resolve_identity_undo(${p.tokenHash})`,
)

type Key = { organizationId: string; tokenHash: string }

const select = prepared<Key, OpenUndo>(
  (p) => sql`select x.user_id as "userId", x.connection_id as "connectionId", x.subject, u.user_name as "userName",
      u.display_name as "displayName", o.name as "organizationName", c.name as "connectionName"
    from identity_undos x join users u on u.organization_id = x.organization_id and u.id = x.user_id
    join organizations o on o.id = x.organization_id
    join connections c on c.organization_id = x.organization_id and c.id = x.connection_id
    where x.organization_id = ${p.organizationId} and x.token_hash = ${p.tokenHash} and x.used_at is null
      and x.expires_at > now()`,
)

const use = prepared<Key, { one: number }>(
  (p) => sql`update identity_undos set used_at = now() where organization_id = ${p.organizationId}
    and token_hash = ${p.tokenHash} and used_at is null and expires_at > now() returning 1 as one`,
)

type Where = { token: string; requestId: string }

type Found = { ctx: CallContext; tokenHash: string; undo: OpenUndo }

async function find(services: Services, { token, requestId }: Where): Promise<Found | undefined> {
  const tokenHash = sha256(token)
  const [owner] = await services.database.read(resolve({ tokenHash }))
  if (owner === undefined) return undefined
  const { organizationId } = owner
  const ctx = signInContext(services, organizationId, requestId)
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId, tokenHash })))
  const undo = rows?.[0]
  return undo === undefined ? undefined : { ctx, tokenHash, undo }
}

/** What a link would take back; undefined where it is used, has run out, or is none. @throws AppError unavailable */
export const findUndo = async (services: Services, where: Where): Promise<OpenUndo | undefined> =>
  (await find(services, where))?.undo

/**
 * Takes the identity back and ends the sessions that came by it. Where the person manages something, the administrators are told.
 * @returns the organization's id; undefined where the link is over. @throws AppError unavailable
 */
export async function undoLink(services: Services, where: Where): Promise<string | undefined> {
  const found = await find(services, where)
  if (found === undefined) return undefined
  const { undo, tokenHash } = found
  const { userId, connectionId, subject, userName, displayName, connectionName } = undo
  const { organizationId } = found.ctx
  const ctx = asUser(found.ctx, userId)
  return inTransaction(ctx, async (tx) => {
    const [used] = await tx.run(use({ organizationId, tokenHash }))
    if (used === undefined) return undefined
    await removeIdentityWithin(tx, ctx, { userId, connectionId, subject })
    if (await managesAnything(tx, { organizationId, userId })) {
      const detail = { userId, userName, displayName, connectionId, name: connectionName, subject }
      await tx.run(raiseAlarm(ctx, { kind: 'link_undone', detail }))
    }
    return organizationId
  })
}
