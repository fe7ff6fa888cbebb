// GET /session: who is signed in here, for host products on the same site and for scripts of our own pages.
import type { Handler } from 'hono'
import { createSessionReader } from '#access/sign-in/sessions/describe-session.ts'
import type { AppEnv } from '#http/env.ts'
import { problemResponse } from '#http/problem.ts'
import { createTouch, sessionTokenHash } from '#http/session.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import type { AccountServices } from './env.ts'

/** Answers with JSON, or with 401 where there is no live session. */
export function answerSession(services: AccountServices): Handler<AppEnv> {
  const reader = createSessionReader(services.database)
  const touch = createTouch(services)
  return async (c) => {
    const tokenHash = sessionTokenHash(c)
    try {
      if (tokenHash === undefined) throw new AppError('unauthenticated', 'There is no live session here')
      const description = await reader.describe(tokenHash)
      touch(c, { organizationId: description.organization.id, tokenHash })
      return c.json(description)
    } catch (error) {
      const known = asAppError(error)
      const fields = { error, requestId: c.get('requestId') }
      if (known.code === 'internal') c.get('log').error(fields, 'A session could not be described')
      return problemResponse(known, c.get('requestId'))
    }
  }
}
