// Working with a setup link in hand. Its context may do what setting up needs; that it does so with its own connection and
// directory alone is held by `requireOwn…`, which everything that takes an id goes through.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { notFound } from '#platform/errors.ts'
import {
  type CallContext,
  enterOrganization,
  inTransaction,
  type ManagementPermission,
  type Services,
  servicesOf,
  type Transaction,
} from '#src/context.ts'
import { type SetupLinkRecord, setupLinkById } from './setup-links.ts'

const permissions = new Set<ManagementPermission>([
  ...['connections.read', 'connections.write', 'directories.read', 'directories.write', 'sign_ins.read'],
] as const satisfies readonly ManagementPermission[])

export type SetupLinkInHand = {
  link: SetupLinkRecord
  organization: { name: string }
  /** Undefined where the link is over: then there is nothing that it could do. */
  ctx: CallContext | undefined
}

const resolve = prepared<{ tokenHash: string }, { organizationId: string; linkId: string }>(
  (p) => sql`select organization_id as "organizationId", link_id as "linkId" from resolve_setup_link(${p.tokenHash})`,
)

const enter = prepared<{ organizationId: string; tokenHash: string }, unknown>(
  (p) => sql`select enter_setup_link(${p.organizationId}, ${p.tokenHash}) as organization_id`,
)

const organizationName = prepared<{ organizationId: string }, { name: string }>(
  (p) => sql`select name from organizations where id = ${p.organizationId}`,
)

/** Undefined where no link has this token. @throws AppError unavailable */
export async function findSetupLink(
  services: Services,
  { token, requestId }: { token: string; requestId: string },
): Promise<SetupLinkInHand | undefined> {
  const tokenHash = sha256(token)
  const [owner] = await services.database.read(resolve({ tokenHash }))
  if (owner === undefined) return undefined
  const { organizationId, linkId } = owner
  const [link, organization] = await services.database.transaction(
    enterOrganization({ organizationId }),
    async (tx) => {
      const found = tx.run(setupLinkById({ organizationId, linkId }))
      const [named] = await tx.run(organizationName({ organizationId }))
      return [(await found)[0], named] as const
    },
  )
  if (link === undefined || organization === undefined) return undefined
  const actor = { type: 'setup_link', id: linkId } as const
  const entry = enter({ organizationId, tokenHash })
  const ctx = { ...servicesOf(services), organizationId, actor, permissions, entry, requestId }
  return { link, organization, ctx: link.status === 'open' ? ctx : undefined }
}

const touch = prepared<{ organizationId: string; linkId: string }, never>(
  (p) => sql`update setup_links set last_used_at = now()
    where organization_id = ${p.organizationId} and id = ${p.linkId}
      and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
)

/** Notes that a link is in use, to the minute. @throws AppError unauthenticated where it is over by now */
export async function touchSetupLink(ctx: CallContext, linkId: string): Promise<void> {
  await inTransaction(ctx, (tx) => tx.commitWith(touch({ organizationId: ctx.organizationId, linkId })))
}

type Made = { organizationId: string; linkId: string; connectionId: string | null; directoryId: string | null }

const noteMade = prepared<Made, { id: string }>(
  (p) => sql`update setup_links set connection_id = coalesce(connection_id, ${p.connectionId}),
      directory_id = coalesce(directory_id, ${p.directoryId})
    where organization_id = ${p.organizationId} and id = ${p.linkId}
      and (${p.connectionId}::text is null or connection_id is null or connection_id = ${p.connectionId})
      and (${p.directoryId}::text is null or directory_id is null or directory_id = ${p.directoryId})
    returning id`,
)

/** Binds what a link has made to it: one connection and one directory, for good. @throws AppError not_found */
export async function bindToSetupLink(
  tx: Transaction,
  ctx: CallContext,
  made: { linkId: string; connectionId?: string | undefined; directoryId?: string | undefined },
): Promise<void> {
  const { linkId, connectionId = null, directoryId = null } = made
  const [bound] = await tx.run(noteMade({ organizationId: ctx.organizationId, linkId, connectionId, directoryId }))
  if (bound === undefined) throw notFound('Setup link')
}

/** @throws AppError not_found where the connection is not the link's own */
export function requireOwnConnection(link: Pick<SetupLinkRecord, 'connectionId'>, connectionId: string): string {
  if (link.connectionId === connectionId) return connectionId
  throw notFound('Connection')
}

/** @throws AppError not_found where the directory is not the link's own */
export function requireOwnDirectory(link: Pick<SetupLinkRecord, 'directoryId'>, directoryId: string): string {
  if (link.directoryId === directoryId) return directoryId
  throw notFound('Directory')
}
