// The settings of a connection with the changes that were asked for, each of which belongs to one protocol or to both.
import { z } from 'zod'
import { given, instantSchema, invalidField } from '#platform/input.ts'
import { readCertificate } from '../saml/certificates.ts'
import { certificateIn, fingerprintIn, otherKeyIn, privateKeyIn } from '../saml/recognize-keys.ts'
import {
  absentGroupsSchema,
  attributeNamesSchema,
  oidcSettingsSchema,
  type SamlSettings,
  samlSettingsSchema,
  secretAuthenticationSchema,
} from '../settings/settings.ts'
import { withEnd } from '../settings/weak-algorithms.ts'
import type { Connection, OidcConnection, SamlConnection } from './connections.ts'

const shared = {
  attributes: attributeNamesSchema.partial().optional(),
  groupSeparator: samlSettingsSchema.shape.groupSeparator.optional(),
  absentGroups: absentGroupsSchema.optional(),
}

const samlOnly = {
  signed: samlSettingsSchema.shape.signed.optional(),
  isEncryptionRequired: z.boolean().optional(),
  isSha1Allowed: z.boolean().optional(),
  isCbcAllowed: z.boolean().optional(),
  /** When either of them ends; in 90 days where it is left out. */
  weakAlgorithmsUntil: instantSchema.nullish(),
  refusesExpiredCertificates: z.boolean().optional(),
  nameIdIsEmail: z.boolean().optional(),
  subjectAttribute: samlSettingsSchema.shape.subjectAttribute,
  /** SHA-256 of certificates that came by a refresh and are found right. */
  trustCertificates: z.array(z.string()).max(20).optional(),
}

const oidcOnly = {
  hostedDomains: oidcSettingsSchema.shape.hostedDomains.optional(),
  clientSecret: z.string().min(1).max(4096).optional(),
  /** When the client secret runs out at the provider. */
  secretExpiresAt: instantSchema.nullish(),
  /** Some providers do not decode what client_secret_basic encodes (RFC 6749 2.3.1). */
  clientAuthentication: secretAuthenticationSchema.optional(),
}

/** What of the settings may be changed. */
export const settingsChange = { ...shared, ...samlOnly, ...oidcOnly }

const settingsChangeSchema = z.strictObject(settingsChange)

export type SettingsChange = z.output<typeof settingsChangeSchema>

/** @throws AppError invalid naming a setting that is of the other protocol, or wrong */
export function changedSettings(before: Connection, changes: SettingsChange, now: Date): Connection['settings'] {
  return before.type === 'oidc' ? changedOidc(before, changes) : changedSaml(before, changes, now)
}

function forbid(names: object, changes: SettingsChange, protocol: string): void {
  const foreign = Object.keys(names).find((name) => changes[name as keyof SettingsChange] !== undefined)
  if (foreign !== undefined) throw invalidField(foreign, `${foreign} is a setting of ${protocol} connections`)
}

function changedOidc({ settings }: OidcConnection, changes: SettingsChange): OidcConnection['settings'] {
  forbid(samlOnly, changes, 'SAML')
  const { attributes, clientAuthentication } = changes
  if (
    settings.clientAuthentication === 'private_key_jwt' &&
    (clientAuthentication ?? changes.clientSecret) !== undefined
  )
    throw invalidField(
      clientAuthentication === undefined ? 'clientSecret' : 'clientAuthentication',
      'This connection has a key and no client secret',
    )
  const { hostedDomains, secretExpiresAt, groupSeparator, absentGroups } = changes
  return {
    ...settings,
    ...given({ hostedDomains, secretExpiresAt, groupSeparator, absentGroups, clientAuthentication }),
    claims: { ...settings.claims, ...given(attributes ?? {}) },
  }
}

function changedSaml({ settings }: SamlConnection, changes: SettingsChange, now: Date): SamlSettings {
  forbid(oidcOnly, changes, 'OpenID Connect')
  const { attributes, trustCertificates = [], isSha1Allowed, isCbcAllowed, weakAlgorithmsUntil, ...plain } = changes
  const weak = given({ isSha1Allowed, isCbcAllowed, weakAlgorithmsUntil })
  const { signed, isEncryptionRequired, refusesExpiredCertificates, nameIdIsEmail, subjectAttribute } = plain
  const { groupSeparator, absentGroups } = plain
  return {
    ...settings,
    ...given({ signed, isEncryptionRequired, refusesExpiredCertificates, nameIdIsEmail, subjectAttribute }),
    ...given({ groupSeparator, absentGroups }),
    ...(Object.keys(weak).length === 0 ? {} : withEnd({ ...weakOf(settings), ...weak }, now)),
    attributes: { ...settings.attributes, ...given(attributes ?? {}) },
    certificates: trusted(settings.certificates, trustCertificates),
  }
}

const weakOf = ({ isSha1Allowed, isCbcAllowed, weakAlgorithmsUntil }: SamlSettings) =>
  given({ isSha1Allowed, isCbcAllowed, weakAlgorithmsUntil })

/** A fingerprint as it is shown anywhere, with colons or capitals too, or the certificate itself. */
function trusted(certificates: SamlSettings['certificates'], named: readonly string[]): SamlSettings['certificates'] {
  const sha256s = named.map(sha256Of)
  const unknown = sha256s.some((sha256) => !certificates.some((certificate) => certificate.sha256 === sha256))
  if (unknown) throw invalidField('trustCertificates', 'There is no such certificate')
  return certificates.map((certificate) =>
    sha256s.includes(certificate.sha256) ? { ...certificate, status: 'trusted' } : certificate,
  )
}

/** @throws AppError invalid for what names no certificate, saying what it is */
function sha256Of(text: string): string {
  const hash = fingerprintIn(text)
  if (hash?.kind === 'SHA-256') return hash.digits
  const is = hash === undefined ? (privateKeyIn(text) ?? otherKeyIn(text)) : `a fingerprint by ${hash.kind}`
  if (is !== undefined)
    throw invalidField('trustCertificates', `This is ${is}. Give the SHA-256 of a certificate of the connection`)
  return certificateIn(text) === undefined ? text : readCertificate(text, 'trusted').sha256
}
