// /access-changes: mappings, roles and policies, tried before they are saved
import { createRoute, z } from '@hono/zod-openapi'
import type { AccessChange } from '#access/previews/change.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import { AccessPreview, staleFailure } from '../contract/confirming.ts'
import { jsonAnswer, jsonBody, newRoutes, security, writeFailures } from '../contract/routes.ts'
import { permissionName, timeInput } from '../contract/schemas.ts'

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
    z.strictObject({ kind: z.literal('delete_assignments'), assignmentIds: z.array(id).min(1).max(500) }),
    z.strictObject({ kind: z.literal('remove_members'), groupId: id, memberIds: z.array(id).min(1).max(500) }),
    z.strictObject({ kind: z.literal('delete_group'), groupId: id }),
    z.strictObject({ kind: z.literal('delete_brand'), brandId: id }),
    z.strictObject({ kind: z.literal('admit_arrivals'), directoryId: id }),
    z.strictObject({
      kind: z.literal('update_organization'),
      organization: z.strictObject({
        name: z.string().optional(),
        administratorBrandAccess: z.enum(['explicit', 'implicit']).optional(),
        roleStrategy: z.enum(['union', 'highest']).optional(),
      }),
    }),
  ])
  .openapi('AccessChange')

const shared = { tags: ['Access changes'], security }

const previewRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/access-changes/preview',
  operationId: 'previewAccessChange',
  summary: 'Who would gain and who would lose what by a change; nothing is changed',
  request: { body: jsonBody(Change) },
  responses: { 200: jsonAnswer(AccessPreview, 'What the change would do'), ...writeFailures },
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
    ...staleFailure,
    ...writeFailures,
  },
})

export const accessChangeRoutes = newRoutes()
  .openapi(previewRoute, async (c) =>
    c.json(await previewChange(c.get('ctx'), c.req.valid('json') as AccessChange), 200),
  )
  .openapi(saveRoute, async (c) => {
    const { change, hash } = c.req.valid('json')
    const outcome = await saveChange(c.get('ctx'), change as AccessChange, hash)
    return c.json({ ids: outcome.map(({ id }) => id) }, 200)
  })
