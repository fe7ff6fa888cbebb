// The scheduled refresh of a connection's metadata. It may move addresses and drop certificates that the provider no longer
// has, but whoever controls the URL must not get to sign: a new certificate waits for an administrator, and another
// entityID is refused.
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { fetchIdpMetadata } from '../saml/fetch-metadata.ts'
import type { IdpMetadata } from '../saml/metadata.ts'
import type { SamlCertificate, SamlSettings } from '../settings/settings.ts'
import { type Connection, getConnection, lockConnectionRow } from './connections.ts'
import { checkEndpoints } from './read-metadata.ts'

export const writeSettings = prepared<
  { organizationId: string; connectionId: string; settings: string; refreshedAt: string | null; now: string },
  never
>(
  (p) => sql`update connections set settings = ${p.settings}::jsonb,
      refreshed_at = coalesce(${p.refreshedAt}::timestamptz, refreshed_at), updated_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.connectionId}`,
)

const noteRefresh = prepared<{ organizationId: string; connectionId: string; now: string }, never>(
  (p) => sql`update connections set refreshed_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.connectionId}`,
)

export type RefreshOutcome = { changed: string[]; waiting: number }

/** @throws AppError not_found; invalid where the provider cannot be reached or says something else than before */
export async function refreshMetadata(ctx: CallContext, connectionId: string): Promise<RefreshOutcome> {
  requirePermission(ctx, 'connections.write')
  const url = metadataUrlOf(await getConnection(ctx, connectionId))
  // The next attempt is due later also where this one fails: one slow provider is not asked all the time.
  const { organizationId } = ctx
  await inTransaction(ctx, (tx) => tx.commitWith(noteRefresh({ organizationId, connectionId, now: nowOf(ctx) })))
  const metadata = await fetchIdpMetadata(ctx, { url: url.url, entityId: url.entityId }).catch((error: unknown) => {
    throw explain(error, url.entityId)
  })
  checkEndpoints(metadata)
  return inTransaction(ctx, async (tx) => {
    const connection = await lockConnectionRow(tx, ctx, connectionId)
    const settings = metadataUrlOf(connection).settings
    const before = { ...settings, skippedCertificates: settings.skippedCertificates ?? [] }
    const after = merged(settings, metadata)
    const changed = (['sso', 'slo', 'certificates', 'skippedCertificates'] as const).filter(
      // What comes out of the database has its keys in another order.
      (part) => !isDeepStrictEqual(before[part], after[part]),
    )
    const waiting = after.certificates.filter(({ status }) => status === 'pending').length
    if (changed.length === 0) return { changed, waiting }
    const detail = { changed, certificates: after.certificates.map(({ sha256, status }) => ({ sha256, status })) }
    await tx.commitWith(
      writeSettings({
        organizationId,
        connectionId,
        settings: JSON.stringify(after),
        refreshedAt: null,
        now: nowOf(ctx),
      }),
      recordAudit(ctx, { action: 'connection.refresh', targetType: 'connection', targetId: connectionId, detail }),
    )
    return { changed, waiting }
  })
}

function metadataUrlOf(connection: Connection): { url: string; entityId: string; settings: SamlSettings } {
  if (connection.type !== 'saml' || connection.settings.metadataUrl === null)
    throw invalid('This connection has no metadata URL to refresh from', 'metadata')
  const { settings } = connection
  return { url: settings.metadataUrl as string, entityId: settings.idpEntityId, settings }
}

function explain(error: unknown, entityId: string): AppError {
  if (error instanceof AppError && error.message.includes('has no identity provider'))
    return invalid(`The metadata is no longer that of ${entityId}; nothing was changed`, 'entity_changed')
  return error instanceof AppError ? error : invalid('The metadata cannot be read', 'metadata')
}

function merged(settings: SamlSettings, metadata: IdpMetadata): SamlSettings {
  const { sso, slo, skippedCertificates } = metadata
  return { ...settings, sso, slo, skippedCertificates, certificates: mergedCertificates(settings, metadata) }
}

// Known ones keep their standing; those that the provider dropped go, unless nothing trusted would be left.
function mergedCertificates(settings: SamlSettings, metadata: IdpMetadata): SamlCertificate[] {
  const before = new Map(settings.certificates.map((certificate) => [certificate.sha256, certificate]))
  const listed = metadata.certificates.map(
    (certificate): SamlCertificate => before.get(certificate.sha256) ?? { ...certificate, status: 'pending' },
  )
  const isAnyTrusted = listed.some(({ status }) => status === 'trusted')
  return isAnyTrusted ? listed : [...settings.certificates.filter(({ status }) => status === 'trusted'), ...listed]
}
