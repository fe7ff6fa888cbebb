// Applications: the host products that trust Rolecall, and how they are read. An application's id is its client_id.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import type { KeyScope } from '../grants/managers/key-scope.ts'
import type { ClaimMapping } from './claim-mappings.ts'
import type { PublicKeySet } from './public-keys.ts'
import type { ApplicationResource } from './resources.ts'

/** What an application may want otherwise. */
export const applicationOptions = {
  /** False for one that knows no PKCE and keeps its secret to itself. */
  isPkceRequired: z.boolean(),
  /** By which keys its ID tokens and logout tokens are signed. */
  idTokenAlgorithm: z.enum(['RS256', 'ES256']),
  /** How its tokens list brands: as objects with their roles, or by their slugs alone. */
  brandsClaim: z.enum(['objects', 'slugs']),
  /** True for one that may sign people in on devices without a browser (RFC 8628). */
  isDeviceFlowAllowed: z.boolean(),
  /** True for one whose tokens are bound to a key of its own (RFC 9449). */
  isDpopRequired: z.boolean(),
  /** Whether its tokens say organization, roles and brands unasked, or each by its scope. */
  accessClaims: z.enum(['always', 'by_scope']),
}

type ApplicationOptions = { [Name in keyof typeof applicationOptions]: z.output<(typeof applicationOptions)[Name]> }

/** `confidential`: keeps a secret on a server; `public`: cannot keep one; `machine`: signs nobody in and acts for itself. */
export const applicationKinds = ['confidential', 'public', 'machine'] as const

export type ApplicationKind = (typeof applicationKinds)[number]

export type ApplicationRecord = {
  id: string
  kind: ApplicationKind
  name: string
  status: 'active' | 'disabled'
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  backchannelLogoutUri: string | null
  /** Whose pages may call the endpoints for tokens. */
  browserOrigins: string[]
  /** What a machine may do; null for all others. */
  rights: KeyScope | null
  /** Public keys by which it proves who it is, in place of its secret (RFC 7523); or where they are published. */
  jwks: PublicKeySet | null
  jwksUri: string | null
  /** What it may ask access tokens for (RFC 8707). */
  resources: ApplicationResource[]
  /** URIs of what it serves itself: it may look into tokens for these (RFC 7662). */
  servedResources: string[]
  claimMappings: ClaimMapping[]
} & ApplicationOptions & {
    createdAt: string
    updatedAt: string
  }

/** The columns of an ApplicationRecord, for `applications a`. */
export const applicationColumns = sql`a.id, a.kind, a.name, a.status, a.redirect_uris as "redirectUris",
  a.post_logout_redirect_uris as "postLogoutRedirectUris", a.backchannel_logout_uri as "backchannelLogoutUri",
  a.browser_origins as "browserOrigins", a.rights,
  a.is_pkce_required as "isPkceRequired", a.id_token_algorithm as "idTokenAlgorithm", a.brands_claim as "brandsClaim",
  a.is_device_flow_allowed as "isDeviceFlowAllowed", a.is_dpop_required as "isDpopRequired", a.jwks, a.jwks_uri as "jwksUri",
  a.resources, a.served_resources as "servedResources", a.access_claims as "accessClaims",
  a.claim_mappings as "claimMappings",
  a.created_at as "createdAt", a.updated_at as "updatedAt"`

const selectApplications = prepared<
  { organizationId: string; after: string | null; limit: number | null },
  ApplicationRecord
>(
  (p) => sql`select ${applicationColumns} from applications a
    where a.organization_id = ${p.organizationId} and (${p.after}::text is null or a.id > ${p.after})
    order by a.id limit ${p.limit}::int`,
)

const selectApplication = prepared<{ organizationId: string; applicationId: string }, ApplicationRecord>(
  (p) => sql`select ${applicationColumns} from applications a
    where a.organization_id = ${p.organizationId} and a.id = ${p.applicationId}`,
)

const lockApplication = prepared<{ organizationId: string; applicationId: string }, ApplicationRecord>(
  (p) => sql`select ${applicationColumns} from applications a
    where a.organization_id = ${p.organizationId} and a.id = ${p.applicationId} for no key update`,
)

/** What is kept as JSON, as the database takes it. */
export const textsOf = ({
  redirectUris,
  postLogoutRedirectUris,
  browserOrigins,
  rights,
  jwks,
  resources,
  servedResources,
  claimMappings,
}: Pick<
  ApplicationRecord,
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'browserOrigins'
  | 'rights'
  | 'jwks'
  | 'resources'
  | 'servedResources'
  | 'claimMappings'
>) => ({
  redirectUris: JSON.stringify(redirectUris),
  postLogoutRedirectUris: JSON.stringify(postLogoutRedirectUris),
  browserOrigins: JSON.stringify(browserOrigins),
  rights: rights === null ? null : JSON.stringify(rights),
  jwks: jwks === null ? null : JSON.stringify(jwks),
  resources: JSON.stringify(resources),
  servedResources: JSON.stringify(servedResources),
  claimMappings: JSON.stringify(claimMappings),
})

/** Takes back every code, grant and token that the application holds. */
export const dropTokens = prepared<{ organizationId: string; applicationId: string }, never>(
  (p) => sql`select drop_provider_artifacts_of_application(${p.organizationId}, ${p.applicationId})`,
)

/** Where the secret of an application belongs. */
export const applicationSecretPlace = (organizationId: string, applicationId: string): SealPlace => [
  'applications',
  'secret_sealed',
  organizationId,
  applicationId,
]

/** The organization's applications in order of creation, those after an id and as many as asked for. */
export async function listApplications(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<ApplicationRecord[]> {
  requirePermission(ctx, 'applications.read')
  const { organizationId } = ctx
  const statement = selectApplications({ organizationId, after: page.after ?? null, limit: page.limit ?? null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's application */
export async function getApplication(ctx: CallContext, applicationId: string): Promise<ApplicationRecord> {
  requirePermission(ctx, 'applications.read')
  if (!isId('app', applicationId)) return refuseUnknown(ctx, 'Application')
  const statement = selectApplication({ organizationId: ctx.organizationId, applicationId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const application = rows?.[0]
  if (application === undefined) throw notFound('Application')
  return application
}

/** Reads the application and keeps others from changing it until the transaction ends. @throws AppError not_found */
export async function lockApplicationRow(
  tx: Transaction,
  ctx: CallContext,
  applicationId: string,
): Promise<ApplicationRecord> {
  const [application] = await tx.run(lockApplication({ organizationId: ctx.organizationId, applicationId }))
  if (application === undefined) throw notFound('Application')
  return application
}
