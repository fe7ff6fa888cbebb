// An emulated OpenID provider that keeps to the rules (OpenID Connect Core, RP-Initiated and Back-Channel Logout):
// oidc-provider on a loopback port, with a sign-in page that lists its people.
import { randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { type AdapterFactory, Provider } from 'oidc-provider'
import { type Browser, createBrowser, readForm } from '../sign-in/browser.ts'
import { listenOnLoopback } from '../sign-in/loopback.ts'
import type { Person } from '../sign-in/person.ts'
import { clientMetadata, configurationOf, type OidcClient } from './configuration.ts'
import { answerInteraction } from './interaction.ts'
import { createSigningJwk, type SigningJwk } from './keys.ts'
import { createMemoryAdapter } from './memory-adapter.ts'

export type OidcIdentityProviderOptions = {
  /** What the sign-in page calls it. */
  name?: string
  people: readonly Person[]
  clients?: readonly OidcClient[]
  keys?: readonly SigningJwk[]
  /** Claims of a person beyond, or instead of, the usual ones. */
  claimsOf?: (person: Person) => Record<string, unknown>
  port?: number
}

export type OidcIdentityProvider = {
  issuer: string
  people: Person[]
  /** All keys in the JWKS; the first one signs. */
  keys: readonly SigningJwk[]
  /** Registers a client, in place of an earlier one of the same id. */
  register(client: OidcClient): Promise<void>
  /** Signs with a new key from now on. The old ones stay in the JWKS unless told. */
  rotateKeys(options?: { isKeepingOld?: boolean }): Promise<SigningJwk>
  /** Follows an authorization address as a person and answers with the address of the callback. */
  signIn(authorizationUrl: string, person: Person, browser?: Browser): Promise<string>
  /** Goes there, refuses to sign in, and answers with the address of the callback. */
  refuse(authorizationUrl: string, browser?: Browser): Promise<string>
  /** Follows an end-session address, confirms, and answers with where it leads; undefined if it ends here. */
  signOut(endSessionUrl: string, browser: Browser): Promise<string | undefined>
  close(): Promise<void>
}

/** Starts the provider on 127.0.0.1. Its issuer is its own address. @throws Error if the port is taken. */
export async function createOidcIdentityProvider(options: OidcIdentityProviderOptions): Promise<OidcIdentityProvider> {
  const { name = 'Emulated OpenID provider' } = options
  const people = [...options.people]
  const adapter = createMemoryAdapter()
  const cookieKey = randomUUID()
  let keys: readonly SigningJwk[] = options.keys ?? [await createSigningJwk()]
  let listener: RequestListener = (_, response) => response.writeHead(503).end()
  const { origin, close } = await listenOnLoopback((request, response) => listener(request, response), options.port)

  // oidc-provider never changes the keys it was made with, so another key means another instance on the same store.
  const useKeys = (next: readonly SigningJwk[]): void => {
    keys = next
    const claimsOf = options.claimsOf ?? (() => ({}))
    const provider = new Provider(origin, configurationOf({ people, keys, adapter, cookieKey, claimsOf }))
    const answer = provider.callback()
    listener = (request, response) => {
      const isInteraction = request.url?.startsWith('/interaction/') === true
      void (isInteraction
        ? answerInteraction({ provider, name, people }, request, response)
        : answer(request, response))
    }
  }
  useKeys(keys)
  for (const client of options.clients ?? []) await register(adapter, client)

  return {
    issuer: origin,
    people,
    get keys() {
      return keys
    },
    register: (client) => register(adapter, client),
    async rotateKeys({ isKeepingOld = true } = {}) {
      const added = await createSigningJwk()
      useKeys([added, ...(isKeepingOld ? keys : [])])
      return added
    },
    signIn: (url, person, browser = createBrowser()) => choose(browser, url, person.id),
    refuse: (url, browser = createBrowser()) => choose(browser, url, ''),
    signOut,
    close,
  }
}

async function register(adapter: AdapterFactory, client: OidcClient): Promise<void> {
  await adapter('Client').upsert(client.clientId, clientMetadata(client))
}

async function choose(browser: Browser, authorizationUrl: string, person: string): Promise<string> {
  const page = await browser.follow(authorizationUrl, await browser.request(authorizationUrl))
  // Whoever is signed in already is not asked again.
  if (page.leavesTo !== undefined) return page.leavesTo
  const html = await page.response.text()
  if (page.response.status !== 200) throw new Error(`The provider refused the request: ${textOf(html)}`)
  const form = readForm(html, page.url)
  const done = await browser.follow(form.action, await browser.submit(form.action, { ...form.fields, person }))
  if (done.leavesTo === undefined)
    throw new Error(`Sign-in ended at the provider: ${textOf(await done.response.text())}`)
  return done.leavesTo
}

async function signOut(endSessionUrl: string, browser: Browser): Promise<string | undefined> {
  const page = await browser.follow(endSessionUrl, await browser.request(endSessionUrl))
  const html = await page.response.text()
  if (page.response.status !== 200) throw new Error(`The provider refused the request: ${textOf(html)}`)
  const form = readForm(html, page.url)
  const done = await browser.follow(form.action, await browser.submit(form.action, { ...form.fields, logout: 'yes' }))
  return done.leavesTo
}

const textOf = (html: string): string =>
  html
    .replace(/<(style|title)>.*?<\/\1>|<[^>]+>/gs, ' ')
    .replace(/\s+/g, ' ')
    .trim()
