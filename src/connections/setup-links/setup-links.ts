// Setup links: whoever holds one connects one identity provider, without an account. A link makes one connection and one
// directory, and reaches nothing else.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

export type SetupLinkStatus = 'open' | 'expired' | 'revoked'

export type SetupLinkRecord = {
  id: string
  /** For whom it was made. */
  label: string
  status: SetupLinkStatus
  /** Whether people of its directory wait until somebody lets them in. */
  arrivals: 'active' | 'staged'
  /** Names of the e-mail domains that it may prove; it sees no others. */
  domains: string[]
  /** What it has made so far. */
  connectionId: string | null
  directoryId: string | null
  createdBy: string
  createdAt: string
  expiresAt: string
  revokedAt: string | null
  lastUsedAt: string | null
}

/** The columns of a SetupLinkRecord, for `setup_links l`. */
export const setupLinkColumns = sql`l.id, l.label, l.arrivals, l.domains,
  case when l.revoked_at is not null then 'revoked' when l.expires_at <= now() then 'expired' else 'open' end as status,
  l.connection_id as "connectionId", l.directory_id as "directoryId", l.created_by as "createdBy",
  l.created_at as "createdAt", l.expires_at as "expiresAt", l.revoked_at as "revokedAt", l.last_used_at as "lastUsedAt"`

const select = prepared<{ organizationId: string; before: string | null; limit: number | null }, SetupLinkRecord>(
  (p) => sql`select ${setupLinkColumns} from setup_links l where l.organization_id = ${p.organizationId}
      and (${p.before}::text is null or l.id < ${p.before}) order by l.id desc limit ${p.limit}::int`,
)

/** One link, as a statement. */
export const setupLinkById = prepared<{ organizationId: string; linkId: string }, SetupLinkRecord>(
  (p) => sql`select ${setupLinkColumns} from setup_links l
    where l.organization_id = ${p.organizationId} and l.id = ${p.linkId}`,
)

/** The newest first. @throws AppError forbidden */
export async function listSetupLinks(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<SetupLinkRecord[]> {
  requirePermission(ctx, 'connections.read')
  const { after = null, limit = null } = page
  const statement = select({ organizationId: ctx.organizationId, before: after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's */
export async function getSetupLink(ctx: CallContext, linkId: string): Promise<SetupLinkRecord> {
  requirePermission(ctx, 'connections.read')
  if (!isId('stp', linkId)) return refuseUnknown(ctx, 'Setup link')
  const statement = setupLinkById({ organizationId: ctx.organizationId, linkId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const link = rows?.[0]
  if (link === undefined) throw notFound('Setup link')
  return link
}
