// The wizard's routes, the same in the console and behind a setup link. Whoever mounts it sets `wizard` before, with a context
// that may do this, and with the one connection and directory that everything here is about.
import { type Context, Hono } from 'hono'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { createTestLink } from '#access/sign-in/test-links.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { addDomain, verifyDomain } from '#connections/domains/change-domains.ts'
import { getDomain } from '#connections/domains/domains.ts'
import { presets } from '#connections/providers/providers.ts'
import { chooseAgain } from '#connections/setup-links/choose-again.ts'
import { readSetupFacts } from '#connections/setup-links/setup-facts.ts'
import { configureConnection, type ProviderInput } from '#connections/sign-in/configure-connection.ts'
import { type Connection, getConnection } from '#connections/sign-in/connections.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { LinkButton, WideLink } from '#http/ui/buttons.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { AppError, notFound } from '#platform/errors.ts'
import { endOfDay, filledForm, isRefused, refusedForm, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { arrivalsOf, ChooseProvider } from './choose.tsx'
import type { LiveStreams } from './events.ts'
import { livePartsOf } from './live.tsx'
import type { WizardEnv, WizardHost } from './parts/host.ts'
import { type StepKey, stepsOf } from './steps.ts'
import { type Shown, wizardPage } from './wizard-page.tsx'

/** Metadata of federations is long. */
const metadataBytes = 1_500_000

export function createWizard(streams: LiveStreams): Hono<WizardEnv> {
  const pages = new Hono<WizardEnv>()

  pages.get('/', (c) => show(c))

  pages.get('/events', (c) => {
    const { ctx, connectionId, domains, isConsole, base } = c.get('wizard')
    return streams.open(c, ctx.actor.id, async () => {
      const facts = await readSetupFacts(ctx, connectionId, domains)
      return livePartsOf(stepsOf(facts, { now: ctx.clock.now(), isConsole }), base)
    })
  })

  pages.post('/domains', (c) =>
    carryOut(c, 'domain', async ({ ctx, domains }, form) => {
      const name = form['name'] ?? ''
      if (domains !== null && !domains.includes(name)) throw notFound('Domain')
      const { status } = await addDomain(ctx, { name }).catch(asField('name'))
      return status === 'verified' ? 'verified' : 'created'
    }),
  )

  pages.post('/domains/:id/check', (c) =>
    carryOut(c, 'domain', async ({ ctx, domains, isConsole }) => {
      const known = await getDomain(ctx, c.req.param('id'))
      if (domains !== null && !domains.includes(known.name)) throw notFound('Domain')
      // A check can also take a domain's standing away; that is not for whoever only sets something up.
      if (known.status === 'verified' && !isConsole) return 'verified'
      const { status } = await verifyDomain(ctx, known.id)
      return status === 'verified' ? 'verified' : 'unverified'
    }),
  )

  pages.post('/provider', (c) =>
    carryOut(c, 'provider', async ({ ctx, connectionId }, form) => {
      const { connection } = await readSetupFacts(ctx, connectionId)
      const input = providerOf(connection, form)
      const { settings } = await configureConnection(ctx, { type: connection.type, ...input })
      const isTaken = 'issuer' in input && 'issuer' in settings && input.issuer.trim() !== settings.issuer
      return isTaken ? 'issuer' : 'saved'
    }),
  )

  pages.get('/choice', (c) => showChoice(c, undefined))

  pages.post('/choice', (c) =>
    submit(c, { again: (state) => showChoice(c, state) }, async (form) => {
      const { ctx, connectionId, base, isConsole, arrivals } = c.get('wizard')
      await chooseAgain(ctx, {
        ...{ connectionId, preset: form['preset'] as never, type: form['type'] as never, name: textOf(form, 'name') },
        arrivals: isConsole ? arrivalsOf(form) : arrivals,
      })
      return `${base}?done=saved`
    }),
  )

  pages.post('/token', async (c) => {
    const { ctx, directoryId } = c.get('wizard')
    if (directoryId === null) throw notFound('Directory')
    const { token } = await issueDirectoryToken(ctx, { directoryId })
    return show(c, { token })
  })

  pages.post('/test', async (c) => {
    const { ctx, connectionId } = c.get('wizard')
    const token = await createTestLink(ctx, connectionId)
    const href = `/sign-in/${connectionId}?test=${encodeURIComponent(token)}`
    // Not a redirect: the policy of the page with the form would hold for where it leads, which is the provider.
    c.header('Refresh', `0; url=${href}`)
    return renderPage(c, <LeavingPage href={href} />)
  })

  pages.post('/status', (c) =>
    carryOut(c, 'on', async ({ ctx, connectionId, isConsole }, form) => {
      if (!isConsole) throw notFound('Page')
      const status = form['status'] === 'enforced' ? 'enforced' : 'optional'
      await setConnectionStatus(ctx, { connectionId, status })
      return 'saved'
    }),
  )
  return pages
}

const LeavingPage = ({ href }: { href: string }) => (
  <CardPage title="On to your identity provider" lead="The sign-in opens by itself.">
    <p>
      <WideLink href={href}>Open it now</WideLink>
    </p>
  </CardPage>
)

/** Carries out what a step's form asks for; where it is refused, the form comes back as it was typed. */
async function carryOut(
  c: Context<WizardEnv>,
  step: StepKey,
  work: (host: WizardHost, form: Form) => Promise<string>,
): Promise<Response> {
  const host = c.get('wizard')
  const form = await readForm(c, { maxBytes: metadataBytes })
  try {
    const done = await work(host, form)
    return c.redirect(`${host.base}?done=${done}#${step}`, 303)
  } catch (error) {
    const isDns = error instanceof AppError && error.reason === 'dns'
    const state = isDns ? { values: form, errors: {}, message: `${error.message}.` } : refusedForm(form, error)
    return show(c, { form: { step, state } })
  }
}

/** The choice that was made before stands in the form. */
async function showChoice(c: Context<WizardEnv>, state: FormState | undefined): Promise<Response> {
  const { ctx, connectionId, base, isConsole, page } = c.get('wizard')
  const { preset, type, name } = await getConnection(ctx, connectionId)
  const own = name === presets[preset].title ? undefined : name
  const shown = state ?? filledForm({ preset, type, name: own })
  return renderForm(
    c,
    shown,
    page({
      title: 'Choose another provider',
      lead: 'Our addresses stay as they are. What was entered of the provider before goes.',
      children: (
        <>
          <ChooseProvider action={`${base}/choice`} state={shown} isConsole={isConsole} />
          <LinkButton href={base}>Back to the steps</LinkButton>
        </>
      ),
    }),
  )
}

async function show(c: Context<WizardEnv>, shown: Shown = {}): Promise<Response> {
  const host = c.get('wizard')
  const facts = await readSetupFacts(host.ctx, host.connectionId, host.domains)
  const page = wizardPage({ host, facts, shown })
  const isWrong = shown.form !== undefined && isRefused(shown.form.state)
  return renderPage(c, page, { status: isWrong ? 400 : 200 })
}

function providerOf({ id: connectionId, type, preset }: Connection, form: Form): ProviderInput {
  if (type === 'saml')
    return { connectionId, metadataUrl: textOf(form, 'metadataUrl'), metadataXml: textOf(form, 'metadataXml') }
  const typed = textOf(form, 'issuer') ?? ''
  return {
    connectionId,
    issuer: presets[preset].oidc.issuerOfTenant?.(typed) ?? typed,
    clientId: textOf(form, 'clientId') ?? '',
    clientSecret: textOf(form, 'clientSecret') ?? '',
    secretExpiresAt: endOfDay(form, 'secretExpiresAt') ?? null,
  }
}

/** What is wrong without naming a field is about this one. */
const asField =
  (path: string) =>
  (error: unknown): never => {
    if (!(error instanceof AppError) || error.code !== 'invalid' || error.fields !== undefined) throw error
    throw new AppError('invalid', error.message, {
      reason: error.reason ?? 'invalidValue',
      fields: [{ path, message: error.message }],
    })
  }
