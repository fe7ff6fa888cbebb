// /invitations
import { z } from '@hono/zod-openapi'
import { cancelInvitation, resendInvitation } from '#access/invitations/change-invitation.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { getInvitation, type InvitationRecord, listInvitations } from '#access/invitations/invitations.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, permissionName, roleReference, time, timeInput } from '../contract/schemas.ts'

const status = z.enum(['pending', 'expired', 'accepted', 'cancelled', 'withdrawn'])

export const Invitation = z
  .object({
    id: z.string(),
    userId: z.string().openapi({ description: 'The person, who is `invited` until they accept' }),
    email: z.string(),
    displayName: z.string().nullable(),
    status: status.openapi({ description: '`withdrawn`: the person was switched off before they accepted' }),
    note: z.string().nullable(),
    invitedBy: z.string(),
    inviter: z.string().nullable().openapi({ description: 'Their name' }),
    sentCount: z.number().int(),
    createdAt: time,
    expiresAt: time,
    acceptedAt: time.nullable(),
    roles: z
      .array(z.object({ role: roleReference, brand: brandReference, expiresAt: time.nullable() }))
      .openapi({ description: 'What the person holds once they have accepted; `brand` null: in the organization' }),
    overrides: z
      .array(
        z.object({
          permission: permissionName,
          effect: z.enum(['allow', 'deny']),
          brand: brandReference,
          expiresAt: time.nullable(),
        }),
      )
      .openapi({ description: 'Single permissions on top of them, or taken from them' }),
    delivery: z
      .object({
        mailId: z.string(),
        status: z.enum(['queued', 'sent', 'failed', 'kept']),
        lastError: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'Of the last mail; `kept`: there is no mail server, so it waits in the outbox' }),
  })
  .openapi('Invitation')

export const CreateInvitation = z
  .strictObject({
    email: z.string(),
    displayName: z.string().nullish().openapi({ description: 'First and last name, unless said otherwise' }),
    givenName: z.string().nullish(),
    familyName: z.string().nullish(),
    roleId: z.string().nullish().openapi({ description: 'In the organization' }),
    brands: z
      .array(z.strictObject({ brandId: z.string(), roleId: z.string() }))
      .max(100)
      .optional(),
    overrides: z
      .array(
        z.strictObject({
          permission: permissionName,
          effect: z.enum(['allow', 'deny']).optional(),
          brandId: z.string().nullish(),
          reason: z.string(),
          expiresAt: timeInput
            .nullish()
            .openapi({ description: 'With the rest, unless said otherwise; it needs an end' }),
        }),
      )
      .max(20)
      .optional()
      .openapi({
        description: 'Single permissions on top of a role that the invitation gives there, or taken from it',
      }),
    note: z.string().nullish().openapi({ description: 'A few words of your own; they are in the mail' }),
    days: z.number().int().min(1).max(90).nullish().openapi({ description: 'How long the link is good' }),
    expiresAt: timeInput.nullish().openapi({ description: 'When what they will hold ends' }),
    sponsor: z.string().nullish().openapi({ description: 'Who vouches for them; the inviter unless said otherwise' }),
  })
  .openapi('CreateInvitation')

const operation = operationsOf('Invitations')

const listRoute = operation('get', '/invitations', 'listInvitations', {
  summary: 'List the invitations, those that are over too',
  request: {
    query: z.strictObject({
      ...pageParams,
      status: status.optional(),
      q: z.string().max(200).optional().openapi({ description: 'Words of the address or the name' }),
      brandId: z.string().max(100).optional(),
      order: z.enum(['oldest', 'newest']).default('oldest'),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(Invitation), 'A page of invitations') },
})

const createInvitationRoute = operation('post', '/invitations', 'createInvitation', {
  summary: 'Invite a person; one who is invited already, to the same roles, gets a new link',
  request: { body: jsonBody(CreateInvitation) },
  responses: { 201: jsonAnswer(Invitation, 'The invitation') },
})

const getRoute = operation('get', '/invitations/{id}', 'getInvitation', {
  summary: 'Read an invitation',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Invitation, 'The invitation') },
})

const resendRoute = operation('post', '/invitations/{id}/resend', 'resendInvitation', {
  summary: 'Send a new link; the old one is void',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Invitation, 'The invitation as it is now') },
})

const cancelRoute = operation('delete', '/invitations/{id}', 'cancelInvitation', {
  summary: 'Take an invitation back; its link and its roles are void',
  request: { params: idParam },
  responses: { 204: noContent('The invitation is cancelled') },
})

const present = (invitation: InvitationRecord): InvitationRecord => invitation

export const invitationRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...wanted } = c.req.valid('query')
    const rows = await listInvitations(c.get('ctx'), {
      ...wanted,
      after: afterId(cursor, 'inv'),
      limit: limit + 1,
    })
    return c.json(page(rows.map(present), limit), 200)
  })
  .openapi(createInvitationRoute, async (c) =>
    c.json(present(await createInvitation(c.get('ctx'), c.req.valid('json'))), 201),
  )
  .openapi(getRoute, async (c) => c.json(present(await getInvitation(c.get('ctx'), c.req.valid('param').id)), 200))
  .openapi(resendRoute, async (c) =>
    c.json(present(await resendInvitation(c.get('ctx'), c.req.valid('param').id)), 200),
  )
  .openapi(cancelRoute, async (c) => {
    await cancelInvitation(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
