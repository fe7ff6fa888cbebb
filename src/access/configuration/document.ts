// Configuration as code: what a document may say of an organization. A section that it leaves out is left alone, and so is a field of
// an item. Things are named as people name them: brands by slug, roles by key, the rest by name; ids differ from place to place.
import { z } from 'zod'
import { presetNames } from '#connections/providers/providers.ts'
import { absentGroupsSchema, attributeNamesSchema, samlSettingsSchema } from '#connections/settings/settings.ts'
import { instantSchema, nameSchema } from '#platform/input.ts'
import { slugSchema } from '../ground/slug.ts'
import { SettingsInput } from '../organizations/settings.ts'

/** Where a secret lies: documents are shown around, secrets are not. */
export const secretReference = z
  .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })])
  .meta({ description: 'The name of an environment variable, or a file, of whoever applies the document' })

export type SecretReference = z.output<typeof secretReference>

/** Blocks of YAML end with a line break. */
const trimmed = z.string().trim()
const named = trimmed.min(1)

const permissions = z.array(trimmed).max(500)
const roleKeys = z.array(trimmed).max(50)
const brand = z
  .string()
  .nullable()
  .optional()
  .meta({ description: 'The slug of a brand; without it, the organization' })

const Organization = z.strictObject({
  name: nameSchema.optional(),
  administratorBrandAccess: z.enum(['explicit', 'implicit']).optional(),
  roleStrategy: z.enum(['union', 'highest']).optional(),
  secondPerson: z.enum(['never', 'privileged']).optional(),
})

const Role = z
  .strictObject({
    key: trimmed,
    name: nameSchema,
    purpose: trimmed,
    rank: z.int().optional(),
    allows: permissions.optional(),
    denies: permissions.optional(),
    owner: z.string().nullable().optional(),
    reviewAt: instantSchema.nullable().optional(),
  })
  // Denied is denied, whatever allows it besides; so it is kept, too.
  .transform(({ allows, ...role }) => ({
    ...role,
    ...(allows === undefined ? {} : { allows: allows.filter((permission) => !role.denies?.includes(permission)) }),
  }))

const Mapping = z
  .strictObject({
    group: named.optional().meta({ description: 'What the group is called' }),
    directory: z.string().nullable().optional().meta({
      description: 'Of which directory; null for a group that is kept here; needed where several are called so',
    }),
    filter: named.optional().meta({ description: 'A SCIM filter over the user, in place of a group' }),
    role: named.meta({ description: 'The key of a role' }),
    brand,
  })
  .refine(({ group, filter }) => (group === undefined) !== (filter === undefined), {
    path: ['group'],
    message: 'a mapping is of a group or of a filter: name one of them',
  })

const Policy = z.strictObject({
  name: nameSchema,
  permission: trimmed,
  brand,
  exceptRoles: roleKeys.optional(),
})

const Side = z
  .strictObject({ role: z.string().optional(), permission: z.string().optional() })
  .refine(({ role, permission }) => (role === undefined) !== (permission === undefined), {
    message: 'is a role or a permission, one of the two',
  })

const SeparationRule = z.strictObject({
  name: nameSchema,
  purpose: trimmed,
  mode: z.enum(['watch', 'enforce']).optional(),
  first: Side,
  second: Side,
  exceptRoles: roleKeys.optional(),
})

const Directory = z.strictObject({
  name: nameSchema,
  status: z.enum(['active', 'disabled']).optional(),
  arrivals: z.enum(['active', 'staged']).optional(),
  adoption: z.enum(['verified_domain', 'always', 'never', 'confirm']).optional(),
  brake: z.enum(['on', 'off']).optional(),
  brakePeople: z.int().nullable().optional(),
  brakeShare: z.int().nullable().optional(),
  brakeMinutes: z.int().optional(),
})

