// /access-changes: mappings, roles and policies, tried before they are saved
import { createRoute, z } from '@hono/zod-openapi'
import type { AccessChange } from '#access/changes/change.ts'
import { previewChange, saveChange } from '#access/changes/preview.ts'
import { jsonAnswer, jsonBody, newRoutes, security, writeFailures } from '../routes.ts'
import { brandReference, permissionName, roleReference, timeInput } from '../schemas.ts'

const id = z.string().max(100)

const Change = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('create_mappings'),
      mappings: z
        .array(
          z.strictObject({
            groupId: id.nullish(),
            filter: z.string().nullish(),
            roleId: id,
            brandId: id.nullish(),
            pattern: z.string().nullish(),
          }),
        )
        .min(1)
        .max(500),
    }),
    z.strictObject({ kind: z.literal('delete_mappings'), mappingIds: z.array(id).min(1).max(500) }),
    z.strictObject({
      kind: z.literal('update_role'),
      role: z.strictObject({
        roleId: id,
        key: z.string().optional(),
        name: z.string().optional(),
        purpose: z.string().optional(),
        rank: z.number().int().optional(),
        allows: z.array(permissionName).optional(),
        denies: z.array(permissionName).optional(),
        owner: z.string().nullish(),
        reviewAt: timeInput.nullish(),
      }),
    }),
    z.strictObject({
      kind: z.literal('create_policy'),
      policy: z.strictObject({
        name: z.string(),
        permission: permissionName,
        brandId: id.nullish(),
        exceptRoleIds: z.array(id).optional(),
      }),
    }),
    z.strictObject({ kind: z.literal('delete_policy'), policyId: id }),
    z.strictObject({
      kind: z.literal('update_organization'),
      organization: z.strictObject({
        administratorBrandAccess: z.enum(['explicit', 'implicit']).optional(),
        roleStrategy: z.enum(['union', 'highest']).optional(),
      }),
    }),
  ])
  .openapi('AccessChange')

const person = z.object({ id: z.string(), name: z.string() })

const Preview = z
  .object({
    hash: z.string().openapi({ description: 'What saving needs' }),
    entries: z.array(
      z.object({
        brand: z.union([brandReference, z.literal('others')]).openapi({
          description:
            'Null: the organization; `others`: each brand where they have no membership and that no policy names',
        }),
        gained: z.array(permissionName),
        lost: z.array(permissionName),
        rolesGained: z.array(roleReference),
        rolesLost: z.array(roleReference),
        isPrivileged: z.boolean(),
        count: z.number().int(),
        sample: z.array(person),
      }),
    ),
    gaining: z.number().int(),
    losing: z.number().int(),
    withoutAccess: z.object({ count: z.number().int(), sample: z.array(person) }),
    administrators: z.object({ before: z.number().int(), after: z.number().int() }),
  })
  .openapi('AccessPreview')

const shared = { tags: ['Access changes'], security }

const previewRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/access-changes/preview',
  operationId: 'previewAccessChange',
  summary: 'Who would gain and who would lose what by a change; nothing is changed',
  request: { body: jsonBody(Change) },
  responses: { 200: jsonAnswer(Preview, 'What the change would do'), ...writeFailures },
})

const saveRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/access-changes',
  operationId: 'saveAccessChange',
  summary: 'Make a change, if it does what its preview showed',
  request: { body: jsonBody(z.strictObject({ change: Change, hash: z.string().max(100) })) },
  responses: {
    200: jsonAnswer(z.object({ ids: z.array(z.string()) }), 'What was made or changed'),
    412: { ...writeFailures[409], description: 'It would do something else by now (reason `stale_preview`)' },
    ...writeFailures,
  },
})

export const accessChangeRoutes = newRoutes()
  .openapi(previewRoute, async (c) =>
    c.json(await previewChange(c.get('ctx'), c.req.valid('json') as AccessChange), 200),
  )
  .openapi(saveRoute, async (c) => {
    const { change, hash } = c.req.valid('json')
    return c.json({ ids: await saveChange(c.get('ctx'), change as AccessChange, hash) }, 200)
  })
