// /users
import { z } from '@hono/zod-openapi'
import { createLocalUser } from '#access/accounts/create-local-user.ts'
import { searchUsers } from '#access/people/list-users.ts'
import { provisionLocalUser, updateLocalUser } from '#access/people/local.ts'
import { userSorts } from '#access/people/search/user-order.ts'
import { approveUser } from '#access/people/status/approve-user.ts'
import { contentOf } from '#directory/user-content.ts'
import { getUser } from '#directory/users.ts'
import { pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import {
  accountsFilter,
  CreateUser,
  changedContent,
  ListedUser,
  newContent,
  presentListed,
  presentUser,
  UpdateUser,
  User,
  userStatus,
} from './user-shape.ts'

const operation = operationsOf('Users')

const moment = z.iso.datetime({ offset: true })

const filter = {
  userName: z.string().max(1_000).optional(),
  email: z.string().max(1_000).optional(),
  status: userStatus.optional(),
  q: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: 'Words, each a part of a name or address; case and accents do not matter' }),
  roleId: z.string().max(100).optional().openapi({
    description: 'Who holds this role: anywhere, or, with `brandId`, in the organization or in that brand',
  }),
  brandId: z.string().max(100).optional().openapi({ description: 'Who holds any role in this brand' }),
  source: z.string().max(100).optional().openapi({
    description: 'Id of the directory that manages them or a connection that they came through, or `local`',
  }),
  activeSince: moment.optional(),
  notActiveSince: moment.optional().openapi({ description: 'Who was never active counts, too' }),
  neverActive: z.enum(['true', 'false']).optional(),
  accounts: accountsFilter,
}

const order = {
  sort: z.enum(userSorts).default('created'),
  direction: z.enum(['asc', 'desc']).default('asc'),
  cursor: z.string().max(4_000).optional().openapi({ description: '`nextCursor` of the page before' }),
}

const listRoute = operation('get', '/users', 'listUsers', {
  summary: 'List and search users; all filters have to hold',
  request: { query: z.strictObject({ ...pageParams, ...order, ...filter }) },
  responses: {
    200: jsonAnswer(
      pageOf(ListedUser).extend({ total: z.number().int() }),
      'A page of users, and how many there are in all',
    ),
  },
})

const createUserRoute = operation('post', '/users', 'createUser', {
  summary: 'Create a user who belongs to no directory, with a first password where they are to sign in by one',
  request: { body: jsonBody(CreateUser) },
  responses: { 201: jsonAnswer(User, 'The new user') },
})

const getRoute = operation('get', '/users/{id}', 'getUser', {
  summary: 'Read a user',
  request: { params: idParam },
  responses: { 200: jsonAnswer(User, 'The user') },
})

const updateRoute = operation('patch', '/users/{id}', 'updateUser', {
  summary: 'Change a user who belongs to no directory',
  request: { params: idParam, body: jsonBody(UpdateUser) },
  responses: { 200: jsonAnswer(User, 'The user as they are now') },
})

const approveRoute = operation('post', '/users/{id}/approve', 'approveUser', {
  summary:
    'Let a user in who waits: after a first sign-in, or brought by a staged directory; nothing changes for others',
  request: { params: idParam },
  responses: { 200: jsonAnswer(User, 'The user as they are now') },
})

export const userRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, sort, direction, neverActive, ...wanted } = c.req.valid('query')
    const narrowed = { ...wanted, neverActive: neverActive === 'true' }
    const found = await searchUsers(c.get('ctx'), { filter: narrowed, order: { sort, direction }, cursor, limit })
    return c.json({ ...found, items: found.items.map(presentListed) }, 200)
  })
  .openapi(createUserRoute, async (c) => {
    const input = c.req.valid('json')
    const { isActive: _, ...content } = newContent(input)
    const { password, mustChangePassword: mustChange, roles } = input
    if (password === undefined)
      return c.json(presentUser(await provisionLocalUser(c.get('ctx'), { ...content, isActive: true })), 201)
    const holdings = roles.map(({ roleId, brandId = null }) => ({ roleId, brandId }))
    return c.json(presentUser(await createLocalUser(c.get('ctx'), { ...content, password, mustChange, holdings })), 201)
  })
  .openapi(getRoute, async (c) => {
    const reference = { userId: c.req.valid('param').id, directoryId: null }
    return c.json(presentUser(await getUser(c.get('ctx'), reference)), 200)
  })
  .openapi(updateRoute, async (c) => {
    const input = c.req.valid('json')
    const user = await updateLocalUser(c.get('ctx'), {
      userId: c.req.valid('param').id,
      change: (current) => changedContent(contentOf(current), input),
    })
    return c.json(presentUser(user), 200)
  })
  .openapi(approveRoute, async (c) => {
    return c.json(presentUser(await approveUser(c.get('ctx'), c.req.valid('param').id)), 200)
  })
