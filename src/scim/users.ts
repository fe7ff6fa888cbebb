// /Users: each handler reads the request, calls the verb and answers (RFC 7644 §3.3–§3.6).
import { Hono } from 'hono'
import { userSchema } from '#directory/schema/attributes.ts'
import { findUser } from '#directory/users.ts'
import { answerResource, noContent, notModified, projectionOf, queryOf } from './answers.ts'
import { askerOf, placeOf } from './asker-of.ts'
import { bodyLimits, readBody, readOperations } from './body.ts'
import type { ScimEnv } from './guard.ts'
import { answerUserList } from './lists.ts'
import { onlyBy } from './methods.ts'
import { listRequestFromBody, listRequestFromQuery } from './query/list.ts'
import { userResource } from './resources/user.ts'
import { isUnchanged } from './resources/versions.ts'
import { createUser, patchUser, removeUser, replaceUser } from './write/users.ts'

export const users = new Hono<ScimEnv>({ strict: false })

users.get('/', async (c) => answerUserList(c, listRequestFromQuery(queryOf(c))))

users.post('/.search', async (c) => answerUserList(c, listRequestFromBody(await readBody(c, bodyLimits.user))))

users.all('/.search', onlyBy('POST'))

users.post('/', async (c) => {
  const { directoryId, urls } = c.var
  const user = await createUser(askerOf(c), await readBody(c, bodyLimits.user))
  return answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema), 201)
})

users.get('/:userId', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const user = await findUser(ctx, { userId: c.req.param('userId'), directoryId })
  if (isUnchanged(c.req.header('if-none-match'), user.version)) return notModified(c, user.version)
  return answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema))
})

users.put('/:userId', async (c) => {
  const { directoryId, urls } = c.var
  const user = await replaceUser(askerOf(c), placeOf(c, c.req.param('userId')), await readBody(c, bodyLimits.user))
  return answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema))
})

users.patch('/:userId', async (c) => {
  const { directoryId, urls } = c.var
  const operations = await readOperations(c, bodyLimits.user)
  const user = await patchUser(askerOf(c), placeOf(c, c.req.param('userId')), operations)
  return answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema))
})

users.delete('/:userId', async (c) => {
  await removeUser(askerOf(c), placeOf(c, c.req.param('userId')))
  return noContent(c)
})

users.all('/', onlyBy('GET', 'POST'))
users.all('/:userId', onlyBy('GET', 'PUT', 'PATCH', 'DELETE'))
