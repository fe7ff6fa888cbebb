// /organizations: the caller's own; for keys of the platform those that they reach.
import { z } from '@hono/zod-openapi'
import { requireOperator } from '#access/ground/platform-rights.ts'
import { getOrganization } from '#access/organizations/organizations.ts'
import { changeOrganization } from '#access/platform/organizations/change-organization.ts'
import { getPlatformOrganization, searchOrganizations } from '#access/platform/organizations/platform-organizations.ts'
import { invalid } from '#platform/errors.ts'
import { given } from '#platform/input.ts'
import { type CallContext, platformId } from '#src/context.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import {
  administratorBrandAccess,
  externalId,
  metadata,
  Organization,
  roleStrategy,
  seatLimit,
  secondPerson,
} from './organization-shape.ts'

const operation = operationsOf('Organization')

const listRoute = operation('get', '/organizations', 'listOrganizations', {
  summary: 'List the organizations that the key reaches',
  description: 'For an API key its own one; for a platform key those that it reaches, in order of creation',
  request: {
    query: z.strictObject({
      ...pageParams,
      q: z.string().max(200).optional().openapi({ description: 'Part of the name or the slug; platform keys alone' }),
      status: z.enum(['active', 'suspended', 'deleting']).optional(),
      externalId: z.string().max(200).optional(),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(Organization), 'A page of organizations') },
})

const getRoute = operation('get', '/organizations/{id}', 'getOrganization', {
  summary: 'Read the organization',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Organization, 'The organization') },
})

const policies = {
  administratorBrandAccess: administratorBrandAccess.optional(),
  roleStrategy: roleStrategy.optional(),
  secondPerson: secondPerson.optional(),
}

const ofPlatform = {
  status: z.enum(['active', 'suspended']).optional().openapi({
    description: 'Suspended, nobody signs in and every key and token is refused; nothing is lost',
  }),
  externalId: externalId.optional(),
  metadata: metadata.optional(),
  seatLimit: seatLimit.optional(),
}

const updateRoute = operation('patch', '/organizations/{id}', 'updateOrganization', {
  summary: 'Change the organization',
  description:
    'Name and policies by a key of the organization, which is shown a preview first. A platform key changes name, `status`, ' +
    '`externalId` and `metadata`; policies it changes inside of the organization (`Rolecall-Organization`)',
  request: {
    params: idParam,
    headers: previewHeaders,
    body: jsonBody(z.strictObject({ name: z.string().optional(), ...policies, ...ofPlatform })),
  },
  responses: { 200: jsonAnswer(Organization, 'The organization as it is now'), ...confirmFailures },
})

/** A key of the platform that has named no organization. */
const isAbove = (ctx: CallContext): boolean => ctx.organizationId === platformId

export const organizationRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    const { limit, cursor, ...filter } = c.req.valid('query')
    if (isAbove(ctx)) {
      const rows = await searchOrganizations(ctx, { ...filter, after: afterId(cursor, 'org'), limit: limit + 1 })
      return c.json(page(rows, limit), 200)
    }
    const own = await getOrganization(ctx, ctx.organizationId)
    return c.json({ items: [own], nextCursor: null }, 200)
  })
  .openapi(getRoute, async (c) => {
    const [ctx, { id }] = [c.get('ctx'), c.req.valid('param')]
    return c.json(await (isAbove(ctx) ? getPlatformOrganization(ctx, id) : getOrganization(ctx, id)), 200)
  })
  .openapi(updateRoute, async (c) => {
    const [ctx, { id }] = [c.get('ctx'), c.req.valid('param')]
    const { status, externalId: own, metadata: notes, seatLimit: seats, name, ...organization } = c.req.valid('json')
    if (isAbove(ctx)) {
      if (Object.keys(organization).length > 0)
        throw invalid('Policies belong to the organization: send them with Rolecall-Organization', 'organization')
      const changes = given({ name, status, externalId: own, metadata: notes, seatLimit: seats })
      return c.json(await changeOrganization(ctx, id, changes), 200)
    }
    await getOrganization(ctx, id)
    if ([status, own, notes, seats].some((each) => each !== undefined)) requireOperator(ctx)
    const change = { kind: 'update_organization', organization: given({ name, ...organization }) } as const
    return c.json(await makeConfirmed(c, change), 200)
  })
