// Bearer tokens of a directory: 256 random bits each, SHA-256 at rest, several at once.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { issueSecret } from '#platform/crypto.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { directoryById } from './directories.ts'

export type DirectoryTokenRecord = {
  id: string
  directoryId: string
  lastFour: string
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  lastUsedAt: string | null
}

/** The only time that the token itself is shown. */
export type IssuedDirectoryToken = DirectoryTokenRecord & { token: string }

const insertToken = prepared<
  {
    organizationId: string
    id: string
    directoryId: string
    tokenHash: string
    lastFour: string
    now: string
    expiresAt: string | null
  },
  never
>(
  (
    p,
  ) => sql`insert into directory_tokens (organization_id, id, directory_id, token_hash, last_four, created_at, expires_at)
    values (${p.organizationId}, ${p.id}, ${p.directoryId}, ${p.tokenHash}, ${p.lastFour}, ${p.now}::timestamptz,
      ${p.expiresAt}::timestamptz)`,
)

/** A new token and the statement that keeps its hash. */
export function newToken(
  ctx: CallContext,
  { directoryId, expiresAt }: { directoryId: string; expiresAt: string | null },
): { issued: IssuedDirectoryToken; insert: Statement<never> } {
  const { plain, hash, lastFour } = issueSecret('rcs', ctx.randomBytes)
  const [id, now] = [ctx.ids.next('tok'), nowOf(ctx)]
  const { organizationId } = ctx
  const insert = insertToken({ organizationId, id, directoryId, tokenHash: hash, lastFour, now, expiresAt })
  const record = { id, directoryId, lastFour, createdAt: now, expiresAt, revokedAt: null, lastUsedAt: null }
  return { issued: { ...record, token: plain }, insert }
}

const selectTokens = prepared<
  { organizationId: string; directoryId: string; after: string | null; limit: number | null },
  DirectoryTokenRecord
>(
  (p) => sql`select t.id, t.directory_id as "directoryId", t.last_four as "lastFour", t.created_at as "createdAt",
      t.expires_at as "expiresAt", t.revoked_at as "revokedAt", t.last_used_at as "lastUsedAt"
    from directory_tokens t
    where t.organization_id = ${p.organizationId} and t.directory_id = ${p.directoryId} and t.client_id is null
      and (${p.after}::text is null or t.id > ${p.after})
    order by t.id limit ${p.limit}::int`,
)

/** The directory's own tokens, dead ones too, without what could be used; not those that its clients get. @throws AppError not_found */
export async function listDirectoryTokens(
  ctx: CallContext,
  input: { directoryId: string; after?: string | undefined; limit?: number | undefined },
): Promise<DirectoryTokenRecord[]> {
  requirePermission(ctx, 'directories.read')
  const { directoryId, after, limit } = input
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  const { organizationId } = ctx
  const tokens = selectTokens({ organizationId, directoryId, after: after ?? null, limit: limit ?? null })
  const exists = directoryById({ organizationId, directoryId })
  return inTransaction(ctx, async (tx) => {
    const found = tx.run(exists)
    const [rows] = await tx.commitWith(tokens)
    if ((await found).length === 0) throw notFound('Directory')
    return rows ?? []
  })
}
