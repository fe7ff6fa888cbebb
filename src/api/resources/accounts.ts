// /users/{id}/password
import { z } from '@hono/zod-openapi'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { idParam, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'

const SetPassword = z
  .strictObject({
    password: z.string().max(1_000),
    mustChange: z.boolean().optional().openapi({
      description: 'Whether the user has to choose their own at the next sign-in; true unless said otherwise',
    }),
  })
  .openapi('SetPassword')

const operation = operationsOf('Users')

const setPasswordRoute = operation('put', '/users/{id}/password', 'setUserPassword', {
  summary: 'Give a local user a password; all of their sessions end',
  request: { params: idParam, body: jsonBody(SetPassword) },
  responses: { 204: noContent('The password is set') },
})

export const accountRoutes = newRoutes().openapi(setPasswordRoute, async (c) => {
  await setUserPassword(c.get('ctx'), { userId: c.req.valid('param').id, ...c.req.valid('json') })
  return c.body(null, 204)
})
