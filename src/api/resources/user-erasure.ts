// /users/{id}/erase
import { z } from '@hono/zod-openapi'
import { eraseUser } from '#access/people/status/erase-user.ts'
import { idParam, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'

const operation = operationsOf('Users')

const eraseRoute = operation('post', '/users/{id}/erase', 'eraseUser', {
  summary: 'Destroy what is known of an inactive user; the id stays for the audit trail',
  description: 'Refused (reason `retention`) before somebody has been inactive for as long as the settings say.',
  request: {
    params: idParam,
    body: jsonBody(
      z.strictObject({ confirm: z.string().default('').openapi({ description: 'The userName, once more' }) }),
    ),
  },
  responses: { 204: noContent('Erased') },
})

export const userErasureRoutes = newRoutes().openapi(eraseRoute, async (c) => {
  await eraseUser(c.get('ctx'), { userId: c.req.valid('param').id, ...c.req.valid('json') })
  return c.body(null, 204)
})
