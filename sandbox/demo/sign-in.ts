// People sign in: an emulated Okta with a sign-in page, a connection to it, and the example application. One person goes all
// the way by themselves; afterwards anybody can, with a browser.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { textAt } from '../json.ts'
import { createOidcIdentityProvider, type OidcIdentityProvider } from '../oidc-idp/identity-provider.ts'
import { oktaIdOf } from '../okta-bodies.ts'
import type { Person } from '../population.ts'
import { type Browser, createBrowser } from '../sign-in/browser.ts'
import { CommandFailed, type RolecallCommand } from './command-line.ts'
import { freePort } from './server-process.ts'

export type SignInScene = {
  identityProvider: OidcIdentityProvider
  startUrl: string
  applicationUrl: string
  /** True where people are led to the provider by their e-mail address. */
  isRouted: boolean
  stop(): Promise<void>
}

type Options = {
  rolecall: RolecallCommand
  organization: string
  /** The SCIM directory of the same provider. */
  directoryId: string
  domain: string
  people: readonly Person[]
  /** With which the application asks for decisions. */
  decisionKey: string
  issuer: string
}

const hostApp = fileURLToPath(new URL('../../examples/host-app/main.ts', import.meta.url))

/** Connects the emulated provider and starts the example application. */
export async function connectSignIn(options: Options): Promise<SignInScene> {
  const { rolecall, organization, directoryId, people } = options
  const identityProvider = await createOidcIdentityProvider({
    name: 'Okta (emulated)',
    people: people.map((person) => ({ ...person, id: oktaIdOf(person), email: person.userName })),
    port: await freePort(8090),
  })
  const clientSecret = 'demo-secret'
  const connection = await rolecall(
    ...[
      'connection',
      'create',
      '--organization',
      organization,
      '--type',
      'oidc',
      '--preset',
      'okta',
      '--name',
      'Okta',
      '--force',
    ],
    ...['--issuer', identityProvider.issuer, '--client-id', 'rolecall', '--client-secret', clientSecret],
    ...['--directory', directoryId],
  )
  await identityProvider.register({
    ...{ clientId: 'rolecall', clientSecret },
    redirectUris: [textAt(connection, 'redirectUri')],
    postLogoutRedirectUris: [textAt(connection, 'postLogoutRedirectUri')],
    backchannelLogoutUri: textAt(connection, 'backchannelLogoutUrl'),
  })
  const isRouted = await claimDomain(options)
  const application = await startApplication(options)
  return {
    ...{ identityProvider, isRouted },
    startUrl: textAt(connection, 'startUrl'),
    applicationUrl: application.url,
    stop: async () => {
      application.process.kill()
      await identityProvider.close()
    },
  }
}

/** A domain belongs to one organization: an earlier demo in the same data may have it. */
async function claimDomain({ rolecall, organization, domain }: Options): Promise<boolean> {
  try {
    await rolecall('domain', 'add', domain, '--organization', organization, '--verified')
    return true
  } catch (error) {
    if (error instanceof CommandFailed) return false
    throw error
  }
}

/** One for all customers. */
async function startApplication({
  rolecall,
  decisionKey,
  issuer,
}: Options): Promise<{ url: string; process: ChildProcess }> {
  const port = await freePort(3000)
  const url = `http://localhost:${port}`
  const application = await rolecall(
    ...['application', 'create', '--platform', '--name', 'Newsroom', '--redirect-uri', `${url}/callback`],
    ...['--post-logout-redirect-uri', `${url}/`, '--backchannel-logout-uri', `${url}/backchannel-logout`],
  )
  const env = {
    PATH: process.env['PATH'],
    ...{ ISSUER: issuer, API_KEY: decisionKey, PORT: String(port) },
    CLIENT_ID: textAt(application, 'clientId'),
    CLIENT_SECRET: textAt(application, 'clientSecret'),
  }
  const child = spawn(process.execPath, [hostApp], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  process.once('exit', () => child.kill())
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.stdout.once('data', () => resolve())
    child.once('close', (code) => reject(new Error(`The example application ended (${code}): ${said.slice(-500)}`)))
  })
  return { url, process: child }
}

export type Visitor = {
  browser: Browser
  /** The words of the application's page. */
  page(): Promise<string>
  /** Whether Rolecall still knows this browser's session. */
  isSignedIn(): Promise<boolean>
}

/** Somebody goes to the application, signs in at the provider, and comes back. */
export async function visitApplication(scene: SignInScene, person: Person, origin: string): Promise<Visitor> {
  const browser = createBrowser()
  const visitor: Visitor = {
    browser,
    page: async () => wordsOf(await (await browser.request(scene.applicationUrl)).text()),
    isSignedIn: async () => (await browser.request(`${origin}/session`)).status === 200,
  }
  const account = scene.identityProvider.people.find(({ id }) => id === oktaIdOf(person))
  if (account === undefined) throw new Error(`${person.displayName} has no account at the identity provider`)
  // At Rolecall first: its start address leads to the provider without a question.
  const start = await browser.request(scene.startUrl)
  const callback = await scene.identityProvider.signIn(start.headers.get('location') ?? '', account)
  const answer = await browser.request(callback)
  if (answer.status !== 303) throw new Error(`The sign-in was answered with ${answer.status}`)
  await followRedirects(browser, `${scene.applicationUrl}/sign-in`)
  return visitor
}

/** Follows redirects, from one origin to another too. */
export async function followRedirects(browser: Browser, from: string): Promise<void> {
  let url = from
  for (let hops = 0; hops < 12; hops += 1) {
    const answer = await browser.request(url, { headers: { accept: 'text/html' } })
    const location = answer.headers.get('location')
    if (location === null) return
    url = new URL(location, url).href
  }
  throw new Error('The application redirects in circles')
}

/** A page without its markup. */
export const wordsOf = (html: string): string =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
