// Changes of a connection: its name and policies, the certificates an administrator vouches for, and its state.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, invalidField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission, requireReach } from '#src/context.ts'
import {
  attributeNamesSchema,
  oidcSettingsSchema,
  type SamlSettings,
  samlSettingsSchema,
} from '../settings/settings.ts'
import {
  type Connection,
  connectionColumns,
  connectionSecretPlace,
  lockConnectionRow,
  type RequireDefaultRole,
  reachOf,
} from './connections.ts'
import { requireDirectory } from './create-connection.ts'

const UpdateConnectionInput = z.strictObject({
  connectionId: z.string(),
  name: nameSchema.optional(),
  jit: z.enum(['off', 'verified_domains', 'approval']).optional(),
  defaultRoleId: z.string().nullish(),
  directoryId: z.string().nullish(),
  isIdpInitiatedAllowed: z.boolean().optional(),
  signed: samlSettingsSchema.shape.signed.optional(),
  isEncryptionRequired: z.boolean().optional(),
  isSha1Allowed: z.boolean().optional(),
  refusesExpiredCertificates: z.boolean().optional(),
  groupSeparator: samlSettingsSchema.shape.groupSeparator.optional(),
  nameIdIsEmail: z.boolean().optional(),
  attributes: attributeNamesSchema.partial().optional(),
  /** SHA-256 of certificates that came by a refresh and are found right. */
  trustCertificates: z.array(z.string()).max(20).optional(),
  hostedDomains: oidcSettingsSchema.shape.hostedDomains.optional(),
  clientSecret: z.string().min(1).max(4096).optional(),
  /** When the client secret runs out at the provider. */
  secretExpiresAt: instantSchema.nullish(),
})

export type UpdateConnectionInput = z.input<typeof UpdateConnectionInput>

type Parameters = {
  organizationId: string
  connectionId: string
  name: string
  jit: string
  defaultRoleId: string | null
  directoryId: string | null
  isIdpInitiatedAllowed: boolean
  settings: string
  secretSealed: string | null
  now: string
}

const update = prepared<Parameters, Connection>(
  (p) => sql`update connections c set name = ${p.name}, jit = ${p.jit}, default_role_id = ${p.defaultRoleId},
      directory_id = ${p.directoryId}, is_idp_initiated_allowed = ${p.isIdpInitiatedAllowed}::boolean,
      settings = ${p.settings}::jsonb, secret_sealed = ${p.secretSealed}, updated_at = ${p.now}::timestamptz
    where c.organization_id = ${p.organizationId} and c.id = ${p.connectionId} returning ${connectionColumns}`,
)

/** @returns the connection as it is now. @throws AppError not_found, invalid; forbidden (reason `ceiling`) */
export async function updateConnection(
  ctx: CallContext,
  input: UpdateConnectionInput,
  requireDefaultRole: RequireDefaultRole,
): Promise<Connection> {
  requirePermission(ctx, 'connections.write')
  const changes = parseInput(UpdateConnectionInput, input)
  const { connectionId } = changes
  if (!isId('con', connectionId)) return refuseUnknown(ctx, 'Connection')
  return inTransaction(ctx, async (tx) => {
    const before = await lockConnectionRow(tx, ctx, connectionId)
    await requireDirectory(tx, ctx, changes.directoryId)
    if (changes.defaultRoleId != null) await requireDefaultRole(tx, ctx, changes.defaultRoleId)
    await requireReach(tx, ctx, reachOf(before))
    const { clientSecret, connectionId: _, ...shown } = changes
    const { organizationId } = ctx
    const changed = update({
      ...{ organizationId, connectionId },
      name: changes.name ?? before.name,
      jit: changes.jit ?? before.jit,
      defaultRoleId: changes.defaultRoleId === undefined ? before.defaultRoleId : changes.defaultRoleId,
      directoryId: changes.directoryId === undefined ? before.directoryId : changes.directoryId,
      isIdpInitiatedAllowed: changes.isIdpInitiatedAllowed ?? before.isIdpInitiatedAllowed,
      settings: JSON.stringify(changedSettings(before, changes)),
      secretSealed:
        clientSecret === undefined
          ? before.secretSealed
          : ctx.sealing.seal(requireOidc(before, clientSecret), connectionSecretPlace(organizationId, connectionId)),
      now: nowOf(ctx),
    })
    const detail = { ...shown, ...(clientSecret === undefined ? {} : { clientSecret: 'replaced' }) }
    const audit = { action: 'connection.update', targetType: 'connection', targetId: connectionId, detail } as const
    const [rows] = await tx.commitWith<Connection>(changed, recordAudit(ctx, audit))
    return rows?.[0] ?? before
  })
}

function requireOidc(connection: Connection, secret: string): string {
  if (connection.type === 'oidc' && connection.settings.clientAuthentication !== 'private_key_jwt') return secret
  throw invalidField('clientSecret', 'This connection has no client secret')
}

const samlOnly = [
  'signed',
  'isEncryptionRequired',
  'isSha1Allowed',
  'refusesExpiredCertificates',
  'groupSeparator',
  'nameIdIsEmail',
  'trustCertificates',
] as const

function changedSettings(before: Connection, changes: z.output<typeof UpdateConnectionInput>): Connection['settings'] {
  const { attributes, hostedDomains } = changes
  if (before.type === 'oidc') {
    const foreign = samlOnly.find((name) => changes[name] !== undefined)
    if (foreign !== undefined) throw invalidField(foreign, `${foreign} is a setting of SAML connections`)
    const { settings } = before
    return {
      ...settings,
      claims: { ...settings.claims, ...given(attributes ?? {}) },
      hostedDomains: hostedDomains === undefined ? settings.hostedDomains : hostedDomains,
      ...given({ secretExpiresAt: changes.secretExpiresAt }),
    }
  }
  if (changes.secretExpiresAt !== undefined)
    throw invalidField('secretExpiresAt', 'secretExpiresAt is a setting of OpenID Connect connections')
  if (hostedDomains !== undefined)
    throw invalidField('hostedDomains', 'hostedDomains is a setting of OpenID Connect connections')
  const { signed, isEncryptionRequired, isSha1Allowed, refusesExpiredCertificates, groupSeparator, nameIdIsEmail } =
    changes
  const { settings } = before
  return {
    ...settings,
    ...given({
      signed,
      isEncryptionRequired,
      isSha1Allowed,
      refusesExpiredCertificates,
      groupSeparator,
      nameIdIsEmail,
    }),
    attributes: { ...settings.attributes, ...given(attributes ?? {}) },
    certificates: trusted(settings.certificates, changes.trustCertificates ?? []),
  }
}

/** Without what is undefined. */
const given = <T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

function trusted(certificates: SamlSettings['certificates'], sha256s: readonly string[]): SamlSettings['certificates'] {
  const unknown = sha256s.find((sha256) => !certificates.some((certificate) => certificate.sha256 === sha256))
  if (unknown !== undefined) throw invalidField('trustCertificates', 'There is no such certificate')
  return certificates.map((certificate) =>
    sha256s.includes(certificate.sha256) ? { ...certificate, status: 'trusted' } : certificate,
  )
}
