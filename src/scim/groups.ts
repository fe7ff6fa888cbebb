// /Groups: as /Users, but members are never read unless they are answered (wire 8), and a PATCH answers 204.
import { Hono } from 'hono'
import { createGroup } from '#directory/create-group.ts'
import { deleteGroup } from '#directory/delete-group.ts'
import { type GroupMember, type GroupRecord, getGroup, getGroupWithMembers } from '#directory/groups.ts'
import { groupSchema } from '#directory/schema/attributes.ts'
import { updateGroup } from '#directory/update-group.ts'
import type { CallContext } from '#src/context.ts'
import { answerResource, noContent, notModified, projectionOf, queryOf } from './answers.ts'
import { bodyLimits, readBody, readOperations } from './body.ts'
import type { ScimEnv } from './guard.ts'
import { answerGroupList } from './lists.ts'
import { onlyBy } from './methods.ts'
import { expectedVersion, isUnchanged } from './preconditions.ts'
import { noteOf } from './provisioning-log.ts'
import { listRequestFromBody, listRequestFromQuery } from './query/list.ts'
import { includes, type Projection } from './query/projection.ts'
import { withFullNames } from './query/schema.ts'
import { groupFromBody, groupPatch, groupResource } from './resources/group.ts'

export const groups = new Hono<ScimEnv>({ strict: false })

groups.get('/', async (c) => answerGroupList(c, listRequestFromQuery(queryOf(c))))

groups.post('/.search', async (c) => answerGroupList(c, listRequestFromBody(await readBody(c, bodyLimits.user))))

groups.all('/.search', onlyBy('POST'))

groups.post('/', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const { content, memberIds } = groupFromBody(await readBody(c, bodyLimits.group))
  const created = await createGroup(ctx, { directoryId, content, memberIds })
  const projection = await projectionOf(c, groupSchema)
  const group = memberIds.length === 0 ? created : await readGroup(ctx, created.id, directoryId, projection)
  return answerResource(c, groupResource(group, urls, directoryId), group, projection, 201)
})

groups.get('/:groupId', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const projection = await projectionOf(c, groupSchema)
  const group = await readGroup(ctx, c.req.param('groupId'), directoryId, projection)
  if (isUnchanged(c.req.header('if-none-match'), group.version)) return notModified(c, group.version)
  return answerResource(c, groupResource(group, urls, directoryId), group, projection)
})

groups.put('/:groupId', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const { content, memberIds } = groupFromBody(await readBody(c, bodyLimits.group))
  const groupId = c.req.param('groupId')
  await updateGroup(ctx, {
    groupId,
    directoryId,
    expectedVersion: expectedVersion(c.req.header('if-match')),
    change: () => content,
    members: [{ kind: 'replace', ids: memberIds }],
  })
  const projection = await projectionOf(c, groupSchema)
  const group = await readGroup(ctx, groupId, directoryId, projection)
  return answerResource(c, groupResource(group, urls, directoryId), group, projection)
})

groups.patch('/:groupId', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const operations = await withFullNames(c.var, groupSchema, await readOperations(c, bodyLimits.group))
  const groupId = c.req.param('groupId')
  const version = expectedVersion(c.req.header('if-match'))
  await updateGroup(ctx, { groupId, directoryId, expectedVersion: version, ...groupPatch(operations, noteOf(c)) })
  // RFC 7644 §3.5.2: 204, unless the client asks for attributes.
  if (!queryOf(c).has('attributes')) return noContent(c)
  const projection = await projectionOf(c, groupSchema)
  const group = await readGroup(ctx, groupId, directoryId, projection)
  return answerResource(c, groupResource(group, urls, directoryId), group, projection)
})

groups.delete('/:groupId', async (c) => {
  const { ctx, directoryId } = c.var
  const version = expectedVersion(c.req.header('if-match'))
  await deleteGroup(ctx, { groupId: c.req.param('groupId'), directoryId, expectedVersion: version })
  return noContent(c)
})

groups.all('/', onlyBy('GET', 'POST'))
groups.all('/:groupId', onlyBy('GET', 'PUT', 'PATCH', 'DELETE'))

function readGroup(
  ctx: CallContext,
  groupId: string,
  directoryId: string,
  projection: Projection,
): Promise<GroupRecord & { members?: GroupMember[] }> {
  const read = includes(projection, 'members') ? getGroupWithMembers : getGroup
  return read(ctx, { groupId, directoryId })
}
