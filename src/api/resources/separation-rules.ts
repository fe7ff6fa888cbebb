// /separation-rules
import { z } from '@hono/zod-openapi'
import { getSeparation, listSeparations } from '#access/grants/separation/rules.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, permissionName, roleReference, time, timeInput } from '../contract/schemas.ts'
import { Assignment } from './assignments.ts'

const side = z.object({ role: roleReference.nullable(), permission: permissionName.nullable() })

const mode = z.enum(['watch', 'enforce']).openapi({
  description: '`enforce`: whoever holds both in one place does not have the second; `watch`: they are listed',
})

const SeparationRule = z
  .object({
    id: z.string(),
    name: z.string(),
    purpose: z.string(),
    mode,
    first: side,
    second: side,
    exceptRoles: z.array(roleReference).openapi({ description: 'Whoever holds one of these there may hold both' }),
    exceptions: z.array(
      z.object({
        assignmentId: z.string(),
        user: z.object({ id: z.string(), userName: z.string(), displayName: z.string().nullable() }),
        brand: brandReference,
        reason: z.string(),
        expiresAt: time.nullable(),
      }),
    ),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('SeparationRule')

const sideInput = z
  .strictObject({ roleId: z.string().nullish(), permission: permissionName.nullish() })
  .openapi({ description: 'A role or a permission, one of the two' })

const operation = operationsOf('Separation of duties')

const listRoute = operation('get', '/separation-rules', 'listSeparationRules', {
  summary: 'List the rules that keep two roles or permissions apart, with their exceptions',
  responses: { 200: jsonAnswer(z.object({ items: z.array(SeparationRule) }), 'All of them') },
})

const createRoute = operation('post', '/separation-rules', 'createSeparationRule', {
  summary: 'Keep two roles or permissions apart',
  request: {
    headers: previewHeaders,
    body: jsonBody(
      z.strictObject({
        ...{ name: z.string(), purpose: z.string(), first: sideInput, second: sideInput },
        ...{ mode: mode.optional(), exceptRoleIds: z.array(z.string()).optional() },
      }),
    ),
  },
  responses: { 201: jsonAnswer(SeparationRule, 'The new rule'), ...confirmFailures },
})

const getRoute = operation('get', '/separation-rules/{id}', 'getSeparationRule', {
  summary: 'Read a rule',
  request: { params: idParam },
  responses: { 200: jsonAnswer(SeparationRule, 'The rule') },
})

const updateRoute = operation('patch', '/separation-rules/{id}', 'updateSeparationRule', {
  summary: 'Rename a rule, enforce it or watch it only, or except other roles',
  request: {
    ...{ params: idParam, headers: previewHeaders },
    body: jsonBody(
      z.strictObject({
        ...{ name: z.string().optional(), purpose: z.string().optional() },
        ...{ mode: mode.optional(), exceptRoleIds: z.array(z.string()).optional() },
      }),
    ),
  },
  responses: { 200: jsonAnswer(SeparationRule, 'The rule as it is now'), ...confirmFailures },
})

const deleteRoute = operation('delete', '/separation-rules/{id}', 'deleteSeparationRule', {
  summary: 'Delete a rule and its exceptions',
  request: { params: idParam, headers: previewHeaders },
  responses: { 204: noContent('The rule is gone'), ...confirmFailures },
})

const exceptRoute = operation('post', '/separation-rules/{id}/exceptions', 'createSeparationException', {
  summary: 'Let a user hold both, in one place, for a reason and until a date',
  description: 'It is listed, changed and revoked as an assignment.',
  request: {
    ...{ params: idParam, headers: previewHeaders },
    body: jsonBody(
      z.strictObject({
        ...{ userId: z.string(), brandId: z.string().nullish(), reason: z.string() },
        ...{ sponsor: z.string().nullish(), expiresAt: timeInput },
      }),
    ),
  },
  responses: { 201: jsonAnswer(Assignment, 'The exception'), ...confirmFailures },
})

export const separationRoutes = newRoutes()
  .openapi(listRoute, async (c) => c.json({ items: await listSeparations(c.get('ctx')) }, 200))
  .openapi(createRoute, async (c) => {
    const made = await makeConfirmed(c, { kind: 'create_separation', rule: c.req.valid('json') })
    return c.json(made, 201)
  })
  .openapi(getRoute, async (c) => c.json(await getSeparation(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(updateRoute, async (c) => {
    const change = { ruleId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await makeConfirmed(c, { kind: 'update_separation', ...change }), 200)
  })
  .openapi(deleteRoute, async (c) => {
    await makeConfirmed(c, { kind: 'delete_separation', ruleId: c.req.valid('param').id })
    return c.body(null, 204)
  })
  .openapi(exceptRoute, async (c) => {
    const exception = { ruleId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await makeConfirmed(c, { kind: 'create_exception', exception }), 201)
  })
