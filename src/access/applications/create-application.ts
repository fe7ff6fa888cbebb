// A host product is registered: it gets a client_id and, where it can keep one, a secret; tokens only ever go to the addresses
// given here.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { issueSecret } from '#platform/crypto.ts'
import { invalidField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, platformId, requirePermission, requireReach } from '#src/context.ts'
import {
  type ApplicationRecord,
  applicationColumns,
  applicationKinds,
  applicationOptions,
  applicationSecretPlace,
  textsOf,
} from './applications.ts'
import { claimMappingsSchema } from './claim-mappings.ts'
import { checkKind, requireGivableRights, rightsSchema } from './kinds.ts'
import { hasKeys, keyFields } from './public-keys.ts'
import { checkResources, resourceFields } from './resources.ts'
import { applicationUris, checkOutgoing } from './uris.ts'

const CreateApplicationInput = z.object({
  kind: z.enum(applicationKinds).default('confidential'),
  name: nameSchema,
  redirectUris: applicationUris.redirectUris.default([]),
  postLogoutRedirectUris: applicationUris.postLogoutRedirectUris.optional(),
  backchannelLogoutUri: applicationUris.backchannelLogoutUri.optional(),
  browserOrigins: applicationUris.browserOrigins.default([]),
  rights: rightsSchema.nullish(),
  isPkceRequired: applicationOptions.isPkceRequired.default(true),
  idTokenAlgorithm: applicationOptions.idTokenAlgorithm.default('RS256'),
  brandsClaim: applicationOptions.brandsClaim.default('objects'),
  isDeviceFlowAllowed: applicationOptions.isDeviceFlowAllowed.default(false),
  isDpopRequired: applicationOptions.isDpopRequired.default(false),
  jwks: keyFields.jwks.default(null),
  jwksUri: keyFields.jwksUri.default(null),
  resources: resourceFields.resources.default([]),
  servedResources: resourceFields.servedResources.default([]),
  accessClaims: applicationOptions.accessClaims.default('always'),
  claimMappings: claimMappingsSchema.default([]),
})

export type CreateApplicationInput = z.input<typeof CreateApplicationInput>

type Parameters = {
  organizationId: string
  id: string
  kind: string
  name: string
  secretSealed: string | null
  redirectUris: string
  postLogoutRedirectUris: string
  backchannelLogoutUri: string | null
  browserOrigins: string
  rights: string | null
  isPkceRequired: boolean
  idTokenAlgorithm: string
  brandsClaim: string
  isDeviceFlowAllowed: boolean
  isDpopRequired: boolean
  resources: string
  servedResources: string
  accessClaims: string
  claimMappings: string
  jwks: string | null
  jwksUri: string | null
  now: string
}

const insert = prepared<Parameters, ApplicationRecord>(
  (p) => sql`insert into applications as a (organization_id, id, kind, name, secret_sealed, redirect_uris,
      post_logout_redirect_uris, backchannel_logout_uri, browser_origins, rights, is_pkce_required, id_token_algorithm,
      brands_claim, is_device_flow_allowed, is_dpop_required, jwks, jwks_uri,
      resources, served_resources, access_claims, claim_mappings, created_at, updated_at)
    values (${p.organizationId}, ${p.id}, ${p.kind}, ${p.name}, ${p.secretSealed}, ${p.redirectUris}::jsonb,
      ${p.postLogoutRedirectUris}::jsonb, ${p.backchannelLogoutUri}, ${p.browserOrigins}::jsonb, ${p.rights}::jsonb,
      ${p.isPkceRequired}, ${p.idTokenAlgorithm}, ${p.brandsClaim}, ${p.isDeviceFlowAllowed}, ${p.isDpopRequired},
      ${p.jwks}::jsonb, ${p.jwksUri}, ${p.resources}::jsonb, ${p.servedResources}::jsonb, ${p.accessClaims},
      ${p.claimMappings}::jsonb, ${p.now}::timestamptz, ${p.now}::timestamptz)
    returning ${applicationColumns}`,
)

/**
 * @returns the application and its secret, which is shown this once; null for one that has none, or proves itself by a key
 * @throws AppError invalid; forbidden (reason `ceiling`); not_found for a brand of a machine's rights
 */
export async function createApplication(
  ctx: CallContext,
  input: CreateApplicationInput,
): Promise<{ application: ApplicationRecord; clientSecret: string | null }> {
  requirePermission(ctx, 'applications.write')
  const {
    postLogoutRedirectUris = [],
    backchannelLogoutUri = null,
    rights: asked = null,
    ...given
  } = parseInput(CreateApplicationInput, input)
  const wanted = { ...given, postLogoutRedirectUris, backchannelLogoutUri }
  const rights = checkKind({ ...wanted, rights: asked })
  if (rights !== null && ctx.organizationId === platformId)
    throw invalidField('kind', 'a machine belongs to one organization; use a platform key instead')
  checkResources(ctx, wanted)
  checkOutgoing(ctx, backchannelLogoutUri, wanted.jwksUri)
  const [id, { organizationId }] = [ctx.ids.next('app'), ctx]
  const clientSecret = wanted.kind === 'public' ? null : issueSecret('rca', ctx.randomBytes).plain
  const statement = insert({
    ...{ organizationId, id, ...wanted, ...textsOf({ ...wanted, rights }), now: nowOf(ctx) },
    secretSealed:
      clientSecret === null ? null : ctx.sealing.seal(clientSecret, applicationSecretPlace(organizationId, id)),
  })
  const detail = { ...wanted, rights }
  const audit = recordAudit(ctx, { action: 'application.create', targetType: 'application', targetId: id, detail })
  const [rows] = await inTransaction(ctx, async (tx) => {
    if (rights === null) await requireReach(tx, ctx, { kind: 'application' })
    else await requireGivableRights(tx, ctx, rights)
    return tx.commitWith<ApplicationRecord>(statement, audit)
  })
  const application = rows?.[0]
  if (application === undefined) throw new Error('The insert returned no row')
  return { application, clientSecret: hasKeys(application) ? null : clientSecret }
}
