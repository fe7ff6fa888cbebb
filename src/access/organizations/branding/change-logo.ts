// The logo of an organization, or of the platform: put, and taken away.
import { hash as hashOf } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { type Branding, lockedBranding, requireBrandingWrite } from './branding.ts'
import { rewriteImage } from './rewrite-image.ts'

const upsert = prepared<
  { organizationId: string; hash: string; mediaType: string; content: string; now: string },
  never
>(
  (p) => sql`insert into logos (organization_id, hash, media_type, content, updated_at)
    values (${p.organizationId}, ${p.hash}, ${p.mediaType}, ${p.content}, ${p.now}::timestamptz)
    on conflict (organization_id) do update set hash = excluded.hash, media_type = excluded.media_type,
      content = excluded.content, updated_at = excluded.updated_at`,
)

const remove = prepared<{ organizationId: string }, never>(
  (p) => sql`delete from logos where organization_id = ${p.organizationId}`,
)

/**
 * Kept is what the picture is made of, written anew; nothing else of the file.
 * @throws AppError invalid (reason `image`); too_large; forbidden (reason `permission`)
 */
export async function putLogo(ctx: CallContext, file: Uint8Array): Promise<Branding> {
  requireBrandingWrite(ctx)
  const { mediaType, bytes } = rewriteImage(file)
  const content = Buffer.from(bytes).toString('base64')
  const hash = hashOf('sha256', bytes)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const before = await lockedBranding(tx, ctx)
    const now = nowOf(ctx)
    const detail = { before: before.logoHash, after: hash, mediaType, bytes: bytes.byteLength }
    await tx.commitWith(
      upsert({ organizationId, hash, mediaType, content, now }),
      recordAudit(ctx, { action: 'branding.put_logo', targetType: 'organization', targetId: organizationId, detail }),
    )
    return { ...before, logoHash: hash, updatedAt: now }
  })
}

/** @throws AppError not_found where there is none; forbidden (reason `permission`) */
export async function removeLogo(ctx: CallContext): Promise<Branding> {
  requireBrandingWrite(ctx)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const before = await lockedBranding(tx, ctx)
    if (before.logoHash === null) throw notFound('Logo')
    const detail = { before: before.logoHash }
    await tx.commitWith(
      remove({ organizationId }),
      recordAudit(ctx, {
        action: 'branding.remove_logo',
        targetType: 'organization',
        targetId: organizationId,
        detail,
      }),
    )
    return { ...before, logoHash: null }
  })
}
