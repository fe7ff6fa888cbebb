// A host product is registered: it gets a client_id and a secret, and tokens only ever go to the addresses given here.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { issueSecret } from '#platform/crypto.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, requireReach } from '#src/context.ts'
import {
  type ApplicationRecord,
  applicationColumns,
  applicationOptions,
  applicationSecretPlace,
} from './applications.ts'
import { applicationUris, checkBackchannel } from './uris.ts'

const CreateApplicationInput = z.object({
  name: nameSchema,
  redirectUris: applicationUris.redirectUris,
  postLogoutRedirectUris: applicationUris.postLogoutRedirectUris.optional(),
  backchannelLogoutUri: applicationUris.backchannelLogoutUri.optional(),
  isPkceRequired: applicationOptions.isPkceRequired.default(true),
  idTokenAlgorithm: applicationOptions.idTokenAlgorithm.default('RS256'),
  brandsClaim: applicationOptions.brandsClaim.default('objects'),
})

export type CreateApplicationInput = z.input<typeof CreateApplicationInput>

type Parameters = {
  organizationId: string
  id: string
  name: string
  secretSealed: string
  redirectUris: string
  postLogoutRedirectUris: string
  backchannelLogoutUri: string | null
  isPkceRequired: boolean
  idTokenAlgorithm: string
  brandsClaim: string
  now: string
}

const insert = prepared<Parameters, ApplicationRecord>(
  (p) => sql`insert into applications as a (organization_id, id, name, secret_sealed, redirect_uris,
      post_logout_redirect_uris, backchannel_logout_uri, is_pkce_required, id_token_algorithm, brands_claim, created_at, updated_at)
    values (${p.organizationId}, ${p.id}, ${p.name}, ${p.secretSealed}, ${p.redirectUris}::jsonb,
      ${p.postLogoutRedirectUris}::jsonb, ${p.backchannelLogoutUri}, ${p.isPkceRequired}, ${p.idTokenAlgorithm},
      ${p.brandsClaim}, ${p.now}::timestamptz, ${p.now}::timestamptz)
    returning ${applicationColumns}`,
)

/** @returns the application and its secret, which is shown this once. @throws AppError invalid; forbidden (reason `ceiling`) */
export async function createApplication(
  ctx: CallContext,
  input: CreateApplicationInput,
): Promise<{ application: ApplicationRecord; clientSecret: string }> {
  requirePermission(ctx, 'applications.write')
  const { name, redirectUris, ...optional } = parseInput(CreateApplicationInput, input)
  const { postLogoutRedirectUris = [], backchannelLogoutUri = null, ...options } = optional
  checkBackchannel(ctx, backchannelLogoutUri)
  const [id, { organizationId }] = [ctx.ids.next('app'), ctx]
  const { plain } = issueSecret('rca', ctx.randomBytes)
  const statement = insert({
    ...{ organizationId, id, name, backchannelLogoutUri, ...options },
    secretSealed: ctx.sealing.seal(plain, applicationSecretPlace(organizationId, id)),
    redirectUris: JSON.stringify(redirectUris),
    postLogoutRedirectUris: JSON.stringify(postLogoutRedirectUris),
    now: nowOf(ctx),
  })
  const detail = { name, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, ...options }
  const audit = recordAudit(ctx, { action: 'application.create', targetType: 'application', targetId: id, detail })
  const [rows] = await inTransaction(ctx, async (tx) => {
    await requireReach(tx, ctx, { kind: 'application' })
    return tx.commitWith<ApplicationRecord>(statement, audit)
  })
  const application = rows?.[0]
  if (application === undefined) throw new Error('The insert returned no row')
  return { application, clientSecret: plain }
}
