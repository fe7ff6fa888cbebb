// /role-packs: the sets of roles that can be installed
import { z } from '@hono/zod-openapi'
import { installRolePack } from '#access/grants/roles/install-role-pack.ts'
import { rolePacks } from '#access/grants/roles/role-packs.ts'
import { inTransaction, requirePermissionSomewhere } from '#src/context.ts'
import { pageOf } from '../contract/paging.ts'
import { jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { permissionName } from '../contract/schemas.ts'

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

const operation = operationsOf('Roles')

const packsRoute = operation('get', '/role-packs', 'listRolePacks', {
  summary: 'List the role packs',
  responses: { 200: jsonAnswer(pageOf(RolePack), 'All role packs') },
})

const installRoute = operation('post', '/role-packs', 'installRolePack', {
  summary: 'Add the roles of a pack that are not there yet',
  request: { body: jsonBody(z.strictObject({ pack: z.string().openapi({ example: 'owner5' }) })) },
  responses: {
    200: jsonAnswer(
      z.object({ pack: z.string(), added: z.array(z.string()) }),
      'The keys of the roles that were added',
    ),
  },
})

const packs = rolePacks.map(({ roles, ...pack }) => ({
  ...pack,
  roles: roles.map((role) => ({ ...role, permissions: [...role.permissions] })),
}))

export const rolePackRoutes = newRoutes()
  .openapi(packsRoute, async (c) => {
    requirePermissionSomewhere(c.get('ctx'), 'roles.read')
    await inTransaction(c.get('ctx'), (tx) => tx.entered())
    return c.json({ items: packs, nextCursor: null }, 200)
  })
  .openapi(installRoute, async (c) => c.json(await installRolePack(c.get('ctx'), c.req.valid('json').pack), 200))
