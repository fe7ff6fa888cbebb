// A draft that knows its provider later: our values can be shown before there is anything to bring back from there. What is
// brought back may be put right until somebody has signed in; after that another provider would be handed their accounts.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission, requireReach } from '#src/context.ts'
import { type Preset, presets } from '../providers/providers.ts'
import { createKeyPair } from '../saml/certificates.ts'
import type { OidcSettings, SamlSettings } from '../settings/settings.ts'
import {
  type Connection,
  connectionColumns,
  connectionSecretPlace,
  getConnection,
  lockConnectionRow,
  reachOf,
} from './connections.ts'
import { copied } from './create-connection.ts'
import { secretAuthenticationOf } from './discovery.ts'
import { absentGroupsOf } from './group-rule.ts'
import { readMetadata } from './read-metadata.ts'
import { maxPasted, readProvider } from './read-provider.ts'

/** Settings that lack the provider, with a key of our own for SAML. */
export async function draftSettings(
  ctx: CallContext,
  draft: { id: string; type: Connection['type']; preset: Preset },
): Promise<{ settings: SamlSettings | OidcSettings; secret: string | null }> {
  const { saml, oidc } = presets[draft.preset]
  if (draft.type === 'oidc') {
    const settings: OidcSettings = {
      ...{ issuer: '', clientId: '', clientAuthentication: 'client_secret_basic', publicJwk: null },
      ...{ scopes: [...oidc.scopes], claims: copied(oidc.claims), subjectClaims: [...oidc.subjectClaims] },
      emailVerifiedClaim: oidc.emailVerifiedClaim,
      hostedDomains: oidc.hasHostedDomains === true ? [] : null,
      absentGroups: absentGroupsOf({ preset: draft.preset }),
      usesUserinfo: true,
      secretExpiresAt: null,
    }
    return { settings, secret: null }
  }
  const { certificate, privateKey } = await createKeyPair(draft.id, ctx.clock.now())
  const settings: SamlSettings = {
    ...{ idpEntityId: '', sso: { url: '', binding: 'redirect' }, slo: null, certificates: [], metadataUrl: null },
    ...{ signed: 'either', isEncryptionRequired: false, signsRequests: true, nameIdFormat: saml.nameIdFormat },
    nameIdIsEmail: false,
    absentGroups: absentGroupsOf({ preset: draft.preset }),
    attributes: copied(saml.attributes),
    ...{ groupSeparator: null, isSha1Allowed: false, refusesExpiredCertificates: false, spCertificate: certificate },
  }
  return { settings, secret: privateKey }
}

const text = (max: number) => z.string().trim().min(1, 'must not be empty').max(max)

const SamlProvider = z.strictObject({
  connectionId: z.string(),
  metadataXml: z.string().optional(),
  metadataUrl: text(maxPasted).optional(),
  entityId: text(1024).optional(),
})

const OidcProvider = z.strictObject({
  connectionId: z.string(),
  /** Also what it stands in: the address or the text of the discovery document. */
  issuer: text(maxPasted),
  clientId: text(maxPasted),
  clientSecret: text(4096),
  secretExpiresAt: instantSchema.nullish(),
})

export type ProviderInput = z.input<typeof SamlProvider> | z.input<typeof OidcProvider>

const write = prepared<
  {
    organizationId: string
    connectionId: string
    settings: string
    secretSealed: string | null
    refreshedAt: string | null
    now: string
  },
  Connection
>(
  (p) => sql`update connections c set settings = ${p.settings}::jsonb, status = 'draft', tested_at = null,
      secret_sealed = coalesce(${p.secretSealed}, c.secret_sealed), refreshed_at = ${p.refreshedAt}::timestamptz,
      updated_at = ${p.now}::timestamptz
    where c.organization_id = ${p.organizationId} and c.id = ${p.connectionId} returning ${connectionColumns}`,
)

/** Whether anybody has an identity of the connection. */
export const anyIdentity = prepared<{ organizationId: string; connectionId: string }, { isInUse: boolean }>(
  (p) => sql`select exists (select from identities where organization_id = ${p.organizationId}
    and connection_id = ${p.connectionId}) as "isInUse"`,
)

/**
 * Tells a draft its provider: metadata for SAML, issuer and client for OpenID Connect. It is to be tested anew.
 * @throws AppError not_found; invalid naming the field; conflict (reason `in_use`) once somebody has signed in;
 *   forbidden (reason `ceiling`)
 */
export async function configureConnection(
  ctx: CallContext,
  { type, ...input }: ProviderInput & { type: Connection['type'] },
): Promise<Connection> {
  requirePermission(ctx, 'connections.write')
  if (!isId('con', input.connectionId)) return refuseUnknown(ctx, 'Connection')
  const { preset } = await getConnection(ctx, input.connectionId)
  const found = type === 'saml' ? await samlProvider(ctx, preset, input) : await oidcProvider(ctx, preset, input)
  const { organizationId } = ctx
  const { connectionId } = input
  return inTransaction(ctx, async (tx) => {
    const before = await lockConnectionRow(tx, ctx, connectionId)
    await requireReach(tx, ctx, reachOf(before))
    if (before.type !== type) throw invalidField('type', 'The connection is of another type')
    const [used] = await tx.run(anyIdentity({ organizationId, connectionId }))
    if (used?.isInUse === true || (before.status !== 'draft' && before.status !== 'tested'))
      throw new AppError('conflict', 'People sign in through this connection; make another one for another provider', {
        reason: 'in_use',
      })
    const settings = { ...before.settings, ...found.settings }
    const { secret } = found
    const sealed =
      secret === null ? null : ctx.sealing.seal(secret, connectionSecretPlace(organizationId, connectionId))
    const now = nowOf(ctx)
    const refreshedAt = type === 'saml' ? now : null
    const detail = { provider: found.provider }
    const audit = { action: 'connection.configure', targetType: 'connection', targetId: connectionId, detail } as const
    const [rows] = await tx.commitWith<Connection>(
      write({
        ...{ organizationId, connectionId, refreshedAt, now },
        settings: JSON.stringify(settings),
        secretSealed: sealed,
      }),
      recordAudit(ctx, audit),
    )
    return rows?.[0] ?? before
  })
}

type Found = { settings: Partial<SamlSettings> | Partial<OidcSettings>; secret: string | null; provider: string }

async function samlProvider(ctx: CallContext, preset: Preset, input: unknown): Promise<Found> {
  const wanted = parseInput(SamlProvider, input)
  const { metadata, metadataUrl } = await readMetadata(ctx, { ...wanted, preset })
  const { entityId, sso, slo, certificates, skippedCertificates } = metadata
  const settings = { idpEntityId: entityId, sso, slo, certificates, skippedCertificates, metadataUrl }
  return { settings, secret: null, provider: entityId }
}

async function oidcProvider(ctx: CallContext, preset: Preset, input: unknown): Promise<Found> {
  const { clientSecret, secretExpiresAt = null, ...wanted } = parseInput(OidcProvider, input)
  const { issuer, clientId, document } = await readProvider(ctx, { ...wanted, clientSecret, preset }, 'refuse')
  const clientAuthentication = secretAuthenticationOf(document)
  return {
    settings: { issuer, clientId, clientAuthentication, secretExpiresAt },
    secret: clientSecret,
    provider: issuer,
  }
}
