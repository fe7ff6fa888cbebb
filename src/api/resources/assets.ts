// /asset-types and /assets: things of host applications, the teams that they are for, and who may do something with which.
import { z } from '@hono/zod-openapi'
import { listVisibleAssets } from '#access/decisions/visible-assets.ts'
import { deleteAssetType, listAssetTypes, putAssetType } from '#access/grants/assets/asset-types.ts'
import { getAsset, listAssets } from '#access/grants/assets/assets.ts'
import { deleteAsset, putAssets } from '#access/grants/assets/put-assets.ts'
import { contextOf } from '#access/ground/context-at.ts'
import { invalidField } from '#platform/input.ts'
import { pageOf, pageParams } from '../contract/paging.ts'
import { jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, moment, time } from '../contract/schemas.ts'

const AssetType = z
  .object({ name: z.string(), label: z.string(), createdAt: time, createdBy: z.string() })
  .openapi('AssetType')

const named = z.object({ id: z.string(), name: z.string() })

const Asset = z
  .object({
    type: z.string(),
    id: z.string().openapi({ description: 'The application’s own' }),
    name: z.string(),
    brand: brandReference.openapi({ description: 'Null: of the organization' }),
    teams: z.array(named).nullable().openapi({
      description:
        'Null: open to everybody who may do the thing; a list: for these teams, and for whoever holds everything',
    }),
    creator: named.nullable().openapi({ description: 'Sees it although in none of its teams' }),
    assignees: z.array(named).openapi({ description: 'See it although in none of its teams' }),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('Asset')

const content = {
  name: z.string(),
  brandId: z.string().nullish(),
  teamIds: z.array(z.string()).max(200).nullish().openapi({
    description: 'Null: open to everybody who may do the thing. A list, also an empty one, restricts it',
  }),
  creatorId: z.string().nullish().openapi({ description: 'The user who created it, and sees it although restricted' }),
  assigneeIds: z
    .array(z.string())
    .max(200)
    .optional()
    .openapi({ description: 'Users whom it is assigned to, and who see it although restricted' }),
}

const operation = operationsOf('Assets')
const typeParam = z.object({ name: z.string() })
const assetParam = z.object({ type: z.string(), id: z.string() })

const typesRoute = operation('get', '/asset-types', 'listAssetTypes', {
  summary: 'List the types of assets that applications have registered',
  responses: { 200: jsonAnswer(z.object({ items: z.array(AssetType) }), 'The types') },
})

const putTypeRoute = operation('put', '/asset-types/{name}', 'putAssetType', {
  summary: 'Register a type of assets, such as library, campaign, dashboard or account',
  request: { params: typeParam, body: jsonBody(z.strictObject({ label: z.string() })) },
  responses: { 200: jsonAnswer(AssetType, 'The type') },
})

const deleteTypeRoute = operation('delete', '/asset-types/{name}', 'deleteAssetType', {
  summary: 'Withdraw a type of which there are no assets',
  request: { params: typeParam },
  responses: { 204: noContent('The type is gone') },
})

const VisibleAsset = z
  .object({
    type: z.string(),
    id: z.string(),
    name: z.string(),
    brandId: z.string().nullable(),
    isRestricted: z.boolean(),
  })
  .openapi('VisibleAsset')

const listRoute = operation('get', '/assets', 'listAssets', {
  summary: 'List the assets; with a user and a permission, those with which they may do that',
  request: {
    query: z.strictObject({
      ...pageParams,
      type: z.string().max(50).optional(),
      brandId: z.string().optional(),
      teamId: z.string().optional().openapi({ description: 'That are for this team' }),
      q: z.string().max(200).optional().openapi({ description: 'Words of the name' }),
      user: z.string().max(300).optional().openapi({ description: 'Id or userName; together with `permission`' }),
      permission: z.string().max(300).optional(),
      at: moment,
    }),
  },
  responses: {
    200: jsonAnswer(z.union([pageOf(Asset), pageOf(VisibleAsset)]), 'A page of assets, by type and id'),
  },
})

const bulkRoute = operation('put', '/assets', 'putAssets', {
  summary: 'Register up to a thousand assets at once',
  request: {
    body: jsonBody(
      z.strictObject({
        assets: z
          .array(z.strictObject({ type: z.string(), id: z.string(), ...content }))
          .min(1)
          .max(1_000),
      }),
    ),
  },
  responses: { 200: jsonAnswer(z.object({ changed: z.number().int() }), 'How many were new or other than before') },
})

const getRoute = operation('get', '/assets/{type}/{id}', 'getAsset', {
  summary: 'Read an asset',
  request: { params: assetParam },
  responses: { 200: jsonAnswer(Asset, 'The asset') },
})

const putRoute = operation('put', '/assets/{type}/{id}', 'putAsset', {
  summary: 'Register an asset, with its brand and the teams that it is for',
  request: { params: assetParam, body: jsonBody(z.strictObject(content)) },
  responses: { 200: jsonAnswer(Asset, 'The asset') },
})

const deleteRoute = operation('delete', '/assets/{type}/{id}', 'deleteAsset', {
  summary: 'Withdraw an asset',
  request: { params: assetParam },
  responses: { 204: noContent('The asset is gone') },
})

export const assetRoutes = newRoutes()
  .openapi(typesRoute, async (c) => c.json({ items: await listAssetTypes(c.get('ctx')) }, 200))
  .openapi(putTypeRoute, async (c) =>
    c.json(await putAssetType(c.get('ctx'), { name: c.req.valid('param').name, ...c.req.valid('json') }), 200),
  )
  .openapi(deleteTypeRoute, async (c) => {
    await deleteAssetType(c.get('ctx'), c.req.valid('param').name)
    return c.body(null, 204)
  })
  .openapi(listRoute, async (c) => {
    const { limit, cursor, user, permission, at, ...filter } = c.req.valid('query')
    if ((user === undefined) !== (permission === undefined))
      throw invalidField('user', 'belongs together with permission')
    const ctx = await contextOf(c.get('ctx'), at)
    if (user === undefined || permission === undefined)
      return c.json(await listAssets(ctx, { filter, cursor, limit }), 200)
    const { type, brandId: brand, teamId, q } = filter
    if (teamId !== undefined || q !== undefined)
      throw invalidField('q', 'what somebody may see is searched by type and brand alone')
    return c.json(await listVisibleAssets(ctx, { user, permission, type, brand, cursor, limit }), 200)
  })
  .openapi(bulkRoute, async (c) => c.json(await putAssets(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(getRoute, async (c) => c.json(await getAsset(c.get('ctx'), c.req.valid('param')), 200))
  .openapi(putRoute, async (c) => {
    const key = c.req.valid('param')
    await putAssets(c.get('ctx'), { assets: [{ ...key, ...c.req.valid('json') }] })
    return c.json(await getAsset(c.get('ctx'), key), 200)
  })
  .openapi(deleteRoute, async (c) => {
    await deleteAsset(c.get('ctx'), c.req.valid('param'))
    return c.body(null, 204)
  })
