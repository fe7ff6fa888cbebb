// /users/{id}/access-matrix and /permissions: what somebody holds, and what they may do, in the organization and in each brand.
import { z } from '@hono/zod-openapi'
import { contextOf } from '#access/ground/context-at.ts'
import { getAccessMatrix } from '#access/people/access-matrix.ts'
import { getPermissionMatrix } from '#access/people/permission-matrix.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { brandReference, moment, permissionName } from '../contract/schemas.ts'
import { HoldingSource, idle, person, rankedRole } from './held-shape.ts'

const operation = operationsOf('Access')

const scopes = z
  .array(brandReference)
  .openapi({ description: 'Null: the organization; then the brands in which they hold something' })

const AccessMatrix = z
  .object({
    user: person,
    scopes,
    rows: z.array(
      z.object({
        role: rankedRole,
        cells: z.array(
          z.object({
            brandId: z.string().nullable(),
            counts: z
              .boolean()
              .openapi({ description: 'False: a higher role counts there, under the strategy `highest`' }),
            sources: z.array(HoldingSource),
          }),
        ),
      }),
    ),
    ...idle,
  })
  .openapi('AccessMatrix')

const matrixRoute = operation('get', '/users/{id}/access-matrix', 'getUserAccessMatrix', {
  summary: 'What a user holds: roles by organization and brands, each with its sources',
  request: { params: idParam, query: z.strictObject({ at: moment }) },
  responses: { 200: jsonAnswer(AccessMatrix, 'The matrix') },
})

const PermissionMatrix = z
  .object({
    scopes,
    permissions: z.array(
      z.object({
        name: permissionName,
        description: z.string(),
        allowed: z.array(z.boolean()).openapi({ description: 'In the order of the scopes' }),
      }),
    ),
  })
  .openapi('PermissionMatrix')

const permissionsRoute = operation('get', '/users/{id}/permissions', 'getUserPermissions', {
  summary: 'What a user may do: permissions by organization and brands',
  request: { params: idParam, query: z.strictObject({ at: moment }) },
  responses: { 200: jsonAnswer(PermissionMatrix, 'The matrix') },
})

export const userMatrixRoutes = newRoutes()
  .openapi(matrixRoute, async (c) => {
    const ctx = await contextOf(c.get('ctx'), c.req.valid('query').at)
    return c.json(await getAccessMatrix(ctx, c.req.valid('param').id), 200)
  })
  .openapi(permissionsRoute, async (c) => {
    const ctx = await contextOf(c.get('ctx'), c.req.valid('query').at)
    return c.json(await getPermissionMatrix(ctx, c.req.valid('param').id), 200)
  })
