// DELETE /users/{id}, /deleted-users and /users/{id}/restore
import { z } from '@hono/zod-openapi'
import { listDeletedPeople } from '#access/people/status/deleted-people.ts'
import { restoreDeleted } from '#access/people/status/restore-deleted.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'
import { presentUser, User } from './user-shape.ts'

const operation = operationsOf('Users')

const DeletedUser = z
  .object({
    ...{ id: z.string(), userName: z.string(), displayName: z.string().nullable(), directoryId: z.string().nullable() },
    deletedAt: time,
    deletedBy: z
      .object({ type: z.string(), id: z.string(), name: z.string().nullable() })
      .nullable()
      .openapi({ description: 'Null: their directory' }),
    note: z.string().nullable(),
    restorableUntil: time,
    isDue: z.boolean().openapi({ description: 'The time is over: they wait for being erased' }),
    isErasedThen: z.boolean().openapi({ description: 'Whether they are erased by themselves then' }),
  })
  .openapi('DeletedUser')

const deleteRoute = operation('delete', '/users/{id}', 'deleteUser', {
  summary: 'Delete a user: shut out, hidden, and restorable until the retention ends',
  request: {
    params: idParam,
    headers: previewHeaders,
    query: z.strictObject({
      note: z.string().optional().openapi({ description: 'Why, for the audit trail' }),
      handOverTo: z.string().max(320).optional().openapi({
        description: 'Who takes over what they leave behind: id, userName or address of somebody active',
      }),
    }),
  },
  responses: { 204: noContent('The user is deleted'), ...confirmFailures },
})

const listRoute = operation('get', '/deleted-users', 'listDeletedUsers', {
  summary: 'List users who are deleted and not erased yet',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(DeletedUser), 'A page of them') },
})

const restoreRoute = operation('post', '/users/{id}/restore', 'restoreUser', {
  summary: 'Restore a deleted user as they were; old sessions and keys stay closed',
  request: { params: idParam },
  responses: { 200: jsonAnswer(User, 'The user as they are now') },
})

export const deletedUserRoutes = newRoutes()
  .openapi(deleteRoute, async (c) => {
    const { note, handOverTo } = c.req.valid('query')
    const handOver = handOverTo === undefined ? null : { to: handOverTo }
    await makeConfirmed(c, { kind: 'delete_user', userId: c.req.valid('param').id, note, handOver })
    return c.body(null, 204)
  })
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listDeletedPeople(c.get('ctx'), { after: afterId(cursor, 'usr'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(restoreRoute, async (c) =>
    c.json(presentUser(await restoreDeleted(c.get('ctx'), c.req.valid('param').id)), 200),
  )
