// /organizations: the caller's own.
import { z } from '@hono/zod-openapi'
import { getOrganization } from '#access/organizations/organizations.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { pageOf } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { slug, time } from '../contract/schemas.ts'

const administratorBrandAccess = z.enum(['explicit', 'implicit']).openapi({
  description: 'Whether an administrator of the organization has access to brands without a membership there',
})

const secondPerson = z.enum(['never', 'privileged']).openapi({
  description: '`privileged`: rights over others are given by drafts alone that a second person has approved',
})

const roleStrategy = z.enum(['union', 'highest']).openapi({
  description: 'Whether several roles in one scope unite, or only those of the highest rank count',
})

const Organization = z
  .object({
    id: z.string(),
    slug,
    name: z.string(),
    status: z.enum(['active', 'suspended']),
    administratorBrandAccess,
    roleStrategy,
    secondPerson,
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Organization')

const operation = operationsOf('Organization')

const listRoute = operation('get', '/organizations', 'listOrganizations', {
  summary: 'List the organizations that the API key reaches: its own',
  responses: { 200: jsonAnswer(pageOf(Organization), 'A page with one organization') },
})

const getRoute = operation('get', '/organizations/{id}', 'getOrganization', {
  summary: 'Read the organization',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Organization, 'The organization') },
})

const UpdateOrganization = z.strictObject({
  name: z.string().optional(),
  administratorBrandAccess: administratorBrandAccess.optional(),
  roleStrategy: roleStrategy.optional(),
  secondPerson: secondPerson.optional(),
})

const updateRoute = operation('patch', '/organizations/{id}', 'updateOrganization', {
  summary: 'Change name and policies of the organization',
  request: { params: idParam, headers: previewHeaders, body: jsonBody(UpdateOrganization) },
  responses: { 200: jsonAnswer(Organization, 'The organization as it is now'), ...confirmFailures },
})

export const organizationRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    const own = await getOrganization(ctx, ctx.organizationId)
    return c.json({ items: [own], nextCursor: null }, 200)
  })
  .openapi(getRoute, async (c) => {
    return c.json(await getOrganization(c.get('ctx'), c.req.valid('param').id), 200)
  })
  .openapi(updateRoute, async (c) => {
    await getOrganization(c.get('ctx'), c.req.valid('param').id)
    const change = { kind: 'update_organization', organization: c.req.valid('json') } as const
    return c.json(await makeConfirmed(c, change), 200)
  })
