// /Users: each handler reads the request, calls the verb and answers (RFC 7644 §3.3–§3.6).
import { Hono } from 'hono'
import { provisionFromDirectory } from '#access/people/provision-from-directory.ts'
import { deleteUser } from '#directory/delete-user.ts'
import { userSchema } from '#directory/schema/attributes.ts'
import { updateUser } from '#directory/update-user.ts'
import { getUser } from '#directory/users.ts'
import { answerResource, noContent, notModified, projectionOf, queryOf } from './answers.ts'
import { bodyLimits, readBody, readOperations } from './body.ts'
import type { ScimEnv } from './guard.ts'
import { answerUserList } from './lists.ts'
import { onlyBy } from './methods.ts'
import { applyOperations } from './patch/apply.ts'
import { expectedVersion, isUnchanged } from './preconditions.ts'
import { noteOf } from './provisioning-log.ts'
import { listRequestFromBody, listRequestFromQuery } from './query/list.ts'
import { withFullNames } from './query/schema.ts'
import { contentFromBody, contentFromDocument, documentOfUser, userResource } from './resources/user.ts'

export const users = new Hono<ScimEnv>({ strict: false })

users.get('/', async (c) => answerUserList(c, listRequestFromQuery(queryOf(c))))

users.post('/.search', async (c) => answerUserList(c, listRequestFromBody(await readBody(c, bodyLimits.user))))

users.all('/.search', onlyBy('POST'))

users.post('/', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const content = contentFromBody(await readBody(c, bodyLimits.user))
  const user = await provisionFromDirectory(ctx, { directoryId, content })
  return answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema), 201)
})

users.get('/:userId', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const user = await getUser(ctx, { userId: c.req.param('userId'), directoryId })
  if (isUnchanged(c.req.header('if-none-match'), user.version)) return notModified(c, user.version)
  return answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema))
})

users.put('/:userId', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const content = contentFromBody(await readBody(c, bodyLimits.user))
  const user = await updateUser(ctx, {
    userId: c.req.param('userId'),
    directoryId,
    expectedVersion: expectedVersion(c.req.header('if-match')),
    change: () => content,
  })
  return answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema))
})

users.patch('/:userId', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const operations = await withFullNames(c.var, userSchema, await readOperations(c, bodyLimits.user))
  const user = await updateUser(ctx, {
    userId: c.req.param('userId'),
    directoryId,
    expectedVersion: expectedVersion(c.req.header('if-match')),
    change: (current) => {
      const before = documentOfUser(current)
      return contentFromDocument(
        applyOperations(userSchema, before, operations, { id: current.id, note: noteOf(c) }),
        before,
      )
    },
  })
  return answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema))
})

users.delete('/:userId', async (c) => {
  const { ctx, directoryId } = c.var
  const version = expectedVersion(c.req.header('if-match'))
  await deleteUser(ctx, { userId: c.req.param('userId'), directoryId, expectedVersion: version })
  return noContent(c)
})

users.all('/', onlyBy('GET', 'POST'))
users.all('/:userId', onlyBy('GET', 'PUT', 'PATCH', 'DELETE'))
