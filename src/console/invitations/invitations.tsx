// Invitations: who was invited to what, and inviting: one person by way of a review, or a whole list.

import { type Context, Hono } from 'hono'
import { listPermissions } from '#access/decisions/catalogue.ts'
import { getGuestTerms } from '#access/grants/assignments/guests.ts'
import { cancelInvitation, resendInvitation } from '#access/invitations/change-invitation.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import {
  countInvitations,
  getInvitation,
  type InvitationRecord,
  type InvitationStatus,
  listInvitations,
} from '#access/invitations/invitations.ts'
import { inviteMany, previewInvitations } from '#access/invitations/invite-many.ts'
import { canBeSent, previewInvitation } from '#access/invitations/preview-invitation.ts'
import { sendsMail } from '#access/notices/mail/mail-server.ts'
import { getMail } from '#access/notices/mail/mails.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { isId } from '#platform/ids.ts'
import { type CallContext, requirePermissionSomewhere } from '#src/context.ts'
import { brandRolesOf } from '../ui/brand-roles.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, endOfDay, filledForm, textOf } from '../ui/forms.ts'
import { roleChoices } from '../ui/role-choices.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { InvitationPage, InvitationsPage, isStatus } from './invitation-pages.tsx'
import { type HandedOn, InviteManyPage, InviteOutcomesPage, LinksPage } from './invite-many-pages.tsx'
import { InviteFormPage, InviteReviewPage } from './invite-pages.tsx'
import { specialPermissionOf } from './special-permission.tsx'

const pageSize = 50

/** Each asks whether the reader could be what the invited person will be. */
const linksAtOnce = 100

/** A pasted list is longer than other forms. */
const listBytes = 1_048_576

/** @returns an app to be mounted at `/console/invitations` */
export function createInvitations(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const { q = '', status = '', brand = '', before } = c.req.query()
    const filter = {
      ...(q === '' ? {} : { q }),
      ...(isStatus(status) ? { status } : {}),
      ...(brand === '' ? {} : { brandId: brand }),
    } satisfies { q?: string; status?: InvitationStatus; brandId?: string }
    const after = isId('inv', before ?? '') ? before : undefined
    const [rows, total] = await Promise.all([
      listInvitations(frame.ctx, { ...filter, order: 'newest', after, limit: pageSize + 1 }),
      countInvitations(frame.ctx, filter),
    ])
    const items = rows.slice(0, pageSize)
    const next = rows.length > pageSize ? items.at(-1)?.id : undefined
    const page = { frame, items, total, next, q, status, brand, isFirst: after === undefined }
    return renderPage(c, <InvitationsPage {...page} />)
  })

  pages.get('/new', async (c) => {
    requirePermissionSomewhere(c.get('ctx'), 'invitations.write')
    const brand = c.req.query('brand')
    const choices = await roleChoices(c.get('ctx'), 'invitations.write')
    // Invited into a brand, most people get the least that there is.
    const least = choices.roles.at(-1)?.value
    const isKnown = brand !== undefined && choices.brands.some(({ value }) => value === brand)
    return showForm(c, isKnown ? filledForm({ [`brand.${brand}`]: least, from: brand }) : emptyForm)
  })

  pages.post('/new', async (c) => {
    const [frame, form] = [frameOf(c), await readForm(c)]
    // Back from the review, to change something.
    if (form['step'] === 'back') return showForm(c, filledForm({ ...form }))
    return submit(c, { again: (state) => showForm(c, state) }, async () => {
      const preview = await previewInvitation(frame.ctx, invitationOf(form))
      if (form['step'] !== 'send' || !canBeSent(preview))
        return renderPage(c, <InviteReviewPage {...{ frame, form, preview }} />)
      const { id } = await createInvitation(frame.ctx, invitationOf(form))
      return `/console/invitations/${id}?done=${(await sendsMail(frame.ctx)) ? 'invited' : 'kept'}`
    })
  })

  pages.get('/bulk', (c) => {
    requirePermissionSomewhere(c.get('ctx'), 'invitations.write')
    return showMany(c, emptyForm)
  })

  pages.post('/bulk', async (c) => {
    const frame = frameOf(c)
    const form = await readForm(c, { maxBytes: listBytes })
    if (form['step'] === 'back') return showMany(c, filledForm({ ...form }))
    const isSent = form['step'] === 'send'
    const { email: _, givenName: __, familyName: ___, overrides: ____, ...shared } = invitationOf(form)
    const input = { ...shared, text: form['text'] ?? '' }
    return submit(c, { again: (state) => showMany(c, state) }, async () => {
      const result = await (isSent ? inviteMany(frame.ctx, input) : previewInvitations(frame.ctx, input))
      return renderPage(
        c,
        <InviteOutcomesPage {...{ frame, form, result, isSent, isKept: !(await sendsMail(frame.ctx)) }} />,
      )
    })
  })

  pages.post('/bulk/links', async (c) => {
    const frame = frameOf(c)
    const ids = ((await readForm(c, { maxBytes: listBytes }))['ids'] ?? '').split(' ').filter((id) => isId('inv', id))
    const [now, later] = [ids.slice(0, linksAtOnce), ids.slice(linksAtOnce)]
    const links: HandedOn[] = []
    for (const id of now) {
      const invitation = await getInvitation(frame.ctx, id)
      links.push({ invitation, link: await linkToHandOn(frame.ctx, invitation) })
    }
    return renderPage(c, <LinksPage {...{ frame, links, later }} />)
  })

  pages.get('/:id', async (c) => {
    const frame = frameOf(c)
    const invitation = await getInvitation(frame.ctx, c.req.param('id'))
    return renderPage(c, <InvitationPage {...{ frame, invitation }} />)
  })

  pages.post('/:id/resend', async (c) => {
    const ctx = c.get('ctx')
    const { id } = await resendInvitation(ctx, c.req.param('id'))
    return c.redirect(`/console/invitations/${id}?done=${(await sendsMail(ctx)) ? 'resent' : 'kept'}`, 303)
  })

  pages.post('/:id/link', async (c) => {
    const frame = frameOf(c)
    const invitation = await getInvitation(frame.ctx, c.req.param('id'))
    const link = await linkToHandOn(frame.ctx, invitation)
    return renderPage(c, <InvitationPage {...{ frame, invitation, link }} />)
  })

  pages.post('/:id/cancel', async (c) => {
    await cancelInvitation(c.get('ctx'), c.req.param('id'))
    return c.redirect('/console/invitations?done=cancelled', 303)
  })
  return pages
}

