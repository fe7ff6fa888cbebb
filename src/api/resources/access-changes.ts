// /access-changes: mappings, roles and policies, tried before they are saved
import { z } from '@hono/zod-openapi'
import { type AccessChange, changeVariants } from '#access/previews/change.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import { AccessPreview, staleFailure } from '../contract/confirming.ts'
import { jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'

export const Change = z
  .discriminatedUnion('kind', changeVariants)
  .openapi('AccessChange') as unknown as z.ZodType<AccessChange>

const operation = operationsOf('Access changes')

const previewRoute = operation('post', '/access-changes/preview', 'previewAccessChange', {
  summary: 'Who would gain and who would lose what by a change; nothing is changed',
  request: { body: jsonBody(Change) },
  responses: { 200: jsonAnswer(AccessPreview, 'What the change would do') },
})

const saveRoute = operation('post', '/access-changes', 'saveAccessChange', {
  summary: 'Make a change, if it does what its preview showed',
  request: { body: jsonBody(z.strictObject({ change: Change, hash: z.string().max(100) })) },
  responses: {
    200: jsonAnswer(z.object({ ids: z.array(z.string()) }), 'What was made or changed'),
    ...staleFailure,
  },
})

export const accessChangeRoutes = newRoutes()
  .openapi(previewRoute, async (c) => c.json(await previewChange(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(saveRoute, async (c) => {
    const { change, hash } = c.req.valid('json')
    const outcome = await saveChange(c.get('ctx'), change, hash)
    return c.json({ ids: outcome.map(({ id }) => id) }, 200)
  })
