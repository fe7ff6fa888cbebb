// /groups/{id}/members
import { z } from '@hono/zod-openapi'
import { listMembers } from '#access/people/list-groups.ts'
import { updateLocalGroup } from '#access/people/local.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'

const Member = z
  .object({ id: z.string(), type: z.enum(['User', 'Group']), display: z.string() })
  .openapi('Member', { description: 'A user or a nested group' })

const operation = operationsOf('Groups')

const listRoute = operation('get', '/groups/{id}/members', 'listMembers', {
  summary: 'List the members of a group',
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Member), 'A page of members') },
})

const AddMembers = z.strictObject({
  userIds: z.array(z.string()).max(10_000).default([]),
  groupIds: z.array(z.string()).max(1_000).default([]).openapi({ description: 'Groups to nest; cycles are refused' }),
})

const addRoute = operation('post', '/groups/{id}/members', 'addMembers', {
  summary: 'Add members to a group that belongs to no directory',
  request: { params: idParam, body: jsonBody(AddMembers) },
  responses: { 204: noContent('They are members; who was one already still is') },
})

const memberParam = idParam.extend({ memberId: z.string().openapi({ description: 'The id of the user or group' }) })

const removeRoute = operation('delete', '/groups/{id}/members/{memberId}', 'removeMember', {
  summary: 'Remove a member from a group that belongs to no directory',
  request: { params: memberParam, headers: previewHeaders },
  responses: { 204: noContent('They are no longer a member'), ...confirmFailures },
})

export const groupMemberRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const input = { groupId: c.req.valid('param').id, after: afterId(cursor, 'usr', 'grp'), limit: limit + 1 }
    return c.json(page(await listMembers(c.get('ctx'), input), limit), 200)
  })
  .openapi(addRoute, async (c) => {
    const { userIds, groupIds } = c.req.valid('json')
    const members = [{ kind: 'add' as const, ids: [...userIds, ...groupIds] }]
    await updateLocalGroup(c.get('ctx'), { groupId: c.req.valid('param').id, members })
    return c.body(null, 204)
  })
  .openapi(removeRoute, async (c) => {
    const { id: groupId, memberId } = c.req.valid('param')
    await makeConfirmed(c, { kind: 'remove_members', groupId, memberIds: [memberId] })
    return c.body(null, 204)
  })