/** Null where there is none for this reader: it is for whoever could be what the invited person will be, while it waits. */
async function linkToHandOn(ctx: CallContext, { delivery, status }: InvitationRecord): Promise<string | null> {
  if (status !== 'pending' || delivery?.status !== 'kept') return null
  const { body } = await getMail(ctx, delivery?.mailId ?? '')
  const start = ctx.urls.page('/invitation/')
  return body?.text.split(/\s+/).find((word) => word.startsWith(start)) ?? null
}

/** What the form says, as the verbs take it. */
function invitationOf(form: Form) {
  const days = textOf(form, 'days')
  return {
    ...{
      email: (form['email'] ?? '').trim(),
      givenName: textOf(form, 'givenName'),
      familyName: textOf(form, 'familyName'),
      roleId: textOf(form, 'roleId'),
    },
    ...{ brands: brandRolesOf(form), note: textOf(form, 'note')?.replaceAll('\r\n', '\n') },
    ...{ days: days === undefined ? undefined : Number(days), expiresAt: endOfDay(form, 'expiresAt') },
    overrides: specialPermissionOf(form),
  }
}

async function showForm(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const readable = { ...frame.ctx, permissions: 'all' as const }
  const [choices, terms, catalogue] = await Promise.all([
    ...([roleChoices(frame.ctx, 'invitations.write'), getGuestTerms(frame.ctx), listPermissions(readable)] as const),
  ])
  return renderForm(c, state, <InviteFormPage {...{ frame, state, choices, terms, catalogue }} />)
}

async function showMany(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [choices, terms] = await Promise.all([roleChoices(frame.ctx, 'invitations.write'), getGuestTerms(frame.ctx)])
  return renderForm(c, state, <InviteManyPage {...{ frame, state, choices, terms }} />)
}
