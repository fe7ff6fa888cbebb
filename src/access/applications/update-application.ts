// An application changes its addresses or name, or is switched off and on. Switched off, whatever it holds is gone for good.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { issueSecret } from '#platform/crypto.ts'
import { isId } from '#platform/ids.ts'
import { given, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import {
  type ApplicationRecord,
  applicationColumns,
  applicationOptions,
  applicationSecretPlace,
  dropTokens,
  lockApplicationRow,
  textsOf,
} from './applications.ts'
import { claimMappingsSchema } from './claim-mappings.ts'
import { checkKind, requireControl, requireGivableRights, rightsSchema } from './kinds.ts'
import { hasKeys, keyFields } from './public-keys.ts'
import { checkResources, resourceFields } from './resources.ts'
import { applicationUris, checkOutgoing } from './uris.ts'

const UpdateApplicationInput = z.object({
  applicationId: z.string(),
  name: nameSchema.optional(),
  status: z.enum(['active', 'disabled']).optional(),
  redirectUris: applicationUris.redirectUris.optional(),
  postLogoutRedirectUris: applicationUris.postLogoutRedirectUris.optional(),
  backchannelLogoutUri: applicationUris.backchannelLogoutUri.optional(),
  browserOrigins: applicationUris.browserOrigins.optional(),
  rights: rightsSchema.optional(),
  isPkceRequired: applicationOptions.isPkceRequired.optional(),
  idTokenAlgorithm: applicationOptions.idTokenAlgorithm.optional(),
  brandsClaim: applicationOptions.brandsClaim.optional(),
  isDeviceFlowAllowed: applicationOptions.isDeviceFlowAllowed.optional(),
  isDpopRequired: applicationOptions.isDpopRequired.optional(),
  jwks: keyFields.jwks.optional(),
  jwksUri: keyFields.jwksUri.optional(),
  resources: resourceFields.resources.optional(),
  servedResources: resourceFields.servedResources.optional(),
  accessClaims: applicationOptions.accessClaims.optional(),
  claimMappings: claimMappingsSchema.optional(),
})

export type UpdateApplicationInput = z.input<typeof UpdateApplicationInput>

type Parameters = {
  organizationId: string
  applicationId: string
  name: string
  status: string
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
  /** Another secret; null: as it was. */
  secretSealed: string | null
  now: string
}

const update = prepared<Parameters, ApplicationRecord>(
  (p) => sql`update applications a set name = ${p.name}, status = ${p.status}, redirect_uris = ${p.redirectUris}::jsonb,
      post_logout_redirect_uris = ${p.postLogoutRedirectUris}::jsonb,
      backchannel_logout_uri = ${p.backchannelLogoutUri}, browser_origins = ${p.browserOrigins}::jsonb,
      rights = ${p.rights}::jsonb, is_pkce_required = ${p.isPkceRequired}::boolean,
      id_token_algorithm = ${p.idTokenAlgorithm}, brands_claim = ${p.brandsClaim},
      is_device_flow_allowed = ${p.isDeviceFlowAllowed}::boolean, is_dpop_required = ${p.isDpopRequired}::boolean,
      jwks = ${p.jwks}::jsonb, jwks_uri = ${p.jwksUri},
      resources = ${p.resources}::jsonb, served_resources = ${p.servedResources}::jsonb,
      access_claims = ${p.accessClaims}, claim_mappings = ${p.claimMappings}::jsonb, secret_sealed = coalesce(${p.secretSealed}, secret_sealed),
      updated_at = ${p.now}::timestamptz
    where a.organization_id = ${p.organizationId} and a.id = ${p.applicationId} returning ${applicationColumns}`,
)

/** @returns the application as it is now. @throws AppError not_found, invalid; forbidden (reason `ceiling`) */
export async function updateApplication(ctx: CallContext, input: UpdateApplicationInput): Promise<ApplicationRecord> {
  requirePermission(ctx, 'applications.write')
  const { applicationId, ...wanted } = parseInput(UpdateApplicationInput, input)
  checkResources(ctx, wanted)
  checkOutgoing(ctx, wanted.backchannelLogoutUri, wanted.jwksUri)
  if (!isId('app', applicationId)) return refuseUnknown(ctx, 'Application')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const before = await lockApplicationRow(tx, ctx, applicationId)
    const { rights: asked = before.rights, ...rest } = wanted
    const rights = checkKind({ ...before, ...given(rest), rights: asked })
    const changes = changesOf(before, { ...rest, rights })
    if (Object.keys(changes).length === 0) return before
    if (Object.keys(changes).some((name) => name !== 'name')) await requireControl(tx, ctx, before)
    if (rights !== null && changes.rights !== undefined) await requireGivableRights(tx, ctx, rights)
    const after = { ...before, ...changes }
    const secretSealed = hasKeys(after) && !hasKeys(before) ? unknownSecret(ctx, applicationId) : null
    const parameters = { organizationId, applicationId, ...after, ...textsOf(after), secretSealed }
    const write = update({ ...parameters, now: nowOf(ctx) })
    const detail = { after: changes, before: pick(before, Object.keys(changes)) }
    const entry = {
      action: 'application.update',
      targetType: 'application',
      targetId: applicationId,
      detail,
    } as const
    const drop = changes.status === 'disabled' ? [dropTokens({ organizationId, applicationId })] : []
    const [rows] = await tx.commitWith<ApplicationRecord>(write, ...drop, recordAudit(ctx, entry))
    return rows?.[0] ?? before
  })
}

/** Once an application has keys, the secret that it had before does not come back with their end. */
function unknownSecret(ctx: CallContext, applicationId: string): string {
  const { plain } = issueSecret('rca', ctx.randomBytes)
  return ctx.sealing.seal(plain, applicationSecretPlace(ctx.organizationId, applicationId))
}

type Changes = Partial<ApplicationRecord>

const changesOf = (before: ApplicationRecord, wanted: { [Key in keyof Changes]: Changes[Key] | undefined }): Changes =>
  Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) =>
        value !== undefined && JSON.stringify(value) !== JSON.stringify(before[name as keyof ApplicationRecord]),
    ),
  )

const pick = (record: ApplicationRecord, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)))
