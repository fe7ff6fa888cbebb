// /assignments
import { z } from '@hono/zod-openapi'
import { getAssignment, listAssignments } from '#access/grants/assignments/assignments.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, permissionName, roleReference, time, timeInput } from '../contract/schemas.ts'

export const Assignment = z
  .object({
    id: z.string(),
    user: z.object({ id: z.string(), userName: z.string() }),
    role: roleReference,
    kind: z.enum(['role', 'override', 'exception']).openapi({
      description: '`override`: one permission for this person; `exception`: lets them hold what a rule keeps apart',
    }),
    override: z
      .object({ permission: permissionName, effect: z.enum(['allow', 'deny']) })
      .nullable()
      .openapi({ description: 'What an override gives or takes; null for other kinds' }),
    brand: brandReference.openapi({ description: 'Null: the role is held in the organization' }),
    reason: z.string(),
    sponsor: z.string().nullable(),
    validFrom: time.nullable(),
    expiresAt: time.nullable(),
    reviewAt: time.nullable().openapi({ description: 'When somebody should ask again whether it is still right' }),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('Assignment')

const CreateAssignment = z.strictObject({
  userId: z.string(),
  roleId: z.string(),
  brandId: z.string().nullish(),
  reason: z.string().openapi({ description: 'Why; required' }),
  sponsor: z.string().nullish(),
  validFrom: timeInput.nullish(),
  expiresAt: timeInput.nullish(),
  reviewAt: timeInput.nullish(),
})

const UpdateAssignment = z.strictObject({
  roleId: z.string().optional().openapi({
    description: 'Another role: the assignment ends, and a new one with another id begins, in one transaction',
  }),
  reason: z.string().optional(),
  sponsor: z.string().nullish(),
  expiresAt: timeInput.nullish(),
  reviewAt: timeInput.nullish(),
})

const CreateOverride = z.strictObject({
  userId: z.string(),
  permission: permissionName,
  effect: z.enum(['allow', 'deny']).openapi({ description: 'Whether they have it on top, or have it taken' }),
  brandId: z.string().nullish(),
  reason: z.string().openapi({ description: 'Why; required' }),
  sponsor: z.string().nullish(),
  expiresAt: timeInput.openapi({ description: 'When it ends; required' }),
})

const operation = operationsOf('Assignments')

const listRoute = operation('get', '/assignments', 'listAssignments', {
  summary: 'List the direct assignments, ended ones too',
  request: {
    query: z.strictObject({
      ...{ ...pageParams, userId: z.string().max(100).optional() },
      kind: z.enum(['role', 'override', 'exception']).optional(),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(Assignment), 'A page of assignments') },
})

const createAssignmentRoute = operation('post', '/assignments', 'createAssignment', {
  summary: 'Give a role to a user directly, for a reason',
  request: { body: jsonBody(CreateAssignment) },
  responses: { 201: jsonAnswer(Assignment, 'The new assignment') },
})

const createOverrideRoute = operation('post', '/overrides', 'createOverride', {
  summary: 'Give a user one permission more, or one less, on top of their roles',
  description:
    'For a reason, until a date, where they hold a role. It is listed, changed and revoked as an assignment. What takes something away is to be confirmed with `Preview-Hash`.',
  request: { headers: previewHeaders, body: jsonBody(CreateOverride) },
  responses: { 201: jsonAnswer(Assignment, 'The new assignment'), ...confirmFailures },
})

const getRoute = operation('get', '/assignments/{id}', 'getAssignment', {
  summary: 'Read a direct assignment',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Assignment, 'The assignment') },
})

const updateRoute = operation('patch', '/assignments/{id}', 'updateAssignment', {
  summary: 'Change the role, the end, the reason or the sponsor of a direct assignment',
  description:
    'A role that allows less, or an end that comes sooner than before, takes something away, and is to be confirmed with `Preview-Hash`.',
  request: { params: idParam, headers: previewHeaders, body: jsonBody(UpdateAssignment) },
  responses: { 200: jsonAnswer(Assignment, 'The assignment as it is now'), ...confirmFailures },
})

const deleteRoute = operation('delete', '/assignments/{id}', 'deleteAssignment', {
  summary: 'Take back a direct assignment',
  request: { params: idParam, headers: previewHeaders },
  responses: { 204: noContent('The assignment is gone'), ...confirmFailures },
})

export const assignmentRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, userId, kind } = c.req.valid('query')
    const asked = { userId, kind, after: afterId(cursor, 'asg'), limit: limit + 1 }
    const rows = await listAssignments(c.get('ctx'), asked)
    return c.json(page(rows, limit), 200)
  })
  .openapi(createAssignmentRoute, async (c) => c.json(await createAssignment(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(createOverrideRoute, async (c) =>
    c.json(await makeConfirmed(c, { kind: 'create_overrides', overrides: [c.req.valid('json')] }), 201),
  )
  .openapi(getRoute, async (c) => c.json(await getAssignment(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(updateRoute, async (c) => {
    const change = { assignmentId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await makeConfirmed(c, { kind: 'update_assignment', ...change }), 200)
  })
  .openapi(deleteRoute, async (c) => {
    await makeConfirmed(c, { kind: 'delete_assignments', assignmentIds: [c.req.valid('param').id] })
    return c.body(null, 204)
  })
