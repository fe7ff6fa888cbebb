// /users/{id}/password and /emergency-accounts
import { createRoute, z } from '@hono/zod-openapi'
import { listEmergencyAccounts } from '#access/accounts/emergency/emergency.ts'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { withIsoTimes } from '#access/times.ts'
import {
  idParam,
  jsonAnswer,
  jsonBody,
  newRoutes,
  noContent,
  readFailures,
  security,
  writeFailures,
} from '../routes.ts'
import { time } from '../schemas.ts'

const SetPassword = z
  .strictObject({
    password: z.string().max(1_000),
    mustChange: z.boolean().optional().openapi({
      description: 'Whether the user has to choose their own at the next sign-in; true unless said otherwise',
    }),
  })
  .openapi('SetPassword')

const setPasswordRoute = createRoute({
  tags: ['Users'],
  security,
  method: 'put',
  path: '/users/{id}/password',
  operationId: 'setUserPassword',
  summary: 'Give a local user a password; all of their sessions end',
  request: { params: idParam, body: jsonBody(SetPassword) },
  responses: { 204: noContent('The password is set'), ...writeFailures },
})

const EmergencyAccount = z
  .object({
    userId: z.string(),
    userName: z.string(),
    displayName: z.string().nullable(),
    status: z.string(),
    createdAt: time,
    lastUsedAt: time.nullable().openapi({ description: 'The last sign-in, drills included' }),
    isProven: z.boolean().openapi({ description: 'False: nobody has signed in with it for 90 days; time for a drill' }),
    recoveryCodesLeft: z.number().int(),
  })
  .openapi('EmergencyAccount')

const listRoute = createRoute({
  tags: ['Sign-in'],
  security,
  method: 'get',
  path: '/emergency-accounts',
  operationId: 'listEmergencyAccounts',
  summary: 'List the emergency accounts, and whether they are proven to work',
  responses: {
    200: jsonAnswer(z.object({ items: z.array(EmergencyAccount) }), 'The emergency accounts'),
    ...readFailures,
  },
})

export const accountRoutes = newRoutes()
  .openapi(setPasswordRoute, async (c) => {
    await setUserPassword(c.get('ctx'), { userId: c.req.valid('param').id, ...c.req.valid('json') })
    return c.body(null, 204)
  })
  .openapi(listRoute, async (c) => {
    const items = (await listEmergencyAccounts(c.get('ctx'))).map(withIsoTimes)
    return c.json({ items }, 200)
  })
