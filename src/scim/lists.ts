// Lists and searches of users, of groups, and of both at once (RFC 7644 §3.4.2, §3.4.3).
import type { Context } from 'hono'
import type { Condition } from '#directory/condition.ts'
import { resolveFilter } from '#directory/filter/resolve.ts'
import type { SearchResult } from '#directory/list-pages.ts'
import { groupSchema, type ResourceSchema, userSchema } from '#directory/schema/attributes.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import { type Search, searchGroups, searchUsers } from '#directory/search.ts'
import { AppError } from '#platform/errors.ts'
import { answer } from './answers.ts'
import { listResponse } from './discovery.ts'
import type { ScimEnv } from './guard.ts'
import { encodeCursor } from './query/cursor.ts'
import { type ListRequest, pageOf, sortOf } from './query/list.ts'
import { includes, type Projection, parseProjection, project } from './query/projection.ts'
import { namesOfList, schemaFor } from './query/schema.ts'
import { groupResource } from './resources/group.ts'
import { userResource } from './resources/user.ts'

type Found = { resources: JsonObject[]; total: number | undefined; nextCursor: string | undefined }

type Find = (c: Context<ScimEnv>, request: ListRequest, page: Search['page']) => Promise<Found>

const conditionOf = (request: ListRequest, schema: ResourceSchema): Condition | undefined =>
  request.filter === undefined ? undefined : resolveFilter(request.filter, schema)

const searchOf = (c: Context<ScimEnv>, request: ListRequest, schema: ResourceSchema, page: Search['page']): Search => ({
  directoryId: c.var.directoryId,
  condition: conditionOf(request, schema),
  sort: sortOf(request, schema),
  page,
})

const findUsers: Find = async (c, request, page) => {
  const { ctx, urls, directoryId } = c.var
  const schema = await schemaFor(c.var, userSchema, namesOfList(request))
  const projection = parseProjection(schema, request.attributes, request.excludedAttributes)
  const result = await searchUsers(ctx, searchOf(c, request, schema, page))
  return found(c, result, projection, (user) => userResource(user, urls, directoryId))
}

const findGroups: Find = async (c, request, page) => {
  const { ctx, urls, directoryId } = c.var
  const schema = await schemaFor(c.var, groupSchema, namesOfList(request))
  const projection = parseProjection(schema, request.attributes, request.excludedAttributes)
  const withMembers = includes(projection, 'members')
  const result = await searchGroups(ctx, searchOf(c, request, schema, page), { withMembers })
  return found(c, result, projection, (group) => groupResource(group, urls, directoryId))
}

function found<Row>(
  c: Context<ScimEnv>,
  result: SearchResult<Row>,
  projection: Projection,
  toResource: (row: Row) => JsonObject,
): Found {
  const now = c.var.ctx.clock.now()
  return {
    resources: result.rows.map((row) => project(toResource(row), projection)),
    total: result.total,
    nextCursor: result.next === undefined ? undefined : encodeCursor(result.next, now),
  }
}

const answerList =
  (find: Find) =>
  async (c: Context<ScimEnv>, request: ListRequest): Promise<Response> => {
    const { resources, total, nextCursor } = await find(c, request, pageOf(request, c.var.ctx.clock.now()))
    if (request.cursor === undefined) {
      return answer(
        c,
        listResponse(resources, { totalResults: total ?? resources.length, startIndex: request.startIndex }),
      )
    }
    const { totalResults: _total, startIndex: _start, ...body } = listResponse(resources)
    return answer(c, { ...body, ...(nextCursor === undefined ? {} : { nextCursor }) })
  }

export const answerUserList = answerList(findUsers)

export const answerGroupList = answerList(findGroups)

const empty: Found = { resources: [], total: 0, nextCursor: undefined }

/** A name that one of the two types has not is no error of the search; a name that neither has is. */
async function ifKnown(find: () => Promise<Found>): Promise<{ found: Found; refused: AppError | undefined }> {
  try {
    return { found: await find(), refused: undefined }
  } catch (error) {
    const isUnknownName = error instanceof AppError && error.code === 'invalid'
    if (!isUnknownName) throw error
    return { found: empty, refused: error }
  }
}

/** POST /.search at the root: users first, then groups, as one list. */
export async function answerRootSearch(c: Context<ScimEnv>, request: ListRequest): Promise<Response> {
  const offset = request.startIndex - 1
  const users = await ifKnown(() => findUsers(c, request, { kind: 'index', offset, limit: request.count }))
  const userTotal = users.found.total ?? 0
  const limit = request.count - users.found.resources.length
  const groupPage = { kind: 'index', offset: Math.max(0, offset - userTotal), limit } as const
  const groups = await ifKnown(() => findGroups(c, request, groupPage))
  if (users.refused !== undefined && groups.refused !== undefined) throw users.refused
  const resources = [...users.found.resources, ...groups.found.resources]
  const totalResults = userTotal + (groups.found.total ?? 0)
  return answer(c, listResponse(resources, { totalResults, startIndex: request.startIndex }))
}
