// What a connection is told of its identity provider; kept as JSON, checked by these schemas when written.
import { z } from 'zod'

const names = z.array(z.string().min(1).max(200)).max(20)

/** Names of attributes (SAML) or claims (OIDC) for the parts of a profile. */
export const attributeNamesSchema = z.strictObject({
  email: names,
  firstName: names,
  lastName: names,
  displayName: names,
  externalId: names,
  groups: names,
  roles: names,
})

/** What a message means that leaves the groups out: nothing, or that the person is in none. */
export const absentGroupsSchema = z.enum(['kept', 'none'])

const groupSeparator = z.string().min(1).max(3).nullable()

const certificate = z.strictObject({
  /** The DER certificate in base64, without header lines. */
  value: z.string(),
  sha256: z.string(),
  subject: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  /** `pending`: came by a refresh that nobody vouched for, and waits for an administrator. */
  status: z.enum(['trusted', 'pending']),
})

export type SamlCertificate = z.infer<typeof certificate>

const binding = z.enum(['redirect', 'post'])

export const samlSettingsSchema = z.strictObject({
  idpEntityId: z.string().min(1).max(1024),
  sso: z.strictObject({ url: z.string(), binding }),
  slo: z.strictObject({ url: z.string(), responseUrl: z.string(), binding }).nullable(),
  certificates: z.array(certificate).min(1).max(20),
  /** Why certificates of the metadata were left out, a sentence each. */
  skippedCertificates: z.array(z.string()).optional(),
  metadataUrl: z.string().nullable(),
  /** What has to be signed; `either`: whichever of the two, as long as it covers the assertion. */
  signed: z.enum(['either', 'assertion', 'response', 'both']),
  isEncryptionRequired: z.boolean(),
  /** Sign our requests; always so for logout. */
  signsRequests: z.boolean(),
  nameIdFormat: z.string().nullable(),
  /** Takes a NameID that looks like an e-mail address for one, although its format does not say so. */
  nameIdIsEmail: z.boolean().optional(),
  /** The attribute that names the person instead of the NameID; it has to be one that is never given to another. */
  subjectAttribute: z.string().min(1).max(200).nullable().optional(),
  attributes: attributeNamesSchema,
  /** Splits a single value of the groups attribute; null where each group is a value of its own. */
  groupSeparator,
  absentGroups: absentGroupsSchema.optional(),
  /** Legacy providers: RSA-SHA1 signatures. Each use is noted. */
  isSha1Allowed: z.boolean(),
  /** Legacy providers: assertions encrypted by AES-CBC. */
  isCbcAllowed: z.boolean().optional(),
  /** Until when either of them is let through. */
  weakAlgorithmsUntil: z.string().nullable().optional(),
  /** A refused certificate that has run out; otherwise its use is noted. */
  refusesExpiredCertificates: z.boolean(),
  /** Our certificate, in the metadata; its key is sealed beside. */
  spCertificate: z.string(),
})

export type SamlSettings = z.infer<typeof samlSettingsSchema>

export const secretAuthenticationSchema = z.enum(['client_secret_basic', 'client_secret_post'])

export const oidcSettingsSchema = z.strictObject({
  issuer: z.string().min(1).max(1024),
  clientId: z.string().min(1).max(512),
  clientAuthentication: z.enum([...secretAuthenticationSchema.options, 'private_key_jwt']),
  /** private_key_jwt: the public JWK for the provider's administrator; the key is sealed beside. */
  publicJwk: z.record(z.string(), z.unknown()).nullable(),
  scopes: names,
  claims: attributeNamesSchema,
  subjectClaims: z.array(z.string().min(1)).min(1).max(3),
  emailVerifiedClaim: z.string().nullable(),
  /** Google: the `hd` claim has to be one of these; an empty list takes any Workspace, whose people then need a verified domain. */
  hostedDomains: z.array(z.string()).nullable(),
  /** As in SAML; absent on connections from before there was such a setting. */
  groupSeparator: groupSeparator.optional(),
  absentGroups: absentGroupsSchema.optional(),
  usesUserinfo: z.boolean(),
  /** When the client secret runs out at the provider, as the administrator read it there. */
  secretExpiresAt: z.string().nullable().optional(),
})

export type OidcSettings = z.infer<typeof oidcSettingsSchema>
