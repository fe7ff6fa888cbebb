// `/login`: e-mail first, then the organization's own provider, a choice, or the password. Works without scripts, but for
// passkeys.

import { type Context, Hono } from 'hono'
import {
  countDiscovery,
  countPasskeyQuestion,
  findHomeRealm,
  type HomeRealm,
  onlyConnection,
  resolveHome,
  resolveOrganization,
} from '#access/accounts/sign-in/home-realm.ts'
import { passkeySignInQuestion, signInWithPasskey } from '#access/accounts/sign-in/passkey-sign-in.ts'
import { type PasswordOutcome, signInWithPassword } from '#access/accounts/sign-in/password-sign-in.ts'
import { resolveNamedOrganization } from '#access/organizations/named-organization.ts'
import { clientAddress } from '#http/client-address.ts'
import { redirectOnward } from '#http/onward.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { keepLanguage } from '#http/reader.ts'
import { Say } from '#http/ui/reader.tsx'
import { firstKnown } from '#words/texts/languages.ts'
import { ChooserPage, NamePage, PasswordPage, SeveralPage } from './pages.tsx'
import {
  browserOf,
  type Carried,
  carriedOf,
  hinted,
  knownBrowserOf,
  type LocalEnv,
  type LocalServices,
  providerPath,
  renderRateLimited,
  showSignedIn,
  withMinimumDuration,
} from './shared.tsx'
import { createSteps } from './steps.tsx'

/** Mounted at `/login`. */
export function createLogin(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })

  routes.get('/', async (c) => {
    const carried = carriedOf(services, c.req.query())
    keepLanguage(c, firstKnown(c.req.query('ui_locales')))
    const realm = await namedRealm(c, services, carried)
    return renderPage(c, <NamePage {...{ carried, realm }} isUnsaved={c.req.query('unsaved') !== undefined} />)
  })
  routes.post('/', sameOrigin, async (c) => discover(c, services, await readForm(c)))

  routes.get('/password', async (c) => {
    const carried = carriedOf(services, c.req.query())
    const { organization } = await namedRealm(c, services, carried)
    const shown = { carried, organization: organization?.name, name: undefined, isWrong: false }
    return renderPage(c, <PasswordPage {...shown} />)
  })
  routes.post('/password', sameOrigin, async (c) => password(c, services, await readForm(c)))

  routes.post('/passkey/question', sameOrigin, async (c) => {
    const seconds = await countPasskeyQuestion(services, clientAddress(c, services.trustedProxies))
    if (seconds > 0) return renderRateLimited(c, seconds)
    return c.json(await passkeySignInQuestion(services, browserOf(c, services, '')))
  })
  routes.post('/passkey', sameOrigin, async (c) => passkey(c, services, await readForm(c)))

  routes.route('/continue', createSteps(services))
  return routes
}

/** The ways into the organization that an application named. */
async function namedRealm(c: Context<LocalEnv>, services: LocalServices, carried: Carried): Promise<HomeRealm> {
  const organizationId = await resolveNamedOrganization(services, carried.organization)
  return realmOf(c, services, organizationId)
}

/** The page is the organization's from here on. */
async function realmOf(
  c: Context<LocalEnv>,
  services: LocalServices,
  organizationId: string | undefined,
): Promise<HomeRealm> {
  const realm = await findHomeRealm(services, organizationId, c.get('requestId'))
  c.set('shownFor', realm.organization?.id)
  return realm
}

/** From the address to the way. The domain may be known of; whether the person exists is never asked. */
async function discover(c: Context<LocalEnv>, services: LocalServices, form: Form): Promise<Response> {
  const carried = carriedOf(services, form)
  const name = (form['email'] ?? '').trim().slice(0, 320)
  const named = await resolveNamedOrganization(services, carried.organization)
  const organizationId = named ?? (await resolveHome(services, name))
  // Only addresses that lead nowhere are counted: of an organization, everybody may come from one address.
  const isUnknown = organizationId === undefined && name !== ''
  const seconds = isUnknown ? await countDiscovery(services, clientAddress(c, services.trustedProxies)) : 0
  if (seconds > 0) return renderRateLimited(c, seconds)
  const realm = await realmOf(c, services, organizationId)
  if (name === '') {
    const page = <NamePage carried={carried} realm={realm} error={<Say of="login.nameMissing" />} />
    return renderPage(c, page, { status: 422 })
  }
  const only = onlyConnection(realm)
  if (only !== undefined) return redirectOnward(c, providerPath(only.id, hinted(carried, name)))
  const wantsPassword = form['with'] === 'password' && realm.allowsPassword
  if (realm.connections.length > 0 && !wantsPassword)
    return renderPage(c, <ChooserPage carried={carried} realm={realm} name={name} />)
  const shown = { carried, organization: realm.organization?.name, name, isWrong: false }
  return renderPage(c, <PasswordPage {...shown} />)
}

async function password(c: Context<LocalEnv>, services: LocalServices, form: Form): Promise<Response> {
  const carried = carriedOf(services, form)
  const name = (form['email'] ?? '').slice(0, 320)
  const browser = browserOf(c, services, carried.returnTo)
  const work = async (): Promise<PasswordOutcome> => {
    const [organizationId, homeOrganizationId] = await Promise.all([
      resolveOrganization(services, carried.organization),
      resolveHome(services, name),
    ])
    const attempt = { name, password: form['password'] ?? '', organizationId, homeOrganizationId, browser }
    return signInWithPassword(services, { ...attempt, requestId: c.get('requestId') })
  }
  const outcome = await withMinimumDuration(work, ({ kind }) => kind === 'refused')
  switch (outcome.kind) {
    case 'rate_limited':
      return renderRateLimited(c, outcome.seconds)
    case 'refused': {
      const { organization } = await namedRealm(c, services, carried)
      const shown = { carried, organization: organization?.name, name, isWrong: true }
      return renderPage(c, <PasswordPage {...shown} />, { status: 403 })
    }
    case 'several':
      return renderPage(c, <SeveralPage carried={carried} organizations={outcome.organizations} />)
    default:
      return showSignedIn(c, services, outcome)
  }
}

async function passkey(c: Context<LocalEnv>, services: LocalServices, form: Form): Promise<Response> {
  const carried = carriedOf(services, form)
  const browser = { ...knownBrowserOf(c, services), returnTo: carried.returnTo }
  const attempt = { credential: form['credential'], browser, requestId: c.get('requestId') }
  const outcome = await withMinimumDuration(
    () => signInWithPasskey(services, attempt),
    ({ kind }) => kind === 'refused',
  )
  switch (outcome.kind) {
    case 'rate_limited':
      return renderRateLimited(c, outcome.seconds)
    case 'refused': {
      const realm = await namedRealm(c, services, carried)
      const page = <NamePage carried={carried} realm={realm} error={<Say of="passkey.refused" />} />
      return renderPage(c, page, { status: 403 })
    }
    default:
      return showSignedIn(c, services, outcome)
  }
}
