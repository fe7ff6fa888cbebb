// Settings: webhooks, what was sent to them and what they answered.
import { type Context, Hono } from 'hono'
import { getAttempt, listAttempts } from '#access/events/webhooks/attempts.ts'
import {
  pauseWebhook,
  replayEvents,
  resumeWebhook,
  skipEvent,
  testWebhook,
} from '#access/events/webhooks/change-status.ts'
import { getWebhook, listWebhooks } from '#access/events/webhooks/webhooks.ts'
import {
  createWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  updateWebhook,
  type WebhookWithSecret,
} from '#access/events/webhooks/write-webhook.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { isPermitted } from '#src/context.ts'
import { typedState } from '../ui/confirm.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { chosen, emptyForm, filledForm, isRefused, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { AttemptPage } from './webhook-attempt-page.tsx'
import { typeFields } from './webhook-form.tsx'
import { DeletePage, WebhookPage } from './webhook-page.tsx'
import { WebhooksPage, webhooksHome } from './webhooks-page.tsx'

const pageSize = 50

/** @returns an app to be mounted at `/console/settings/webhooks` */
export function createWebhookPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', (c) => showAll(c, emptyForm))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showAll(c, state) }, async (form) =>
      showOne(c, emptyForm, await createWebhook(c.get('ctx'), wanted(form))),
    ),
  )

  pages.get('/:id', (c) => showOne(c, emptyForm))

  pages.post('/:id', (c) =>
    submit(c, { again: (state) => showOne(c, state) }, async (form) => {
      await updateWebhook(c.get('ctx'), c.req.param('id'), wanted(form))
      return `${webhooksHome}/${c.req.param('id')}?done=saved`
    }),
  )

  pages.post('/:id/act', (c) => submit(c, { again: (state) => showOne(c, state) }, (form) => act(c, form)))

  pages.get('/:id/delete', (c) => showDelete(c, emptyForm))

  pages.post('/:id/delete', async (c) => {
    const { url } = await getWebhook(c.get('ctx'), c.req.param('id'))
    const state = typedState(await readForm(c), new URL(url).host)
    if (isRefused(state)) return showDelete(c, state)
    await deleteWebhook(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${webhooksHome}?done=deleted`, 303)
  })

  pages.get('/:id/attempts/:attempt', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const webhook = await getWebhook(frame.ctx, id)
    const attempt = await getAttempt(frame.ctx, { webhookId: id, attemptId: c.req.param('attempt') })
    return renderPage(c, <AttemptPage {...{ frame, webhook, attempt }} />)
  })
  return pages
}

const wanted = (form: Form) => ({
  url: form['url'] ?? '',
  description: form['description'] ?? '',
  types: form['which'] === 'some' ? (chosen(form, 'type') as never) : null,
})

/** Where the page goes on after a button. */
async function act(c: Context<ConsoleEnv>, form: Form): Promise<string | Response> {
  const [ctx, id] = [c.get('ctx'), c.req.param('id') ?? '']
  const home = `${webhooksHome}/${id}`
  const eventId = textOf(form, 'eventId')
  switch (form['act']) {
    case 'test':
      return `${home}/attempts/${(await testWebhook(ctx, id)).id}`
    case 'rotate':
      return showOne(c, emptyForm, await rotateWebhookSecret(ctx, id))
    case 'pause':
      await pauseWebhook(ctx, id)
      return `${home}?done=saved`
    case 'resume':
      await resumeWebhook(ctx, id, { from: form['from'] === 'now' ? 'now' : 'where_it_was' })
      return `${home}?done=retried`
    case 'skip':
      await skipEvent(ctx, id, eventId ?? '')
      return `${home}?done=retried`
    default:
      await replayEvents(
        ctx,
        id,
        eventId === undefined ? { from: instant(form, 'since'), to: instant(form, 'until') } : { eventId },
      )
      return `${home}?done=retried`
  }
}

/** A field with date and time (`2030-01-31T12:00`), UTC; undefined where it is empty. */
const instant = (form: Form, name: string): string | undefined => {
  const text = textOf(form, name)
  return text === undefined ? undefined : `${text.length === 16 ? `${text}:00` : text}Z`
}

async function showAll(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const webhooks = isPermitted(frame.ctx, 'webhooks.read') ? await listWebhooks(frame.ctx) : []
  return renderForm(c, state, <WebhooksPage {...{ frame, webhooks, state }} />)
}

async function showOne(c: Context<ConsoleEnv>, state: FormState, fresh?: WebhookWithSecret): Promise<Response> {
  const frame = frameOf(c)
  const webhook = fresh ?? (await getWebhook(frame.ctx, c.req.param('id') ?? ''))
  const isFailed = c.req.query('status') === 'failed' ? true : undefined
  const after = c.req.query('cursor')
  const found = await listAttempts(frame.ctx, webhook.id, { isFailed, after, limit: pageSize + 1 })
  const shown = { attempts: found.slice(0, pageSize), hasMore: found.length > pageSize, onlyFailed: isFailed === true }
  const filled = isRefused(state) ? state : filledForm(typeFields(webhook))
  return renderForm(c, state, <WebhookPage {...{ frame, webhook, shown, state: filled, secret: fresh?.secret }} />)
}

async function showDelete(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const webhook = await getWebhook(frame.ctx, c.req.param('id') ?? '')
  return renderForm(c, state, <DeletePage {...{ frame, webhook, state }} />)
}
