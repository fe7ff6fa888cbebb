// /directories/{id}/mass-changes and /mass-changes: what many people lost by a directory at once, and what an administrator says of it.
import { z } from '@hono/zod-openapi'
import { confirmMassChange } from '#access/people/brake/confirm-mass-change.ts'
import { lookBack } from '#access/people/brake/look-back.ts'
import { getMassChange, listMassChangePeople, listMassChanges } from '#access/people/brake/mass-changes.ts'
import { noteLeavers } from '#access/people/brake/note-leavers.ts'
import { restoreMassChange } from '#access/people/brake/restore-mass-change.ts'
import { afterId, page, pageOf, pageParams, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'

const count = z.number().int()

const MassChange = z
  .object({
    id: z.string(),
    directory: z.object({ id: z.string(), name: z.string() }),
    beganAt: time,
    trippedAt: time,
    endedAt: time.nullable().openapi({ description: 'Null while it goes on' }),
    limit: count
      .nullable()
      .openapi({ description: 'The limit that was passed; null where somebody looked back by hand' }),
    status: z.enum(['open', 'confirmed', 'restoring', 'restored']),
    decidedAt: time.nullable(),
    decidedBy: z.string().nullable(),
    people: count.openapi({ description: 'Everybody who lost something' }),
    deactivated: count,
    deleted: count,
    haveLeft: count.openapi({ description: 'Of whom an administrator has said that they have really left' }),
    kept: count.openapi({ description: 'What waits: memberships, groups in groups, whole groups' }),
    restored: count,
    notRestored: count,
    groups: z.array(
      z.object({ id: z.string(), displayName: z.string().nullable(), people: count, isKept: z.boolean() }),
    ),
  })
  .openapi('MassChange')

const Person = z
  .object({
    id: z.string(),
    userName: z.string(),
    displayName: z.string().nullable(),
    status: z.enum(['invited', 'active', 'inactive', 'erased']),
    isDeleted: z.boolean(),
    kinds: z.array(z.enum(['deactivated', 'deleted', 'left_group', 'group_deleted', 'left_nesting'])),
    groups: z.array(z.string()).openapi({ description: 'Names of the groups that they left' }),
    hasLeft: z.boolean(),
    outcome: z
      .enum(['restored', 'erased', 'said_again', 'held_by_administrator', 'brought_again', 'there_already'])
      .nullable()
      .openapi({ description: 'What putting them back came to; null before that' }),
  })
  .openapi('MassChangePerson')

const operation = operationsOf('Directories')

const listRoute = operation('get', '/directories/{id}/mass-changes', 'listMassChanges', {
  summary: 'List what many people lost by the directory at once: the newest first',
  request: {
    params: idParam,
    query: z.strictObject({ ...pageParams, open: z.enum(['true', 'false']).optional() }),
  },
  responses: { 200: jsonAnswer(pageOf(MassChange), 'A page of mass changes') },
})

const lookBackRoute = operation('post', '/directories/{id}/mass-changes', 'lookBack', {
  summary: 'Look back by hand: what the directory has taken since a moment, to be put back',
  request: { params: idParam, body: jsonBody(z.strictObject({ since: timeInput })) },
  responses: { 201: jsonAnswer(MassChange, 'What it has taken since') },
})

const getRoute = operation('get', '/mass-changes/{id}', 'getMassChange', {
  summary: 'Read a mass change',
  request: { params: idParam },
  responses: { 200: jsonAnswer(MassChange, 'The mass change') },
})

const peopleRoute = operation('get', '/mass-changes/{id}/people', 'listMassChangePeople', {
  summary: 'List everybody who lost something',
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Person), 'A page of people') },
})

const leaversRoute = operation('post', '/mass-changes/{id}/leavers', 'noteLeavers', {
  summary: 'Note who has really left, and stays out when the rest is put back',
  request: {
    params: idParam,
    body: jsonBody(
      z.strictObject({ userIds: z.array(z.string()).min(1).max(10_000), hasLeft: z.boolean().default(true) }),
    ),
  },
  responses: { 200: jsonAnswer(z.object({ noted: count }), 'Of how many it was noted') },
})

const confirmRoute = operation('post', '/mass-changes/{id}/confirm', 'confirmMassChange', {
  summary: 'Say that it was meant: what waits goes',
  request: { params: idParam },
  responses: { 200: jsonAnswer(MassChange, 'The mass change as it is now') },
})

const restoreRoute = operation('post', '/mass-changes/{id}/restore', 'restoreMassChange', {
  summary: 'Put everybody back but those who have really left; again, to go on with one that was interrupted',
  request: { params: idParam },
  responses: { 200: jsonAnswer(MassChange, 'The mass change as it is now') },
})

export const massChangeRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, open } = c.req.valid('query')
    const isOpen = open === undefined ? undefined : open === 'true'
    const wanted = { directoryId: c.req.valid('param').id, isOpen, after: afterId(cursor, 'mch'), limit: limit + 1 }
    return c.json(page(await listMassChanges(c.get('ctx'), wanted), limit), 200)
  })
  .openapi(lookBackRoute, async (c) => {
    const { since } = c.req.valid('json')
    return c.json(await lookBack(c.get('ctx'), { directoryId: c.req.valid('param').id, since }), 201)
  })
  .openapi(getRoute, async (c) => c.json(await getMassChange(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(peopleRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const wanted = { massChangeId: c.req.valid('param').id, after: afterId(cursor, 'usr'), limit: limit + 1 }
    return c.json(page(await listMassChangePeople(c.get('ctx'), wanted), limit), 200)
  })
  .openapi(leaversRoute, async (c) => {
    const noted = await noteLeavers(c.get('ctx'), { massChangeId: c.req.valid('param').id, ...c.req.valid('json') })
    return c.json({ noted }, 200)
  })
  .openapi(confirmRoute, async (c) => c.json(await confirmMassChange(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(restoreRoute, async (c) => c.json(await restoreMassChange(c.get('ctx'), c.req.valid('param').id), 200))
