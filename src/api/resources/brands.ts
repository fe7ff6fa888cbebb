// /brands
import { z } from '@hono/zod-openapi'
import { getBrand, listBrands } from '#access/grants/brands/brands.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { updateBrand } from '#access/grants/brands/update-brand.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { slug, time } from '../contract/schemas.ts'

export const Brand = z
  .object({ id: z.string(), slug, name: z.string(), createdAt: time, updatedAt: time })
  .openapi('Brand')

const operation = operationsOf('Brands')

const listRoute = operation('get', '/brands', 'listBrands', {
  summary: 'List the brands',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Brand), 'A page of brands') },
})

const createBrandRoute = operation('post', '/brands', 'createBrand', {
  summary: 'Create a brand',
  request: { body: jsonBody(z.strictObject({ slug, name: z.string() })) },
  responses: { 201: jsonAnswer(Brand, 'The new brand') },
})

const getRoute = operation('get', '/brands/{id}', 'getBrand', {
  summary: 'Read a brand',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Brand, 'The brand') },
})

const updateRoute = operation('patch', '/brands/{id}', 'updateBrand', {
  summary: 'Change slug or name of a brand',
  request: { params: idParam, body: jsonBody(z.strictObject({ slug: slug.optional(), name: z.string().optional() })) },
  responses: { 200: jsonAnswer(Brand, 'The brand as it is now') },
})

const deleteRoute = operation('delete', '/brands/{id}', 'deleteBrand', {
  summary: 'Delete a brand with its mappings and assignments',
  request: { params: idParam, headers: previewHeaders },
  responses: { 204: noContent('The brand is gone'), ...confirmFailures },
})

export const brandRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listBrands(c.get('ctx'), { after: afterId(cursor, 'brd'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(createBrandRoute, async (c) => c.json(await createBrand(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(getRoute, async (c) => c.json(await getBrand(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(updateRoute, async (c) => {
    const brand = await updateBrand(c.get('ctx'), { brandId: c.req.valid('param').id, ...c.req.valid('json') })
    return c.json(brand, 200)
  })
  .openapi(deleteRoute, async (c) => {
    await makeConfirmed(c, { kind: 'delete_brand', brandId: c.req.valid('param').id })
    return c.body(null, 204)
  })
