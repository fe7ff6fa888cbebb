// What only keys of the platform ask for: new organizations, and their end.
import { z } from '@hono/zod-openapi'
import { exportOrganization } from '#access/organizations/export-organization.ts'
import { getOrganization } from '#access/organizations/organizations.ts'
import { deleteOrganization } from '#access/platform/organizations/delete-organization.ts'
import { getPlatformOrganization } from '#access/platform/organizations/platform-organizations.ts'
import { setUpOrganization } from '#access/platform/organizations/set-up-organization.ts'
import { download } from '#http/download.ts'
import { AppError } from '#platform/errors.ts'
import { given } from '#platform/input.ts'
import { type CallContext, platformId } from '#src/context.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf, problem } from '../contract/routes.ts'
import { orNull, slug } from '../contract/schemas.ts'
import { Brand } from './brands.ts'
import { Invitation } from './invitations.ts'
import { externalId, metadata, Organization, seatLimit } from './organization-shape.ts'
import { settingsFields } from './settings.ts'
import { NewSetupLink } from './setup-links.ts'

const operation = operationsOf('Platform')

const refused = { 403: problem('The key is no platform key, or lacks the scope') }

const { name: _, ...settings } = settingsFields

const CreateOrganization = z
  .strictObject({
    slug,
    name: z.string(),
    rolePack: z.string().optional().openapi({ description: '`mixer3` unless said otherwise' }),
    externalId: externalId.optional(),
    metadata: metadata.optional(),
    seatLimit: seatLimit.optional(),
    brands: z.array(z.strictObject({ slug, name: z.string() })).optional(),
    settings: z.strictObject(settings).partial().optional(),
    administrators: z
      .array(
        z.strictObject({
          email: z.string(),
          givenName: z.string().nullish(),
          familyName: z.string().nullish(),
        }),
      )
      .optional()
      .openapi({ description: 'Invited with the highest role of the pack' }),
    setupLink: z
      .strictObject({ label: z.string(), days: z.number().int().optional(), domains: z.array(z.string()).optional() })
      .nullish()
      .openapi({ description: 'A link by which their IT connects an identity provider, without an account' }),
  })
  .openapi('CreateOrganization')

const createRoute = operation('post', '/organizations', 'createOrganization', {
  summary: 'Create an organization with its roles, brands, settings, administrators and setup link, all or nothing',
  request: { body: jsonBody(CreateOrganization) },
  responses: {
    201: jsonAnswer(
      z
        .object({
          organization: Organization,
          brands: z.array(Brand),
          administrators: z.array(Invitation),
          setupLink: orNull(NewSetupLink),
        })
        .openapi('CreatedOrganization'),
      'What was made; the setup link is shown this once',
    ),
    ...refused,
  },
})

const deleteRoute = operation('delete', '/organizations/{id}', 'deleteOrganization', {
  summary: 'Delete an organization: suspended at once, erased when the retention ends',
  description: 'Until then it comes back by `PATCH` with `status: active`',
  request: {
    params: idParam,
    query: z.strictObject({
      retentionDays: z
        .string()
        .regex(/^\d{1,3}$/, 'must be a whole number from 0 to 365')
        .transform(Number)
        .optional()
        .openapi({ type: 'integer', description: '0 to 365; 30 unless said otherwise' }),
    }),
  },
  responses: { 202: jsonAnswer(Organization, 'The organization, with the time at which it is erased'), ...refused },
})

const exportRoute = operation('get', '/organizations/{id}/export', 'exportOrganization', {
  summary: 'Download everything of an organization, without secrets, as lines of JSON with `table` and `row`',
  description:
    'For keys that may do everything: of the organization itself, or of the platform with `access: everything`',
  request: { params: idParam },
  responses: {
    200: { description: 'All of it, as it is read', content: { 'application/x-ndjson': { schema: z.string() } } },
  },
})

/** @throws AppError forbidden for keys of an organization, and for those of the platform inside of one */
function requireAbove(ctx: CallContext): void {
  if (ctx.platform === undefined)
    throw new AppError('forbidden', 'Only a platform key may do this', { reason: 'operator' })
  if (ctx.organizationId !== platformId)
    throw new AppError('forbidden', 'This is about no single organization: leave Rolecall-Organization out', {
      reason: 'organization',
    })
}

export const platformRoutes = newRoutes()
  .openapi(exportRoute, async (c) => {
    const [ctx, { id }] = [c.get('ctx'), c.req.valid('param')]
    const own =
      ctx.organizationId === platformId ? await getPlatformOrganization(ctx, id) : await getOrganization(ctx, id)
    const inside = c.get('contextIn')?.(own.id) ?? ctx
    const lines = await exportOrganization(inside)
    // The library takes every media type with "json" in it for one value.
    return (await download(lines, { type: 'application/x-ndjson', name: `${own.slug}.ndjson` })) as never
  })
  .openapi(createRoute, async (c) => {
    requireAbove(c.get('ctx'))
    const { setupLink, ...made } = await setUpOrganization(c.get('ctx'), given(c.req.valid('json')))
    const link = setupLink === null ? null : { ...setupLink.link, url: c.get('urls').page(`/setup/${setupLink.token}`) }
    return c.json({ ...made, setupLink: link }, 201)
  })
  .openapi(deleteRoute, async (c) => {
    const [ctx, { id }] = [c.get('ctx'), c.req.valid('param')]
    // To a key of an organization, another one is not there.
    if (ctx.organizationId !== platformId) await getOrganization(ctx, id)
    requireAbove(ctx)
    return c.json(await deleteOrganization(ctx, id, given(c.req.valid('query'))), 202)
  })
