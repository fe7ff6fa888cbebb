// Applications of the platform in an organization's settings: which of them it is served by, and switching off those that are optional.
import { type Context, Hono } from 'hono'
import {
  listPlatformApplications,
  type PlatformApplication,
  switchPlatformApplication,
} from '#access/platform/applications/platform-applications.ts'
import { readForm } from '#http/read-form.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { Table } from '#http/ui/content.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { notFound } from '#platform/errors.ts'
import { isPermitted } from '#src/context.ts'
import { Confirm, typedState } from '../ui/confirm.tsx'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { emptyForm, isRefused } from '../ui/forms.ts'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'
import { renderForm } from '../ui/submit.ts'
import { SettingsFrame } from './settings-frame.tsx'

const listPath = '/console/settings/applications'
const path = `${listPath}/platform`

/** Nothing where there is none. */
export async function platformPanel({ ctx }: Frame) {
  const applications = await listPlatformApplications(ctx)
  if (applications.length === 0) return null
  const mayChange = isPermitted(ctx, 'applications.write')
  return (
    <Panel
      title="From the platform"
      id="platform"
      lead="These applications serve several organizations. Your users sign in to them as they do here."
    >
      <Table
        caption="Applications of the platform"
        columns={['Application', 'Status', 'Action']}
        rows={applications.map((application) => [
          application.name,
          <Badge tone={application.isOn ? 'good' : 'bad'}>{application.isOn ? 'on' : 'off'}</Badge>,
          actionFor(application, mayChange),
        ])}
      />
    </Panel>
  )
}

function actionFor({ id, name, isOptional, isOn }: PlatformApplication, mayChange: boolean) {
  if (!isOptional) return 'Always on'
  if (!mayChange) return ''
  return isOn ? (
    <LinkButton href={`${path}/${id}/off`}>Turn off {name}</LinkButton>
  ) : (
    <ButtonForm action={`${path}/${id}/on`} label={`Turn on ${name}`} />
  )
}

/** @returns an app to be mounted at `/console/settings` */
export function createPlatformApplicationPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/applications/platform/:id/off', (c) => showOff(c, emptyForm))
  pages.post('/applications/platform/:id/off', async (c) => {
    const { id, name } = await named(c)
    const state = typedState(await readForm(c), name)
    if (isRefused(state)) return showOff(c, state)
    await switchPlatformApplication(c.get('ctx'), { applicationId: id, isOn: false })
    return c.redirect(`${listPath}?done=saved`, 303)
  })
  pages.post('/applications/platform/:id/on', async (c) => {
    await switchPlatformApplication(c.get('ctx'), { applicationId: c.req.param('id'), isOn: true })
    return c.redirect(`${listPath}?done=saved`, 303)
  })
  return pages
}

/** @throws AppError not_found */
async function named(c: Context<ConsoleEnv>): Promise<PlatformApplication> {
  const found = (await listPlatformApplications(c.get('ctx'))).find(({ id }) => id === c.req.param('id'))
  if (found === undefined) throw notFound('Application')
  return found
}

async function showOff(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const { id, name } = await named(c)
  const effects = [
    'All of your users are signed out of it, and its tokens for your organization are void.',
    'None of your users can sign in to it until you turn it on again. Other organizations are not affected.',
  ]
  const page = (
    <SettingsFrame frame={frameOf(c)} tab="applications">
      <h2>Turn off: {name}</h2>
      <Confirm
        {...{ effects, state }}
        submit="Turn off the application"
        action={`${path}/${id}/off`}
        word={name}
        back={listPath}
      />
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}
