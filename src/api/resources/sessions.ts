// /users/{id}/sessions and /sessions/{id}: where people are signed in, and ending it.
import { z } from '@hono/zod-openapi'
import { endSession, endUserSessions } from '#access/sign-in/sessions/end-sessions.ts'
import { listSessions } from '#access/sign-in/sessions/sessions.ts'
import { idParam, jsonAnswer, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const Session = z
  .object({
    id: z.string(),
    userId: z.string(),
    method: z.enum(['saml', 'oidc', 'password', 'passkey', 'emergency']),
    connectionId: z.string().nullable(),
    connectionName: z.string().nullable(),
    hasSecondFactor: z.boolean(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time.openapi({ description: 'When it ends by itself, if it is not used until then' }),
  })
  .openapi('Session')

const operation = operationsOf('Sessions')

const listRoute = operation('get', '/users/{id}/sessions', 'listUserSessions', {
  summary: 'List the live sessions of a user, the last seen first',
  request: { params: idParam },
  responses: { 200: jsonAnswer(z.object({ items: z.array(Session) }), 'The live sessions') },
})

const endAllRoute = operation('delete', '/users/{id}/sessions', 'endUserSessions', {
  summary: 'Sign a user out everywhere, with the tokens that applications hold for those sessions',
  request: { params: idParam },
  responses: { 204: noContent('The sessions have ended') },
})

const endRoute = operation('delete', '/sessions/{id}', 'endSession', {
  summary: 'End a session, with the tokens that applications hold for it; an ended one is no error',
  request: { params: idParam },
  responses: { 204: noContent('The session has ended') },
})

export const sessionRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const sessions = await listSessions(c.get('ctx'), c.req.valid('param').id)
    return c.json({ items: sessions }, 200)
  })
  .openapi(endAllRoute, async (c) => {
    await endUserSessions(c.get('ctx'), { userId: c.req.valid('param').id, reason: 'revoked' })
    return c.body(null, 204)
  })
  .openapi(endRoute, async (c) => {
    await endSession(c.get('ctx'), { sessionId: c.req.valid('param').id, reason: 'revoked' })
    return c.body(null, 204)
  })
