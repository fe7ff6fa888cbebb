// /users/{id}/access and /explain: what somebody holds and through what, and why they may or may not do something.
import { z } from '@hono/zod-openapi'
import { requireAssetReference } from '#access/decisions/asset-access.ts'
import { decideOne, getEffectiveAccess } from '#access/decisions/effective-access.ts'
import { explainAccess } from '#access/decisions/explain.ts'
import { contextOf } from '#access/ground/context-at.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { refuseUnknown } from '#src/context.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import {
  brandReference,
  decisionSchema,
  moment,
  permissionName,
  roleReference,
  sourceSchema,
} from '../contract/schemas.ts'

const operation = operationsOf('Access')

const Access = z
  .object({
    user: z.object({
      id: z.string(),
      userName: z.string(),
      displayName: z.string().nullable(),
      status: z.enum(['invited', 'active', 'inactive', 'erased']),
      statusReason: z.string().nullable(),
    }),
    assignments: z.array(
      z.object({
        role: roleReference.extend({
          rank: z.number().int(),
          allows: z.array(permissionName),
          denies: z.array(permissionName),
        }),
        brand: brandReference,
        source: sourceSchema,
      }),
    ),
  })
  .openapi('Access')

const accessRoute = operation('get', '/users/{id}/access', 'getUserAccess', {
  summary: 'List what a user holds, each with its source',
  description: 'An inactive user is shown with what they would hold; every decision about them is no.',
  request: { params: idParam, query: z.strictObject({ at: moment }) },
  responses: { 200: jsonAnswer(Access, 'The effective assignments') },
})

const roleOfGrant = roleReference.extend({ rank: z.number().int(), purpose: z.string() })

const Explanation = decisionSchema
  .extend({
    isReplacedByBrand: z.boolean().openapi({
      description: 'They could in the organization; in this brand, the assignments of the brand replace those',
    }),
    asset: z
      .object({
        type: z.string(),
        id: z.string(),
        name: z.string(),
        brand: brandReference,
        isRestricted: z.boolean(),
        teams: z.array(z.object({ id: z.string(), name: z.string() })),
      })
      .nullable()
      .openapi({ description: 'The asset that was asked about, with the teams that it is for' }),
    nearest: z
      .discriminatedUnion('kind', [
        z.object({
          kind: z.literal('group'),
          group: z.object({ id: z.string(), displayName: z.string() }),
          mappingId: z.string(),
          role: roleOfGrant,
        }),
        z.object({ kind: z.literal('role'), role: roleOfGrant }),
      ])
      .nullable()
      .openapi({ description: 'For a no: the least that would have allowed it' }),
  })
  .openapi('Explanation')

const asset = z
  .string()
  .max(500)
  .optional()
  .openapi({ description: 'A registered asset, as type/id; its brand is where it is asked', example: 'library/42' })

const explainRoute = operation('get', '/users/{id}/explain', 'explainUserAccess', {
  summary: 'Say whether a user may do something, and why',
  request: {
    params: idParam,
    query: z.strictObject({
      permission: permissionName.min(1).max(300),
      brand: z
        .string()
        .min(1)
        .max(300)
        .optional()
        .openapi({ description: 'Id or slug; without it the organization is meant' }),
      asset,
      at: moment,
    }),
  },
  responses: { 200: jsonAnswer(Explanation, 'The decision with its reason') },
})

export const userAccessRoutes = newRoutes()
  .openapi(accessRoute, async (c) => {
    const { id } = c.req.valid('param')
    const ctx = await contextOf(c.get('ctx'), c.req.valid('query').at)
    if (!isId('usr', id)) return refuseUnknown(ctx, 'User')
    const { user, assignments } = await getEffectiveAccess(ctx, id)
    return c.json({ user, assignments }, 200)
  })
  .openapi(explainRoute, async (c) => {
    const [{ id }, { permission, brand, at, asset: named }] = [c.req.valid('param'), c.req.valid('query')]
    const ctx = await contextOf(c.get('ctx'), at)
    if (!isId('usr', id)) return refuseUnknown(ctx, 'User')
    const thing = named === undefined ? undefined : requireAssetReference(named)
    const decision = await decideOne(ctx, { user: id, permission, brand, asset: thing })
    if (decision.reason === 'user_unknown') throw notFound('User')
    if (decision.reason === 'brand_unknown') throw notFound('Brand')
    if (decision.reason === 'asset_unknown') throw notFound('Asset')
    const explained = await explainAccess(ctx, { userId: id, permission, brand: brand ?? null, asset: thing })
    const { isReplacedByBrand, asset: found, nearest } = explained
    return c.json({ ...explained.decision, isReplacedByBrand, asset: found, nearest }, 200)
  })
