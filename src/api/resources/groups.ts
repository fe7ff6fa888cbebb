// /groups
import { z } from '@hono/zod-openapi'
import { listGroups } from '#access/people/list-groups.ts'
import { updateLocalGroup } from '#access/people/local.ts'
import { createGroup } from '#directory/create-group.ts'
import { type GroupRecord, getGroup } from '#directory/groups.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const Group = z
  .object({
    id: z.string(),
    displayName: z.string(),
    externalId: z.string().nullable(),
    directoryId: z.string().nullable().openapi({ description: 'The directory that manages the group; null: none' }),
    version: z.number().int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Group')

const present = (group: GroupRecord): z.infer<typeof Group> => {
  const { id, displayName, externalId, directoryId, version, createdAt, updatedAt } = group
  return { id, displayName, externalId, directoryId, version, createdAt, updatedAt }
}

const operation = operationsOf('Groups')

const displayName = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((value) => !value.includes('\0'), 'must not contain NUL')

const filter = {
  displayName: z.string().max(1_000).optional(),
  q: z.string().min(1).max(200).optional().openapi({ description: 'Part of the name' }),
}

const listRoute = operation('get', '/groups', 'listGroups', {
  summary: 'List the groups, of directories and local ones',
  request: { query: z.strictObject({ ...pageParams, ...filter }) },
  responses: { 200: jsonAnswer(pageOf(Group), 'A page of groups') },
})

const createGroupRoute = operation('post', '/groups', 'createGroup', {
  summary: 'Create a group that belongs to no directory',
  request: {
    body: jsonBody(z.strictObject({ displayName, userIds: z.array(z.string()).max(10_000).default([]) })),
  },
  responses: { 201: jsonAnswer(Group, 'The new group') },
})

const getRoute = operation('get', '/groups/{id}', 'getGroup', {
  summary: 'Read a group',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Group, 'The group') },
})

const updateRoute = operation('patch', '/groups/{id}', 'updateGroup', {
  summary: 'Rename a group that belongs to no directory',
  request: { params: idParam, body: jsonBody(z.strictObject({ displayName })) },
  responses: { 200: jsonAnswer(Group, 'The group as it is now') },
})

const deleteRoute = operation('delete', '/groups/{id}', 'deleteGroup', {
  summary: 'Delete a group that belongs to no directory, with its memberships and mappings',
  request: { params: idParam, headers: previewHeaders },
  responses: { 204: noContent('The group is gone'), ...confirmFailures },
})

export const groupRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...wanted } = c.req.valid('query')
    const rows = await listGroups(c.get('ctx'), { ...wanted, after: afterId(cursor, 'grp'), limit: limit + 1 })
    return c.json(page(rows.map(present), limit), 200)
  })
  .openapi(createGroupRoute, async (c) => {
    const input = c.req.valid('json')
    const content = { displayName: input.displayName, externalId: null, attributes: {} }
    const group = await createGroup(c.get('ctx'), { directoryId: null, content, memberIds: input.userIds })
    return c.json(present(group), 201)
  })
  .openapi(getRoute, async (c) => {
    return c.json(present(await getGroup(c.get('ctx'), { groupId: c.req.valid('param').id, directoryId: null })), 200)
  })
  .openapi(updateRoute, async (c) => {
    const [ctx, { id: groupId }, input] = [c.get('ctx'), c.req.valid('param'), c.req.valid('json')]
    const change = ({ externalId, attributes }: GroupRecord) => ({ ...input, externalId, attributes })
    await updateLocalGroup(ctx, { groupId, change })
    return c.json(present(await getGroup(ctx, { groupId, directoryId: null })), 200)
  })
  .openapi(deleteRoute, async (c) => {
    await makeConfirmed(c, { kind: 'delete_group', groupId: c.req.valid('param').id })
    return c.body(null, 204)
  })
