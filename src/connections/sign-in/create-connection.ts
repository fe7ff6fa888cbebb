// A new connection: what the preset knows, what the provider's metadata or discovery says, and keys of our own.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { instantSchema, invalidField, nameSchema, parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  requirePermission,
  requireReach,
  type Transaction,
} from '#src/context.ts'
import { directoryById } from '../directories/directories.ts'
import { presetNames, presets } from '../providers/providers.ts'
import { createKeyPair } from '../saml/certificates.ts'
import type { IdpMetadata } from '../saml/metadata.ts'
import { absentGroupsSchema, type OidcSettings, type SamlSettings, samlSettingsSchema } from '../settings/settings.ts'
import { withEnd } from '../settings/weak-algorithms.ts'
import { createClientKey } from './client-key.ts'
import { type Connection, connectionColumns, connectionSecretPlace, type RequireDefaultRole } from './connections.ts'
import { secretAuthenticationOf } from './discovery.ts'
import { absentGroupsOf } from './group-rule.ts'
import { readMetadata } from './read-metadata.ts'
import { maxPasted, readProvider } from './read-provider.ts'

const common = {
  name: nameSchema.optional(),
  preset: z.enum(presetNames).default('generic'),
  jit: z.enum(['off', 'verified_domains', 'approval']).default('off'),
  defaultRoleId: z.string().nullish(),
  directoryId: z.string().nullish(),
  absentGroups: absentGroupsSchema.optional(),
  groupSeparator: samlSettingsSchema.shape.groupSeparator.default(null),
}

const CreateSaml = z.strictObject({
  ...common,
  type: z.literal('saml'),
  /** The provider's metadata as XML, or where it is published. */
  metadataXml: z.string().optional(),
  metadataUrl: z.string().optional(),
  /** Which provider, where the metadata has several. */
  entityId: z.string().optional(),
  isIdpInitiatedAllowed: z.boolean().default(false),
  signed: z.enum(['either', 'assertion', 'response', 'both']).default('either'),
  isEncryptionRequired: z.boolean().default(false),
  isSha1Allowed: z.boolean().default(false),
  isCbcAllowed: z.boolean().default(false),
  weakAlgorithmsUntil: instantSchema.nullish(),
  nameIdIsEmail: z.boolean().default(false),
  subjectAttribute: samlSettingsSchema.shape.subjectAttribute,
})

const CreateOidc = z.strictObject({
  ...common,
  type: z.literal('oidc'),
  /** Also what it stands in: the address or the text of the discovery document. */
  issuer: z.string().min(1).max(maxPasted),
  clientId: z.string().min(1).max(maxPasted),
  clientSecret: z.string().min(1).max(4096).optional(),
  clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt']).optional(),
  hostedDomains: z.array(z.string()).optional(),
})

export const createConnectionInput = z.discriminatedUnion('type', [CreateSaml, CreateOidc])

export type CreateConnectionInput = z.input<typeof createConnectionInput>

type Made = { settings: SamlSettings | OidcSettings; secret: string | null; metadata?: IdpMetadata }

type Parameters = {
  organizationId: string
  id: string
  type: string
  preset: string
  name: string
  settings: string
  secretSealed: string | null
  directoryId: string | null
  jit: string
  defaultRoleId: string | null
  isIdpInitiatedAllowed: boolean
  refreshedAt: string | null
  now: string
}

/** A new connection, as a draft. */
export const insertConnection = prepared<Parameters, Connection>(
  (p) => sql`insert into connections as c (organization_id, id, type, preset, name, status, settings, secret_sealed,
      directory_id, jit, default_role_id, is_idp_initiated_allowed, refreshed_at, created_at, updated_at)
    values (${p.organizationId}, ${p.id}, ${p.type}, ${p.preset}, ${p.name}, 'draft', ${p.settings}::jsonb,
      ${p.secretSealed}, ${p.directoryId}, ${p.jit}, ${p.defaultRoleId}, ${p.isIdpInitiatedAllowed},
      ${p.refreshedAt}::timestamptz, ${p.now}::timestamptz, ${p.now}::timestamptz)
    returning ${connectionColumns}`,
)

/**
 * Creates a connection as a draft: it serves test sign-ins until somebody opens it.
 * @throws AppError invalid (reasons `metadata`, `certificate`, `address`, `unreachable`) naming what the provider's side lacks
 */
