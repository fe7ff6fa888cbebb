// /teams: people of the organization or of a brand who hold something together.
import { z } from '@hono/zod-openapi'
import { getTeam, listTeams } from '#access/grants/teams/teams.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, time } from '../contract/schemas.ts'

const named = z.object({ id: z.string(), name: z.string() })

const Team = z
  .object({
    id: z.string(),
    name: z.string(),
    brand: brandReference.openapi({ description: 'Null: a team of the organization' }),
    parent: named.nullable().openapi({ description: 'The team that it is within' }),
    leader: named.extend({ userName: z.string() }).nullable(),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('Team')

const operation = operationsOf('Teams')

const listRoute = operation('get', '/teams', 'listTeams', {
  summary: 'List the teams, by name',
  request: {
    query: z.strictObject({
      ...pageParams,
      q: z.string().max(200).optional().openapi({ description: 'Words of the name' }),
      brandId: z.string().optional().openapi({ description: 'Of this brand; `organization`: of no brand' }),
      userId: z.string().optional().openapi({ description: 'That this user is in, or in a team within' }),
    }),
  },
  responses: {
    200: jsonAnswer(
      pageOf(
        Team.extend({
          people: z.number().int().openapi({ description: 'Those of teams within it included; 1000 means: or more' }),
          roles: z.array(z.object({ id: z.string(), name: z.string(), brand: z.string().nullable() })),
        }).openapi('ListedTeam'),
      ),
      'A page of teams',
    ),
  },
})

const createTeamRoute = operation('post', '/teams', 'createTeam', {
  summary: 'Create a team',
  request: {
    headers: previewHeaders,
    body: jsonBody(
      z.strictObject({
        name: z.string(),
        brandId: z.string().nullish().openapi({ description: 'Without one, a team of the organization' }),
        parentId: z.string().nullish().openapi({
          description: 'The team that it is within: whoever is in this one is in that one, too. No deeper than one',
        }),
        leaderId: z.string().nullish().openapi({ description: 'A user, who may add people and take them out' }),
      }),
    ),
  },
  responses: { 201: jsonAnswer(Team, 'The new team'), ...confirmFailures },
})

const getRoute = operation('get', '/teams/{id}', 'getTeam', {
  summary: 'Read a team',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Team, 'The team') },
})

const updateRoute = operation('patch', '/teams/{id}', 'updateTeam', {
  summary: 'Rename a team, or change its leader or the team that it is within',
  request: {
    params: idParam,
    headers: previewHeaders,
    body: jsonBody(
      z.strictObject({
        name: z.string().optional(),
        parentId: z.string().nullish(),
        leaderId: z.string().nullish(),
      }),
    ),
  },
  responses: { 200: jsonAnswer(Team, 'The team as it is now'), ...confirmFailures },
})

const deleteRoute = operation('delete', '/teams/{id}', 'deleteTeam', {
  summary: 'Delete a team, and what it gives',
  description: 'Assets that were restricted to it stay restricted.',
  request: { params: idParam, headers: previewHeaders },
  responses: { 204: noContent('The team is gone'), ...confirmFailures },
})

export const teamRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const { items, nextCursor } = await listTeams(c.get('ctx'), { filter, cursor, limit })
    return c.json({ items, nextCursor }, 200)
  })
  .openapi(createTeamRoute, async (c) =>
    c.json(await makeConfirmed(c, { kind: 'create_team', ...c.req.valid('json') }), 201),
  )
  .openapi(getRoute, async (c) => c.json(await getTeam(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(updateRoute, async (c) => {
    const change = { kind: 'update_team', teamId: c.req.valid('param').id, ...c.req.valid('json') } as const
    return c.json(await makeConfirmed(c, change), 200)
  })
  .openapi(deleteRoute, async (c) => {
    await makeConfirmed(c, { kind: 'delete_team', teamId: c.req.valid('param').id })
    return c.body(null, 204)
  })