const connectionOfAnyKind = {
  name: nameSchema,
  preset: z.enum(presetNames).optional(),
  jit: z.enum(['off', 'verified_domains', 'approval']).optional(),
  defaultRole: z.string().nullable().optional(),
  directory: z.string().nullable().optional(),
  absentGroups: absentGroupsSchema.optional(),
  groupSeparator: samlSettingsSchema.shape.groupSeparator.optional(),
  attributes: attributeNamesSchema.partial().optional(),
}

const Connection = z.discriminatedUnion('type', [
  z.strictObject({
    ...connectionOfAnyKind,
    type: z.literal('saml'),
    metadataUrl: z.string().nullable().optional(),
    metadataXml: z.string().optional().meta({ description: 'For a new connection whose metadata is not published' }),
    entityId: z.string().optional(),
    isIdpInitiatedAllowed: z.boolean().optional(),
    signed: samlSettingsSchema.shape.signed.optional(),
    isEncryptionRequired: z.boolean().optional(),
    nameIdIsEmail: z.boolean().optional(),
    subjectAttribute: samlSettingsSchema.shape.subjectAttribute,
    refusesExpiredCertificates: z.boolean().optional(),
  }),
  z.strictObject({
    ...connectionOfAnyKind,
    type: z.literal('oidc'),
    issuer: z.string(),
    clientId: z.string(),
    clientSecret: secretReference.optional(),
    clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt']).optional(),
    hostedDomains: z.array(z.string()).nullable().optional(),
  }),
])

const uris = z.array(z.string())

const Application = z.strictObject({
  name: nameSchema,
  status: z.enum(['active', 'disabled']).optional(),
  kind: z.enum(['confidential', 'public']).optional(),
  redirectUris: uris,
  postLogoutRedirectUris: uris.optional(),
  browserOrigins: uris.optional(),
  backchannelLogoutUri: z.string().nullable().optional(),
  isPkceRequired: z.boolean().optional(),
  idTokenAlgorithm: z.enum(['RS256', 'ES256']).optional(),
  brandsClaim: z.enum(['objects', 'slugs']).optional(),
  isDeviceFlowAllowed: z.boolean().optional(),
  isDpopRequired: z.boolean().optional(),
  jwks: z
    .strictObject({ keys: z.array(z.record(z.string(), z.unknown())) })
    .nullable()
    .optional(),
  jwksUri: z.string().nullable().optional(),
  resources: z
    .array(z.strictObject({ uri: z.string(), format: z.enum(['opaque', 'jwt']), lifetimeSeconds: z.int().optional() }))
    .optional(),
  servedResources: uris.optional(),
  accessClaims: z.enum(['always', 'by_scope']).optional(),
  claimMappings: z.array(z.strictObject({ claim: z.string(), attribute: z.string() })).optional(),
})

const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(5_000).optional()

export const Configuration = z
  .strictObject({
    version: z.literal(1),
    organization: Organization.optional(),
    settings: SettingsInput.omit({ name: true }).strict().optional(),
    rolePacks: listOf(z.string()),
    brands: listOf(z.strictObject({ slug: slugSchema, name: nameSchema })),
    roles: listOf(Role).meta({ description: 'Roles of the organization’s own; those of role packs stay as they are' }),
    mappings: listOf(Mapping),
    policies: listOf(Policy),
    separationRules: listOf(SeparationRule),
    directories: listOf(Directory),
    connections: listOf(Connection),
    applications: listOf(Application),
  })
  .meta({ title: 'Configuration of an organization of Rolecall' })

export type ConfigurationInput = z.input<typeof Configuration>
export type ConfigurationDocument = z.output<typeof Configuration>

/** What has one item for the whole organization, and what has a list of them, in the order in which they are made. */
export const singleSections = ['organization', 'settings'] as const
export const listSections = [
  ...(['rolePacks', 'brands', 'roles', 'directories', 'applications', 'policies', 'separationRules'] as const),
  ...(['mappings', 'connections'] as const),
] as const

export type ListSection = (typeof listSections)[number]
export type SectionName = (typeof singleSections)[number] | ListSection

/** An item as the document has it. */
export type Item = Record<string, unknown>
