// /roles
import { z } from '@hono/zod-openapi'
import { cloneRole, createRole } from '#access/grants/roles/create-role.ts'
import { deleteRole } from '#access/grants/roles/delete-role.ts'
import { getRole, listRoles } from '#access/grants/roles/roles.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf, writeFailures } from '../contract/routes.ts'
import { permissionName, slug, time, timeInput } from '../contract/schemas.ts'

const fields = {
  key: slug,
  name: z.string(),
  purpose: z.string().openapi({ description: 'What the role is for; shown wherever it is chosen' }),
  rank: z.number().int().openapi({ description: 'Higher is more; decides under the role strategy `highest`' }),
  allows: z.array(permissionName),
  denies: z.array(permissionName).openapi({ description: 'Denied even where another role allows it' }),
  owner: z.string().nullable().openapi({ description: 'Who answers for a custom role' }),
  reviewAt: time.nullable().openapi({ description: 'When somebody should look at it again' }),
}

const Role = z
  .object({
    id: z.string(),
    ...fields,
    pack: z.string().nullable(),
    isBuiltIn: z.boolean(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Role')

const optional = {
  rank: fields.rank.optional(),
  allows: fields.allows.optional(),
  denies: fields.denies.optional(),
  owner: z.string().nullish(),
  reviewAt: timeInput.nullish(),
}

const identity = { key: fields.key, name: fields.name, purpose: fields.purpose }

const operation = operationsOf('Roles')

const listRoute = operation('get', '/roles', 'listRoles', {
  summary: 'List the roles with what they allow and deny',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Role), 'A page of roles') },
})

const createRoleRoute = operation('post', '/roles', 'createRole', {
  summary: 'Create a custom role',
  request: { body: jsonBody(z.strictObject({ ...identity, ...optional })) },
  responses: { 201: jsonAnswer(Role, 'The new role') },
})

const cloneRoute = operation('post', '/roles/{id}/clone', 'cloneRole', {
  summary: 'Create a custom role as a copy of another role',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ ...identity, owner: optional.owner, reviewAt: optional.reviewAt })),
  },
  responses: { 201: jsonAnswer(Role, 'The new role') },
})

const getRoute = operation('get', '/roles/{id}', 'getRole', {
  summary: 'Read a role',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Role, 'The role') },
})

const updateRoute = operation('patch', '/roles/{id}', 'updateRole', {
  summary: 'Change a custom role, for all who hold it',
  request: {
    params: idParam,
    headers: previewHeaders,
    body: jsonBody(z.strictObject({ ...identity, ...optional }).partial()),
  },
  responses: { 200: jsonAnswer(Role, 'The role as it is now'), 403: builtIn(), ...confirmFailures },
})

const deleteRoute = operation('delete', '/roles/{id}', 'deleteRole', {
  summary: 'Delete a custom role that nothing gives',
  request: { params: idParam },
  responses: { 204: noContent('The role is gone'), 403: builtIn() },
})

function builtIn() {
  return { ...writeFailures[409], description: 'The role is built-in (reason `built_in`); clone it instead' }
}

export const roleRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listRoles(c.get('ctx'), { after: afterId(cursor, 'rol'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(createRoleRoute, async (c) => c.json(await createRole(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(cloneRoute, async (c) => {
    const input = { roleId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await cloneRole(c.get('ctx'), input), 201)
  })
  .openapi(getRoute, async (c) => c.json(await getRole(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(updateRoute, async (c) => {
    const role = { roleId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await makeConfirmed(c, { kind: 'update_role', role }), 200)
  })
  .openapi(deleteRoute, async (c) => {
    await deleteRole(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
