// /users/{id}/access-difference and /brands/{id}/access-difference: what has changed between two moments.
import { z } from '@hono/zod-openapi'
import { historyBegins } from '#access/ground/context-at.ts'
import { brandDifference, personDifference } from '#access/people/access-difference.ts'
import { requirePermissionSomewhere } from '#src/context.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { brandReference, moment, permissionName, time } from '../contract/schemas.ts'
import { HoldingSource, rankedRole } from './held-shape.ts'

const operation = operationsOf('Access')

const span = z.strictObject({
  from: moment.openapi({ format: 'date-time', description: 'The beginning of the history without it' }),
  to: moment.openapi({ format: 'date-time', description: 'Now without it' }),
})

const status = z.enum(['invited', 'active', 'inactive', 'erased']).nullable()

const roleChange = z.object({ role: rankedRole, brand: brandReference, sources: z.array(HoldingSource) })
const permissionChange = z.object({ name: permissionName, brand: brandReference })
const both = <Schema extends z.ZodType>(item: Schema) => z.object({ gained: z.array(item), lost: z.array(item) })

const PersonDifference = z
  .object({
    status: z.object({ from: status, to: status }).openapi({ description: 'Null where they were not there' }),
    roles: both(roleChange),
    permissions: both(permissionChange),
  })
  .openapi('PersonDifference')

const personRoute = operation('get', '/users/{id}/access-difference', 'getUserAccessDifference', {
  summary: 'What a user has gained and lost between two moments',
  request: { params: idParam, query: span },
  responses: { 200: jsonAnswer(PersonDifference, 'Roles and permissions') },
})

const pair = z.object({
  userId: z.string(),
  userName: z.string(),
  displayName: z.string().nullable(),
  roleId: z.string(),
  roleName: z.string(),
})

const brandRoute = operation('get', '/brands/{id}/access-difference', 'getBrandAccessDifference', {
  summary: 'Who has gained and lost which role in a brand between two moments',
  request: { params: idParam, query: span },
  responses: { 200: jsonAnswer(both(pair).openapi('BrandDifference'), 'People and roles') },
})

const historyRoute = operation('get', '/access-history', 'getAccessHistory', {
  summary: 'Since when it can be asked how access was',
  responses: { 200: jsonAnswer(z.object({ beginsAt: time }), 'The beginning of the history') },
})

export const accessDifferenceRoutes = newRoutes()
  .openapi(personRoute, async (c) => {
    const wanted = { userId: c.req.valid('param').id, ...c.req.valid('query') }
    return c.json(await personDifference(c.get('ctx'), wanted), 200)
  })
  .openapi(brandRoute, async (c) => {
    const wanted = { brandId: c.req.valid('param').id, ...c.req.valid('query') }
    return c.json(await brandDifference(c.get('ctx'), wanted), 200)
  })
  .openapi(historyRoute, async (c) => {
    requirePermissionSomewhere(c.get('ctx'), 'access.read')
    return c.json({ beginsAt: await historyBegins(c.get('ctx')) }, 200)
  })
