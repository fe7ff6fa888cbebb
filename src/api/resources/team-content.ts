// /teams/{id}/members, /sources and /roles: who is in a team, and what they hold by it.
import { z } from '@hono/zod-openapi'
import { listLeftOut } from '#access/grants/teams/left-out.ts'
import { listTeamPeople } from '#access/grants/teams/team-people.ts'
import { listTeamRoles } from '#access/grants/teams/team-roles.ts'
import { listTeamSources } from '#access/grants/teams/team-sources.ts'
import { confirmChange } from '#access/previews/preview.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, roleReference, time, timeInput } from '../contract/schemas.ts'

const named = z.object({ id: z.string(), name: z.string() })

const TeamPerson = z
  .object({
    id: z.string(),
    userName: z.string(),
    displayName: z.string().nullable(),
    status: z.enum(['invited', 'active', 'inactive', 'erased']),
    isLeader: z.boolean(),
    ways: z
      .array(z.object({ way: z.enum(['leader', 'hand', 'group', 'filter', 'team']), source: named.nullable() }))
      .openapi({ description: 'How they are in; `source` names the group, the filter, or the team within it' }),
  })
  .openapi('TeamPerson')

const TeamSource = z
  .object({
    id: z.string(),
    group: z.object({ id: z.string(), displayName: z.string() }).nullable(),
    filter: z.string().nullable().openapi({ description: 'A SCIM filter over the user, in place of a group' }),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('TeamSource')

const TeamRole = z
  .object({
    id: z.string(),
    team: named.openapi({ description: 'The team that holds it: this one, or the one that it is within' }),
    role: roleReference,
    brand: brandReference,
    reason: z.string(),
    expiresAt: time.nullable(),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('TeamRole')

const operation = operationsOf('Teams')
const partParam = idParam.extend({ partId: z.string() })

const membersRoute = operation('get', '/teams/{id}/members', 'listTeamMembers', {
  summary: 'List the people of a team, by name, with how they are in it',
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(TeamPerson), 'A page of people') },
})

const addRoute = operation('post', '/teams/{id}/members', 'addTeamMembers', {
  summary: 'Add people to a team by hand',
  request: {
    params: idParam,
    headers: previewHeaders,
    body: jsonBody(z.strictObject({ userIds: z.array(z.string()).min(1).max(500) })),
  },
  responses: { 204: noContent('They are in; who was already still is'), ...confirmFailures },
})

const removeRoute = operation('delete', '/teams/{id}/members/{partId}', 'removeTeamMember', {
  summary: 'Take somebody out who was added by hand',
  description: 'Whoever is also in it by a group or a filter stays in.',
  request: { params: partParam, headers: previewHeaders },
  responses: { 204: noContent('They are no longer in it by hand'), ...confirmFailures },
})

const leftOutRoute = operation('get', '/teams/{id}/left-out', 'listLeftOutOfTeam', {
  summary: 'List the people who are left out of a team, whatever fills it',
  request: { params: idParam },
  responses: {
    200: jsonAnswer(
      z.object({
        items: z.array(
          z.object({
            user: z.object({ id: z.string(), userName: z.string(), displayName: z.string().nullable() }),
            ...{ reason: z.string(), createdAt: time, createdBy: z.string() },
          }),
        ),
      }),
      'By name; at most 500',
    ),
  },
})

const leaveOutRoute = operation('put', '/teams/{id}/left-out/{partId}', 'leaveOutOfTeam', {
  summary: 'Leave somebody out of a team, whatever fills it',
  request: { params: partParam, headers: previewHeaders, body: jsonBody(z.strictObject({ reason: z.string() })) },
  responses: { 204: noContent('They are no longer in it'), ...confirmFailures },
})

const letInRoute = operation('delete', '/teams/{id}/left-out/{partId}', 'letIntoTeam', {
  summary: 'Let what fills a team count for somebody again',
  request: { params: partParam, headers: previewHeaders },
  responses: { 204: noContent('They are no longer left out'), ...confirmFailures },
})

const sourcesRoute = operation('get', '/teams/{id}/sources', 'listTeamSources', {
  summary: 'List the groups and filters that fill a team',
  request: { params: idParam },
  responses: { 200: jsonAnswer(z.object({ items: z.array(TeamSource) }), 'The sources') },
})

const fillRoute = operation('post', '/teams/{id}/sources', 'fillTeam', {
  summary: 'Have a team filled by a group, those within it included, or by a filter',
  request: {
    params: idParam,
    headers: previewHeaders,
    body: jsonBody(
      z.strictObject({
        groupId: z.string().nullish(),
        filter: z.string().nullish().openapi({ description: 'In place of a group', example: 'title eq "Counsel"' }),
      }),
    ),
  },
  responses: { 201: jsonAnswer(TeamSource, 'The new source'), ...confirmFailures },
})

const unfillRoute = operation('delete', '/teams/{id}/sources/{partId}', 'unfillTeam', {
  summary: 'Have a team no longer filled by this',
  request: { params: partParam, headers: previewHeaders },
  responses: { 204: noContent('It no longer fills the team'), ...confirmFailures },
})

const rolesRoute = operation('get', '/teams/{id}/roles', 'listTeamRoles', {
  summary: 'List the roles of a team, with those of the team that it is within',
  request: { params: idParam },
  responses: { 200: jsonAnswer(z.object({ items: z.array(TeamRole) }), 'The roles, ended ones included') },
})

const giveRoute = operation('post', '/teams/{id}/roles', 'giveTeamRole', {
  summary: 'Give a role to everybody in a team and in the teams within it',
  request: {
    params: idParam,
    headers: previewHeaders,
    body: jsonBody(
      z.strictObject({
        roleId: z.string(),
        brandId: z.string().nullish().openapi({
          description: 'Without one, in the organization, or in the brand that the team is of',
        }),
        reason: z.string(),
        expiresAt: timeInput.nullish(),
      }),
    ),
  },
  responses: { 201: jsonAnswer(TeamRole, 'The role of the team'), ...confirmFailures },
})

const updateRoleRoute = operation('patch', '/teams/{id}/roles/{partId}', 'updateTeamRole', {
  summary: 'Change the end or the reason of a role of a team',
  request: {
    params: partParam,
    headers: previewHeaders,
    body: jsonBody(z.strictObject({ reason: z.string().optional(), expiresAt: timeInput.nullish() })),
  },
  responses: { 200: jsonAnswer(TeamRole, 'The role of the team as it is now'), ...confirmFailures },
})

const takeRoute = operation('delete', '/teams/{id}/roles/{partId}', 'takeTeamRole', {
  summary: 'Take a role back from a team',
  request: { params: partParam, headers: previewHeaders },
  responses: { 204: noContent('The team no longer holds it'), ...confirmFailures },
})

export const teamContentRoutes = newRoutes()
  .openapi(membersRoute, async (c) => {
    const page = { teamId: c.req.valid('param').id, ...c.req.valid('query') }
    return c.json(await listTeamPeople(c.get('ctx'), page), 200)
  })
  .openapi(addRoute, async (c) => {
    const change = { kind: 'add_team_members', teamId: c.req.valid('param').id, ...c.req.valid('json') } as const
    await confirmChange(c.get('ctx'), change, c.req.header('preview-hash'))
    return c.body(null, 204)
  })
  .openapi(removeRoute, async (c) => {
    const { id: teamId, partId } = c.req.valid('param')
    await makeConfirmed(c, { kind: 'remove_team_members', teamId, userIds: [partId] })
    return c.body(null, 204)
  })
  .openapi(leftOutRoute, async (c) => c.json({ items: await listLeftOut(c.get('ctx'), c.req.valid('param').id) }, 200))
  .openapi(leaveOutRoute, async (c) => {
    const { id: teamId, partId: userId } = c.req.valid('param')
    await makeConfirmed(c, { kind: 'leave_out_of_team', teamId, userId, ...c.req.valid('json') })
    return c.body(null, 204)
  })
  .openapi(letInRoute, async (c) => {
    const { id: teamId, partId: userId } = c.req.valid('param')
    await makeConfirmed(c, { kind: 'let_into_team', teamId, userId })
    return c.body(null, 204)
  })
  .openapi(sourcesRoute, async (c) =>
    c.json({ items: await listTeamSources(c.get('ctx'), c.req.valid('param').id) }, 200),
  )
  .openapi(fillRoute, async (c) => {
    const change = { kind: 'fill_team', teamId: c.req.valid('param').id, sources: [c.req.valid('json')] } as const
    return c.json(await makeConfirmed(c, change), 201)
  })
  .openapi(unfillRoute, async (c) => {
    const { id: teamId, partId } = c.req.valid('param')
    await makeConfirmed(c, { kind: 'unfill_team', teamId, sourceIds: [partId] })
    return c.body(null, 204)
  })
  .openapi(rolesRoute, async (c) => c.json({ items: await listTeamRoles(c.get('ctx'), c.req.valid('param').id) }, 200))
  .openapi(giveRoute, async (c) => {
    const change = { kind: 'give_team_roles', teamId: c.req.valid('param').id, roles: [c.req.valid('json')] } as const
    return c.json(await makeConfirmed(c, change), 201)
  })
  .openapi(updateRoleRoute, async (c) => {
    const change = {
      kind: 'update_team_role',
      teamRoleId: c.req.valid('param').partId,
      ...c.req.valid('json'),
    } as const
    return c.json(await makeConfirmed(c, change), 200)
  })
  .openapi(takeRoute, async (c) => {
    await makeConfirmed(c, { kind: 'take_team_roles', teamRoleIds: [c.req.valid('param').partId] })
    return c.body(null, 204)
  })