export async function createConnection(
  ctx: CallContext,
  input: CreateConnectionInput,
  requireDefaultRole: RequireDefaultRole,
): Promise<Connection> {
  requirePermission(ctx, 'connections.write')
  const wanted = parseInput(createConnectionInput, input)
  const [id, now, { organizationId }] = [ctx.ids.next('con'), nowOf(ctx), ctx]
  const made = wanted.type === 'saml' ? await makeSaml(ctx, wanted, id) : await makeOidc(ctx, wanted)
  const name = wanted.name ?? `${presets[wanted.preset].title} (${wanted.type === 'saml' ? 'SAML' : 'OpenID Connect'})`
  const { type, preset, jit } = wanted
  const insert = insertConnection({
    ...{ organizationId, id, type, preset, name, jit, now },
    settings: JSON.stringify(made.settings),
    secretSealed:
      made.secret === null ? null : ctx.sealing.seal(made.secret, connectionSecretPlace(organizationId, id)),
    directoryId: wanted.directoryId ?? null,
    defaultRoleId: wanted.defaultRoleId ?? null,
    isIdpInitiatedAllowed: wanted.type === 'saml' && wanted.isIdpInitiatedAllowed,
    refreshedAt: made.metadata === undefined ? null : now,
  })
  const detail = { name, type, preset, jit, provider: providerOf(made.settings) }
  const audit = recordAudit(ctx, { action: 'connection.create', targetType: 'connection', targetId: id, detail })
  return inTransaction(ctx, async (tx) => {
    await requireDirectory(tx, ctx, wanted.directoryId)
    if (wanted.defaultRoleId != null) await requireDefaultRole(tx, ctx, wanted.defaultRoleId)
    const [rows] = await tx.commitWith<Connection>(insert, audit)
    const [created] = rows ?? []
    if (created === undefined) throw new Error('The insert returned no row')
    return created
  })
}

/** @throws AppError invalid where the organization has no such directory; forbidden (reason `ceiling`) */
export async function requireDirectory(
  tx: Transaction,
  ctx: CallContext,
  directoryId: string | null | undefined,
): Promise<void> {
  if (directoryId === null || directoryId === undefined) return
  const [directory] = await tx.run(directoryById({ organizationId: ctx.organizationId, directoryId }))
  if (directory === undefined) throw invalidField('directoryId', 'There is no such directory')
  await requireReach(tx, ctx, { kind: 'directory', directoryId })
}

const providerOf = (settings: SamlSettings | OidcSettings): string =>
  'issuer' in settings ? settings.issuer : settings.idpEntityId

async function makeSaml(ctx: CallContext, wanted: z.output<typeof CreateSaml>, id: string): Promise<Made> {
  const { preset } = wanted
  const { metadata, metadataUrl } = await readMetadata(ctx, wanted)
  const { certificate, privateKey } = await createKeyPair(id, ctx.clock.now())
  const { attributes, nameIdFormat } = presets[preset].saml
  const settings: SamlSettings = {
    idpEntityId: metadata.entityId,
    sso: metadata.sso,
    slo: metadata.slo,
    certificates: metadata.certificates,
    skippedCertificates: metadata.skippedCertificates,
    metadataUrl,
    signed: wanted.signed,
    isEncryptionRequired: wanted.isEncryptionRequired,
    signsRequests: true,
    nameIdFormat,
    nameIdIsEmail: wanted.nameIdIsEmail,
    subjectAttribute: wanted.subjectAttribute ?? null,
    attributes: copied(attributes),
    groupSeparator: wanted.groupSeparator,
    absentGroups: wanted.absentGroups ?? absentGroupsOf({ preset }),
    ...withEnd(wanted, ctx.clock.now()),
    refusesExpiredCertificates: false,
    spCertificate: certificate,
  }
  return { settings, secret: privateKey, metadata }
}

async function makeOidc(ctx: CallContext, wanted: z.output<typeof CreateOidc>): Promise<Made> {
  const { clientSecret, preset } = wanted
  // A provider that does not answer yet is looked into before the connection opens.
  const { issuer, clientId, document } = await readProvider(ctx, wanted, 'keep')
  const clientAuthentication =
    wanted.clientAuthentication ?? (clientSecret === undefined ? 'private_key_jwt' : secretAuthenticationOf(document))
  const usesKey = clientAuthentication === 'private_key_jwt'
  if (!usesKey && clientSecret === undefined) throw invalidField('clientSecret', 'Give the client secret')
  const key = usesKey ? await createClientKey(ctx) : undefined
  const defaults = presets[preset].oidc
  const settings: OidcSettings = {
    ...{ issuer, clientId, clientAuthentication },
    publicJwk: key?.publicJwk ?? null,
    scopes: [...defaults.scopes],
    claims: copied(defaults.claims),
    subjectClaims: [...defaults.subjectClaims],
    emailVerifiedClaim: defaults.emailVerifiedClaim,
    hostedDomains: defaults.hasHostedDomains === true ? (wanted.hostedDomains ?? []) : null,
    groupSeparator: wanted.groupSeparator,
    absentGroups: wanted.absentGroups ?? absentGroupsOf({ preset }),
    usesUserinfo: true,
  }
  return { settings, secret: key?.privateKey ?? clientSecret ?? null }
}

/** Lists of names of our own, so that a change of them changes no preset. */
export const copied = (names: (typeof presets)['generic']['saml']['attributes']): SamlSettings['attributes'] => ({
  email: [...names.email],
  firstName: [...names.firstName],
  lastName: [...names.lastName],
  displayName: [...names.displayName],
  externalId: [...names.externalId],
  groups: [...names.groups],
  roles: [...names.roles],
})
