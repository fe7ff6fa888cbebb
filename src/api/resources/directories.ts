// /directories
import { z } from '@hono/zod-openapi'
import { outlookOfMove } from '#access/people/adoption/outlook-of-move.ts'
import { confirmChange } from '#access/previews/preview.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { deleteDirectory } from '#connections/directories/delete-directory.ts'
import {
  adoptionPolicies,
  type DirectoryRecord,
  getDirectory,
  listDirectories,
} from '#connections/directories/directories.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { type DirectoryActivity, getDirectoryActivity } from '#connections/provisioning/activity.ts'
import { getDirectoryRhythm } from '#connections/provisioning/rhythm.ts'
import { notFound } from '#platform/errors.ts'
import type { Urls } from '#platform/urls.ts'
import { confirmFailures, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { orNull, time, timeInput } from '../contract/schemas.ts'

const status = z.enum(['active', 'disabled'])

const arrivals = z.enum(['active', 'staged']).openapi({
  description:
    '`staged`: people whom it brings wait until `admit` lets them in; their groups and roles are there already',
})

const adoption = z.enum(adoptionPolicies).openapi({
  description:
    'For people whom it brings and the organization has from elsewhere: those in a verified domain, all, or none become the directory’s; `confirm`: each waits for an administrator. Whoever manages something always does',
})

const brake = {
  brake: z
    .enum(['on', 'off'])
    .openapi({ description: '`on`: what more people lose at once than the limit waits for an administrator' }),
  brakePeople: z
    .number()
    .int()
    .min(1)
    .nullable()
    .openapi({ description: 'How many people may lose something; null: a share, or learned' }),
  brakeShare: z
    .number()
    .int()
    .min(1)
    .max(100)
    .nullable()
    .openapi({ description: 'The same, in percent of its people' }),
  brakeMinutes: z.number().int().min(5).max(1_440).openapi({ description: 'Within how many minutes' }),
}

const Directory = z
  .object({
    id: z.string(),
    name: z.string(),
    status,
    arrivals,
    adoption,
    ...brake,
    brakeLimit: z.number().int().openapi({ description: 'How many people that comes to' }),
    baseUrl: z.string().openapi({ description: 'The SCIM base URL, for the identity provider' }),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Directory')

const activity = z
  .object({
    firstRequestAt: time,
    lastRequestAt: time,
    lastChangeAt: time.nullable(),
    lastErrorAt: time.nullable(),
    lastError: z.string().nullable().openapi({ description: 'What the last refusal said' }),
    userAgent: z.string().nullable(),
  })
  .openapi('DirectoryActivity')

const rhythm = z
  .object({
    everyMinutes: z.number().int().nullable().openapi({ description: 'Null where it keeps no rhythm' }),
    lastStartAt: time,
    nextExpectedAt: time.nullable().openapi({ description: 'In the past where the next cycle is late' }),
  })
  .openapi('DirectoryRhythm')

const DirectoryWithActivity = Directory.extend({
  activity: orNull(activity).openapi({ description: 'Null where the directory was never asked anything' }),
  rhythm: orNull(rhythm).openapi({ description: 'When the provider delivers; null where the log is empty' }),
}).openapi('DirectoryWithActivity')

const present = (urls: Urls, directory: DirectoryRecord): z.infer<typeof Directory> => ({
  ...directory,
  baseUrl: urls.scimBase(directory.id),
})

const activityShape = ({ directoryId: _, ...shown }: DirectoryActivity): z.infer<typeof activity> => shown

const NewDirectory = Directory.extend({
  tokenId: z.string(),
  token: z.string().openapi({ description: 'The first bearer token; shown this once' }),
}).openapi('NewDirectory')

const operation = operationsOf('Directories')

const listRoute = operation('get', '/directories', 'listDirectories', {
  summary: 'List the SCIM directories',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Directory), 'A page of directories') },
})

const createDirectoryRoute = operation('post', '/directories', 'createDirectory', {
  summary: 'Create a SCIM directory with its first token',
  request: {
    body: jsonBody(
      z.strictObject({
        name: z.string(),
        arrivals: arrivals.optional(),
        adoption: adoption.optional(),
        tokenExpiresAt: timeInput.nullish(),
      }),
    ),
  },
  responses: { 201: jsonAnswer(NewDirectory, 'The new directory') },
})

const getRoute = operation('get', '/directories/{id}', 'getDirectory', {
  summary: 'Read a directory, and how it is doing',
  request: { params: idParam },
  responses: { 200: jsonAnswer(DirectoryWithActivity, 'The directory') },
})

