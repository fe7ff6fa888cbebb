// `/setup/{token}`: the wizard for somebody without an account. A link makes one connection and one directory, and everything
// here is about those; the token is looked up anew with every request, and proven again in each transaction.
import { type Context, Hono } from 'hono'
import { withinMakersCeiling } from '#access/grants/managers/actor-context.ts'
import { addressKey, countAttempt } from '#access/ground/count-attempts.ts'
import { beginSetup } from '#connections/setup-links/begin-setup.ts'
import {
  findSetupLink,
  requireOwnConnection,
  requireOwnDirectory,
  type SetupLinkInHand,
  touchSetupLink,
} from '#connections/setup-links/use-setup-link.ts'
import { clientAddress } from '#http/client-address.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { ErrorPage } from '#http/ui/error-page.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { ChooseProvider } from '../connect/choose.tsx'
import { createLiveStreams } from '../connect/events.ts'
import type { WizardEnv } from '../connect/parts/host.ts'
import { createWizard } from '../connect/wizard.tsx'
import type { ConsoleServices } from '../ui/env.ts'
import { emptyForm, textOf } from '../ui/forms.ts'
import { noticeOf } from '../ui/notices.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { SetupPage } from './setup-frame.tsx'

/** Only tokens that nobody made are counted: whoever has a link may reload as they like. */
const unknownPerAddress = { name: 'setup-link.address', attempts: 30, windowSeconds: 900 }

type Open = Omit<SetupLinkInHand, 'ctx'> & { ctx: CallContext }

type SetupEnv = { Variables: WizardEnv['Variables'] & { open: Open } }

/** @returns an app to be mounted at `/setup` */
export function createSetup(services: ConsoleServices): Hono<SetupEnv> {
  const pages = new Hono<SetupEnv>()
  pages.use('/:token/*', requireSameOrigin({ origin: services.urls.origin }))
  pages.use('/:token/*', async (c, next) => {
    const token = c.req.param('token')
    const found = await findSetupLink(services, { token, requestId: c.get('requestId') })
    if (found === undefined) return renderUnknown(c, services)
    const { ctx, link } = found
    if (ctx === undefined) return renderOver(c, found)
    await touchSetupLink(ctx, link.id)
    c.set('open', { ...found, ctx: await withinMakersCeiling(ctx, link.createdBy) })
    return next()
  })

  const choice = new Hono<SetupEnv>()
  choice.get('/', (c, next) => (c.get('open').link.connectionId === null ? showChoice(c, emptyForm) : next()))
  choice.post('/', (c) =>
    submit(c, { again: (state) => showChoice(c, state) }, async (form) => {
      const { ctx, link } = c.get('open')
      const { preset = '', type = '' } = form
      await beginSetup(ctx, { preset, type, name: textOf(form, 'name'), arrivals: link.arrivals }, link.id)
      return `${baseOf(c)}?done=created`
    }),
  )

  const wizard = new Hono<SetupEnv>()
  wizard.use(async (c, next) => {
    const { ctx, link, organization } = c.get('open')
    if (link.connectionId === null) return c.redirect(baseOf(c), 303)
    const { label, expiresAt, directoryId } = link
    const notice = noticeOf(c.req.query('done'))
    c.set('wizard', {
      ...{ ctx, base: baseOf(c), isConsole: false, domains: link.domains, arrivals: link.arrivals },
      directoryId: directoryId === null ? null : requireOwnDirectory(link, directoryId),
      connectionId: requireOwnConnection(link, link.connectionId),
      page: (props) => <SetupPage {...{ label, expiresAt, organization: organization.name, notice }} {...props} />,
    })
    return next()
  })
  wizard.route('/', createWizard(createLiveStreams(services)))

  pages.route('/:token', choice)
  pages.route('/:token', wizard)
  // A link may die between the look-up and the work: the transaction refuses it then.
  pages.onError((error, c) => {
    const open = c.get('open') as Open | undefined
    const isOver = error instanceof AppError && error.code === 'unauthenticated' && open !== undefined
    return isOver ? renderOver(c, open) : renderErrorPage(c, error)
  })
  return pages
}

const baseOf = (c: Context<SetupEnv>): string => `/setup/${encodeURIComponent(c.req.param('token') ?? '')}`

function showChoice(c: Context<SetupEnv>, state: FormState): Promise<Response> {
  const { link, organization } = c.get('open')
  const page = (
    <SetupPage
      title="Connect an identity provider"
      lead={`${organization.name} asks you to connect your identity provider, so that people sign in with the account that they have. It takes about five minutes, and you need no account here.`}
      {...{ label: link.label, expiresAt: link.expiresAt, organization: organization.name }}
    >
      <ChooseProvider action={baseOf(c)} state={state} isConsole={false} />
    </SetupPage>
  )
  return renderForm(c, state, page)
}

const renderOver = (c: Context<SetupEnv>, { organization }: Pick<SetupLinkInHand, 'organization'>): Promise<Response> =>
  renderPage(
    c,
    <ErrorPage
      title="This link has expired or was revoked"
      advice={`Ask whoever sent it to you at ${organization.name} for a new one. What you have set up so far is kept.`}
      reference={c.get('requestId')}
      organization={organization.name}
    />,
    { status: 401 },
  )

async function renderUnknown(c: Context<SetupEnv>, services: ConsoleServices): Promise<Response> {
  const key = addressKey(clientAddress(c, services.trustedProxies))
  const seconds = await countAttempt(services.database, { limit: unknownPerAddress, key })
  if (seconds > 0) {
    const advice = `Wait ${Math.ceil(seconds / 60)} minutes, then open the link again.`
    const page = <ErrorPage title="Too many attempts" advice={advice} reference={c.get('requestId')} />
    c.header('Retry-After', String(seconds))
    return renderPage(c, page, { status: 429 })
  }
  const advice =
    'The link may be incomplete or mistyped. Open it again from the message that it came in, or ask for a new one.'
  const page = <ErrorPage title="This link is not valid" advice={advice} reference={c.get('requestId')} />
  return renderPage(c, page, { status: 404 })
}
