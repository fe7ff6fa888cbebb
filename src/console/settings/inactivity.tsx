// Settings: what becomes of people who are not here for long. A rule is previewed before it is saved.

import { type Context, Hono } from 'hono'
import { sendsMail } from '#access/notices/mail/mail-server.ts'
import { listInactivityExceptions } from '#access/people/inactivity/exceptions.ts'
import { previewInactivity } from '#access/people/inactivity/outlook.ts'
import {
  getInactivityRule,
  type InactivityFiguresInput,
  type InactivityRule,
  saveInactivityRule,
  switchInactivityRuleOff,
} from '#access/people/inactivity/rule.ts'
import { listInactivityRuns, undoInactivityRun } from '#access/people/inactivity/runs.ts'
import { renderPage } from '#http/pages.ts'
import type { Form } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { filledForm, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { ExceptionsPage, OutlookPage, PreviewPage, RulePage } from './inactivity-pages.tsx'

const home = '/console/settings/inactivity'
const shownRuns = 20
const pageSize = 100

/** @returns an app to be mounted at `/console/settings/inactivity` */
export function createInactivityPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => showRule(c, formOf(await getInactivityRule(c.get('ctx')))))

  pages.post('/preview', (c) =>
    submit(c, { again: (state) => showRule(c, state) }, async (form) => {
      const [frame, figures] = [frameOf(c), figuresOf(form)]
      const outlook = await previewInactivity(frame.ctx, figures)
      return renderPage(c, <PreviewPage {...{ frame, outlook, form }} />)
    }),
  )

  pages.post('/', (c) =>
    submit(c, { again: (state) => showRule(c, state) }, async (form) => {
      await saveInactivityRule(c.get('ctx'), figuresOf(form))
      return `${home}?done=saved`
    }),
  )

  pages.post('/off', async (c) => {
    await switchInactivityRuleOff(c.get('ctx'))
    return c.redirect(`${home}?done=saved`, 303)
  })

  pages.get('/outlook', async (c) => {
    const frame = frameOf(c)
    return renderPage(c, <OutlookPage {...{ frame, outlook: await previewInactivity(frame.ctx) }} />)
  })

  pages.get('/exceptions', async (c) => {
    const [frame, from] = [frameOf(c), c.req.query('after')]
    const after = from !== undefined && isId('usr', from) ? from : undefined
    const found = await listInactivityExceptions(frame.ctx, { after, limit: pageSize + 1 })
    const exceptions = found.slice(0, pageSize)
    const next = found.length > pageSize ? `${home}/exceptions?after=${exceptions.at(-1)?.id}` : undefined
    return renderPage(c, <ExceptionsPage {...{ frame, exceptions, next }} />)
  })

  pages.post('/runs/:id/undo', async (c) => {
    const { id } = await undoInactivityRun(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/console/users/bulk/changes/${id}`, 303)
  })
  return pages
}

function figuresOf(form: Form): InactivityFiguresInput {
  const erase = textOf(form, 'eraseDays')
  return {
    concerns: form['concerns'] === 'everybody' ? 'everybody' : 'local',
    warnDays: Number(form['warnDays']),
    deactivateDays: Number(form['deactivateDays']),
    eraseDays: erase === undefined ? null : Number(erase),
  }
}

const formOf = ({ concerns, warnDays, deactivateDays, eraseDays }: InactivityRule): FormState =>
  filledForm({
    concerns,
    warnDays: String(warnDays),
    deactivateDays: String(deactivateDays),
    eraseDays: eraseDays === null ? '' : String(eraseDays),
  })

async function showRule(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [rule, runs] = await Promise.all([
    getInactivityRule(frame.ctx),
    isPermitted(frame.ctx, 'users.read') ? listInactivityRuns(frame.ctx, { limit: shownRuns }) : [],
  ])
  const isMailSent = await sendsMail(frame.ctx)
  return renderForm(c, state, <RulePage {...{ frame, state, rule, runs, isMailSent }} />)
}
