// /permissions and /role-packs: what roles are made of, and the sets that can be installed.
import { createRoute, z } from '@hono/zod-openapi'
import { permissionCatalogue } from '#access/permissions.ts'
import { installRolePack } from '#access/roles/install-role-pack.ts'
import { rolePacks } from '#access/roles/role-packs.ts'
import { inTransaction } from '#src/context.ts'
import { pageOf } from '../paging.ts'
import { jsonAnswer, jsonBody, newRoutes, readFailures, security, writeFailures } from '../routes.ts'
import { permissionName } from '../schemas.ts'

const Permission = z
  .object({
    name: permissionName,
    description: z.string(),
    parameter: z.string().nullable().openapi({ description: 'What may follow after a colon, such as a workflow step' }),
  })
  .openapi('Permission')

const RolePack = z
  .object({
    key: z.string(),
    name: z.string(),
    roles: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        purpose: z.string(),
        rank: z.number().int(),
        permissions: z.array(permissionName),
      }),
    ),
  })
  .openapi('RolePack')

const shared = { tags: ['Roles'], security }

const permissionsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/permissions',
  operationId: 'listPermissions',
  summary: 'List the permissions that roles are made of',
  description:
    'A role may also hold names with `*` as a segment, and names of the host application’s own under `app.`.',
  responses: { 200: jsonAnswer(pageOf(Permission), 'All permissions'), ...readFailures },
})

const packsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/role-packs',
  operationId: 'listRolePacks',
  summary: 'List the role packs',
  responses: { 200: jsonAnswer(pageOf(RolePack), 'All role packs'), ...readFailures },
})

const installRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/role-packs',
  operationId: 'installRolePack',
  summary: 'Add the roles of a pack that are not there yet',
  request: { body: jsonBody(z.strictObject({ pack: z.string().openapi({ example: 'owner5' }) })) },
  responses: {
    200: jsonAnswer(
      z.object({ pack: z.string(), added: z.array(z.string()) }),
      'The keys of the roles that were added',
    ),
    ...writeFailures,
  },
})

const permissions = permissionCatalogue.map((entry) => ({
  name: entry.name,
  description: entry.description,
  parameter: 'parameter' in entry ? entry.parameter : null,
}))

const packs = rolePacks.map(({ roles, ...pack }) => ({
  ...pack,
  roles: roles.map((role) => ({ ...role, permissions: [...role.permissions] })),
}))

export const rolePackRoutes = newRoutes()
  .openapi(permissionsRoute, async (c) => {
    await inTransaction(c.get('ctx'), (tx) => tx.entered())
    return c.json({ items: permissions, nextCursor: null }, 200)
  })
  .openapi(packsRoute, async (c) => {
    await inTransaction(c.get('ctx'), (tx) => tx.entered())
    return c.json({ items: packs, nextCursor: null }, 200)
  })
  .openapi(installRoute, async (c) => c.json(await installRolePack(c.get('ctx'), c.req.valid('json').pack), 200))
