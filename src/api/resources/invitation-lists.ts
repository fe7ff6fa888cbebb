// /invitations/preview and /invitations/bulk: what an invitation would lead to, and many at once.
import { z } from '@hono/zod-openapi'
import { inviteMany, previewInvitations } from '#access/invitations/invite-many.ts'
import { previewInvitation } from '#access/invitations/preview-invitation.ts'
import { jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { brandReference, permissionName, roleReference, time, timeInput } from '../contract/schemas.ts'
import { CreateInvitation } from './invitations.ts'

const operation = operationsOf('Invitations')

const InvitationPreview = z
  .object({
    email: z.string(),
    displayName: z.string().nullable(),
    person: z.enum(['new', 'invited', 'exists', 'waiting']),
    roles: z.array(
      z.object({
        role: roleReference.extend({ purpose: z.string(), allows: z.array(permissionName) }),
        brand: brandReference,
      }),
    ),
    days: z.number().int().openapi({ description: 'How long the link is good' }),
    expiresAt: time.nullable().openapi({ description: 'When what they will hold ends' }),
    warnings: z.array(
      z.object({
        code: z.enum(['personal_mail', 'foreign_domain', 'no_end_date', 'administrator', 'provider_required']),
        message: z.string(),
      }),
    ),
  })
  .openapi('InvitationPreview')

const previewRoute = operation('post', '/invitations/preview', 'previewInvitation', {
  summary: 'What an invitation would lead to; nothing is sent',
  request: { body: jsonBody(CreateInvitation) },
  responses: { 200: jsonAnswer(InvitationPreview, 'The preview') },
})

const InviteMany = z
  .strictObject({
    text: z.string().openapi({
      description:
        'Addresses, parted by commas, blanks or lines; or a CSV table with the headings email, name, role, brand, until',
    }),
    roleId: z.string().nullish().openapi({ description: 'In the organization, for lines without a role of their own' }),
    brands: z
      .array(z.strictObject({ brandId: z.string(), roleId: z.string() }))
      .max(100)
      .optional(),
    note: z.string().nullish(),
    days: z.number().int().min(1).max(90).nullish(),
    expiresAt: timeInput.nullish(),
    isPreview: z
      .boolean()
      .optional()
      .openapi({ description: 'Nobody is invited; the outcomes are what would come of it' }),
  })
  .openapi('InviteMany')

const outcome = z.enum(['ready', 'invited', 'already_invited', 'exists', 'repeated', 'invalid', 'failed'])

const InviteManyResult = z
  .object({
    total: z.number().int(),
    counts: z.record(z.string(), z.number().int()),
    outcomes: z.array(
      z.object({
        line: z.number().int(),
        email: z.string(),
        displayName: z.string().nullable(),
        outcome,
        reason: z.string().nullable(),
        message: z.string().nullable(),
        invitationId: z.string().nullable(),
        warnings: z.array(z.string()),
      }),
    ),
  })
  .openapi('InviteManyResult')

const manyRoute = operation('post', '/invitations/bulk', 'inviteMany', {
  summary: 'Invite up to 1,000 people, with an outcome for each; doing it again invites nobody twice',
  request: { body: jsonBody(InviteMany) },
  responses: { 200: jsonAnswer(InviteManyResult, 'An outcome for each') },
})

export const invitationListRoutes = newRoutes()
  .openapi(previewRoute, async (c) => c.json(await previewInvitation(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(manyRoute, async (c) => {
    const { isPreview = false, ...input } = c.req.valid('json')
    const act = isPreview ? previewInvitations : inviteMany
    return c.json(await act(c.get('ctx'), input), 200)
  })
