// Settings: host applications that sign people in through Rolecall, and machines. Secrets are shown once.
import { Hono } from 'hono'
import { type ApplicationKind, applicationKinds, getApplication } from '#access/applications/applications.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { deleteApplication } from '#access/applications/delete-application.ts'
import { rotateApplicationSecret } from '#access/applications/rotate-application-secret.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { notFound } from '#platform/errors.ts'
import { typedState } from '../ui/confirm.tsx'
import type { ConsoleEnv, ConsoleServices } from '../ui/env.ts'
import { emptyForm, isRefused } from '../ui/forms.ts'
import { submit } from '../ui/submit.ts'
import { formOf, wantedApplication } from './application-form.tsx'
import {
  applicationsPath as path,
  showApplication,
  showChange,
  showList,
  showNew,
  showSecret,
} from './application-pages.tsx'

const kindOf = (name: string | undefined): ApplicationKind | undefined => applicationKinds.find((kind) => kind === name)

/** The form of a machine has its rights as fields of their own. */
const names = Object.fromEntries(['permissions', 'brandIds', 'addressRanges'].map((name) => [`rights.${name}`, name]))

/** @returns an app to be mounted at `/console/settings` */
export function createApplicationPages(services: ConsoleServices): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/applications', showList)

  pages.get('/applications/new/:kind', (c) => {
    const kind = kindOf(c.req.param('kind'))
    if (kind === undefined) throw notFound('Page')
    return showNew(c, kind, emptyForm)
  })

  pages.post('/applications', (c) => {
    const again = (state: FormState) => showNew(c, kindOf(state.values['kind']) ?? 'confidential', state)
    return submit(c, { again, names }, async (form) => {
      const kind = kindOf(form['kind']) ?? 'confidential'
      const made = await createApplication(c.get('ctx'), { kind, ...wantedApplication(form, kind) })
      const { application, clientSecret } = made
      if (clientSecret === null) return `${path}/${application.id}?done=saved`
      return showSecret(c, services, application, clientSecret)
    })
  })

  pages.get('/applications/:id', async (c) => {
    const application = await getApplication(c.get('ctx'), c.req.param('id'))
    return showApplication(c, services, application, formOf(application))
  })

  pages.post('/applications/:id', async (c) => {
    const [ctx, applicationId] = [c.get('ctx'), c.req.param('id')]
    const again = async (state: FormState) =>
      showApplication(c, services, await getApplication(ctx, applicationId), state)
    return submit(c, { again, names }, async (form) => {
      const before = await getApplication(ctx, applicationId)
      await updateApplication(ctx, { applicationId, ...wantedApplication(form, before.kind, before) })
      return `${path}/${applicationId}?done=saved`
    })
  })

  pages.get('/applications/:id/:change{rotate|disable|delete}', (c) => showChange(c, emptyForm))

  pages.post('/applications/:id/:change{rotate|disable|delete}', async (c) => {
    const [ctx, { id, change }] = [c.get('ctx'), c.req.param()]
    const application = await getApplication(ctx, id)
    const state = typedState(await readForm(c), application.name)
    if (isRefused(state)) return showChange(c, state)
    if (change === 'rotate') return showSecret(c, services, application, await rotateApplicationSecret(ctx, id))
    if (change === 'disable') await updateApplication(ctx, { applicationId: id, status: 'disabled' })
    else await deleteApplication(ctx, id)
    return c.redirect(change === 'disable' ? `${path}/${id}?done=saved` : `${path}?done=deleted`, 303)
  })

  pages.post('/applications/:id/enable', async (c) => {
    const applicationId = c.req.param('id')
    await updateApplication(c.get('ctx'), { applicationId, status: 'active' })
    return c.redirect(`${path}/${applicationId}?done=saved`, 303)
  })
  return pages
}
