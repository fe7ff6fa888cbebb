// Connecting a provider in the console: `/console/connect`, then one page for the connection.
import { type Context, Hono } from 'hono'
import { beginSetup } from '#connections/setup-links/begin-setup.ts'
import { getConnection } from '#connections/sign-in/connections.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { requireHeld } from '#src/context.ts'
import { type ConsoleEnv, type ConsoleServices, frameOf } from '../ui/env.ts'
import { filledForm, textOf } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { arrivalsOf, ChooseProvider } from './choose.tsx'
import { createLiveStreams } from './events.ts'
import type { WizardEnv, WizardHost } from './parts/host.ts'
import { createWizard } from './wizard.tsx'

type Env = ConsoleEnv & WizardEnv

/** @returns an app to be mounted at `/console/connect` */
export function createConnect(services: ConsoleServices): Hono<Env> {
  const pages = new Hono<Env>()

  pages.get('/', (c) => showChoice(c, filledForm({ preset: c.req.query('preset') })))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showChoice(c, state) }, async (form) => {
      const { preset = '', type = '' } = form
      const { id } = await beginSetup(c.get('ctx'), {
        preset,
        type,
        name: textOf(form, 'name'),
        arrivals: arrivalsOf(form),
      })
      return `/console/connect/${id}?done=created`
    }),
  )

  const wizard = new Hono<Env>()
  wizard.use(async (c, next) => {
    c.set('wizard', await hostOf(c, c.req.param('connectionId') ?? ''))
    return next()
  })
  wizard.route('/', createWizard(createLiveStreams(services)))
  pages.route('/:connectionId', wizard)
  return pages
}

async function hostOf(c: Context<Env>, id: string): Promise<WizardHost> {
  const frame = frameOf(c)
  const { ctx } = frame
  requireHeld(ctx, 'connections.write')
  requireHeld(ctx, 'directories.write')
  const { id: connectionId, directoryId } = await getConnection(ctx, id)
  return {
    ...{ ctx, connectionId, directoryId, base: `/console/connect/${connectionId}`, isConsole: true, domains: null },
    arrivals: 'active',
    page: (props) => (
      <ConsolePage {...{ frame }} section="connections" trail={sectionTrail('connections')} {...props} />
    ),
  }
}

function showChoice(c: Context<Env>, state: FormState): Promise<Response> {
  requireHeld(c.get('ctx'), 'connections.write')
  const page = (
    <ConsolePage
      frame={frameOf(c)}
      section="connections"
      title="Connect an identity provider"
      lead="It takes about five minutes. Somebody else can do it for you by a setup link, without an account."
      trail={sectionTrail('connections')}
      actions={<LinkButton href="/console/connections#setup-links">Make a setup link instead</LinkButton>}
    >
      <ChooseProvider action="/console/connect" state={state} isConsole />
    </ConsolePage>
  )
  return renderForm(c, state, page)
}