const updateRoute = operation('patch', '/directories/{id}', 'updateDirectory', {
  summary: 'Rename a directory, or switch it off and on; switched off, its tokens are refused at once',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ name: z.string(), status, arrivals, adoption, ...brake }).partial()),
  },
  responses: { 200: jsonAnswer(Directory, 'The directory as it is now') },
})

const admitRoute = operation('post', '/directories/{id}/admit', 'admitArrivals', {
  summary: 'Let in everybody who waits, and nobody waits from then on; asks for its preview first',
  request: { params: idParam, headers: previewHeaders },
  responses: {
    200: jsonAnswer(z.object({ admitted: z.number().int() }), 'They are in'),
    ...confirmFailures,
  },
})

const moveRoute = operation('post', '/directories/{id}/move', 'moveDirectory', {
  summary: 'Hand people and mappings over to another directory, and switch this one off; asks for its preview first',
  request: {
    params: idParam,
    headers: previewHeaders,
    body: jsonBody(
      z.strictObject({
        toDirectoryId: z.string(),
        groups: z
          .array(z.strictObject({ from: z.string(), to: z.string() }))
          .max(500)
          .default([])
          .openapi({ description: 'Whose mappings go to which group' }),
      }),
    ),
  },
  responses: { 200: jsonAnswer(Directory, 'The old directory as it is now'), ...confirmFailures },
})

const movable = { id: z.string(), displayName: z.string(), members: z.number().int() }

const outlookRoute = operation('get', '/directories/{id}/move', 'previewMove', {
  summary: 'What a move to another directory would find, before pairs of groups are chosen',
  request: { params: idParam, query: z.strictObject({ to: z.string().max(100).default('') }) },
  responses: {
    200: jsonAnswer(
      z.object({
        people: z
          .object({ moved: z.number().int(), waiting: z.number().int(), left: z.number().int() })
          .openapi({ description: 'Of the new directory already; taken over by the move; not brought by it yet' }),
        groups: z.array(z.object({ ...movable, mappings: z.number().int(), suggested: z.string().nullable() })),
        targets: z.array(z.object(movable)),
      }),
      'The outlook',
    ),
  },
})

const deleteRoute = operation('delete', '/directories/{id}', 'deleteDirectory', {
  summary: 'Delete a directory that has no users and groups left',
  request: { params: idParam },
  responses: { 204: noContent('The directory is gone') },
})

export const directoryRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listDirectories(c.get('ctx'), { after: afterId(cursor, 'dir'), limit: limit + 1 })
    const presented = rows.map((row) => present(c.get('urls'), row))
    return c.json(page(presented, limit), 200)
  })
  .openapi(createDirectoryRoute, async (c) => {
    const { directory, token } = await createDirectory(c.get('ctx'), c.req.valid('json'))
    return c.json({ ...present(c.get('urls'), directory), tokenId: token.id, token: token.token }, 201)
  })
  .openapi(getRoute, async (c) => {
    const [ctx, { id }] = [c.get('ctx'), c.req.valid('param')]
    const directory = present(c.get('urls'), await getDirectory(ctx, id))
    const [found, paced] = await Promise.all([getDirectoryActivity(ctx, id), getDirectoryRhythm(ctx, id)])
    return c.json({ ...directory, activity: found === null ? null : activityShape(found), rhythm: paced }, 200)
  })
  .openapi(updateRoute, async (c) => {
    const input = { directoryId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(present(c.get('urls'), await updateDirectory(c.get('ctx'), input)), 200)
  })
  .openapi(deleteRoute, async (c) => {
    await deleteDirectory(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  .openapi(admitRoute, async (c) => {
    const change = { kind: 'admit_arrivals', directoryId: c.req.valid('param').id } as const
    const admitted = await confirmChange(c.get('ctx'), change, c.req.header('preview-hash'))
    return c.json({ admitted: admitted.length }, 200)
  })
  .openapi(outlookRoute, async (c) => {
    const move = { fromDirectoryId: c.req.valid('param').id, toDirectoryId: c.req.valid('query').to }
    return c.json(await outlookOfMove(c.get('ctx'), move), 200)
  })
  .openapi(moveRoute, async (c) => {
    const { toDirectoryId, groups } = c.req.valid('json')
    const change = { kind: 'move_directory', fromDirectoryId: c.req.valid('param').id, toDirectoryId, groups } as const
    const [moved] = await confirmChange(c.get('ctx'), change, c.req.header('preview-hash'))
    if (moved === undefined) throw notFound('Directory')
    return c.json(present(c.get('urls'), moved), 200)
  })
