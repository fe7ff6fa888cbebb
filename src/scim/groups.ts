// /Groups: as /Users, but members are never read unless they are answered (wire 8), and a PATCH answers 204.
import { type Context, Hono } from 'hono'
import { type GroupMember, type GroupRecord, getGroup, getGroupWithMembers } from '#directory/groups.ts'
import { groupSchema } from '#directory/schema/attributes.ts'
import type { CallContext } from '#src/context.ts'
import { answerResource, noContent, notModified, projectionOf, queryOf } from './answers.ts'
import { askerOf, placeOf } from './asker-of.ts'
import { bodyLimits, readBody, readOperations } from './body.ts'
import type { ScimEnv } from './guard.ts'
import { answerGroupList } from './lists.ts'
import { onlyBy } from './methods.ts'
import { listRequestFromBody, listRequestFromQuery } from './query/list.ts'
import { includes, type Projection } from './query/projection.ts'
import { groupResource } from './resources/group.ts'
import { isUnchanged } from './resources/versions.ts'
import { createGroupOf, patchGroup, removeGroup, replaceGroup } from './write/groups.ts'

export const groups = new Hono<ScimEnv>({ strict: false })

groups.get('/', async (c) => answerGroupList(c, listRequestFromQuery(queryOf(c))))

groups.post('/.search', async (c) => answerGroupList(c, listRequestFromBody(await readBody(c, bodyLimits.user))))

groups.all('/.search', onlyBy('POST'))

groups.post('/', async (c) => {
  const { ctx, directoryId, urls } = c.var
  const { group: created, hasMembers } = await createGroupOf(askerOf(c), await readBody(c, bodyLimits.group))
  const projection = await projectionOf(c, groupSchema)
  const group = hasMembers ? await readGroup(ctx, created.id, directoryId, projection) : created
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
  const groupId = c.req.param('groupId')
  await replaceGroup(askerOf(c), placeOf(c, groupId), await readBody(c, bodyLimits.group))
  return answerGroup(c, groupId)
})

groups.patch('/:groupId', async (c) => {
  const operations = await readOperations(c, bodyLimits.group)
  const groupId = c.req.param('groupId')
  await patchGroup(askerOf(c), placeOf(c, groupId), operations)
  // RFC 7644 §3.5.2: 204, unless the client asks for attributes.
  return queryOf(c).has('attributes') ? answerGroup(c, groupId) : noContent(c)
})

groups.delete('/:groupId', async (c) => {
  await removeGroup(askerOf(c), placeOf(c, c.req.param('groupId')))
  return noContent(c)
})

groups.all('/', onlyBy('GET', 'POST'))
groups.all('/:groupId', onlyBy('GET', 'PUT', 'PATCH', 'DELETE'))

async function answerGroup(c: Context<ScimEnv>, groupId: string): Promise<Response> {
  const { ctx, directoryId, urls } = c.var
  const projection = await projectionOf(c, groupSchema)
  const group = await readGroup(ctx, groupId, directoryId, projection)
  return answerResource(c, groupResource(group, urls, directoryId), group, projection)
}

function readGroup(
  ctx: CallContext,
  groupId: string,
  directoryId: string,
  projection: Projection,
): Promise<GroupRecord & { members?: GroupMember[] }> {
  const read = includes(projection, 'members') ? getGroupWithMembers : getGroup
  return read(ctx, { groupId, directoryId })
}
