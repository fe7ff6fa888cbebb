// A browser in a test, and connections to sign in through: requests with a cookie jar, answers that are not followed.

import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { addDomain, removeDomain } from '#connections/domains/change-domains.ts'
import type { OidcConnection, SamlConnection } from '#connections/sign-in/connections.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { decodeRedirect, encodePost } from '#sandbox/saml-idp/bindings.ts'
import { createSigningKey, type SigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import type { TestApp, TestOrganization } from './app.ts'

export type TestBrowser = {
  cookies: Map<string, string>
  get(url: string, headers?: Record<string, string>): Promise<Response>
  /** A form posted from another site, as identity providers do it: cookies with SameSite=Lax stay at home. */
  postAcrossSites(url: string, fields: Record<string, string>): Promise<Response>
  /** A form of our own pages. */
  post(url: string, fields: Record<string, string>): Promise<Response>
  /** `GET /session` of this browser: the JSON, or undefined where nobody is signed in. */
  session(): Promise<{ user: { id: string; userName: string } } | undefined>
}

const laxOnly = ['__Host-rolecall_session']

/** @param request as `TestApp.request`, of any node */
export function createTestBrowser(request: TestApp['request'], origin: string): TestBrowser {
  const cookies = new Map<string, string>()
  const cookieHeader = (names: (name: string) => boolean): Record<string, string> => {
    const pairs = [...cookies].filter(([name]) => names(name)).map(([name, value]) => `${name}=${value}`)
    return pairs.length === 0 ? {} : { cookie: pairs.join('; ') }
  }
  const keep = (answer: Response): Response => {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      const isGone = /max-age=0/i.test(line)
      if (isGone) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }
  const pathOf = (url: string): string => (url.startsWith(origin) ? url.slice(origin.length) : url)
  const submit = async (
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string>,
  ): Promise<Response> =>
    keep(
      await request(pathOf(url), {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
    )
  const browser: TestBrowser = {
    cookies,
    get: async (url, headers = {}) =>
      keep(await request(pathOf(url), { headers: { accept: 'text/html', ...cookieHeader(() => true), ...headers } })),
    postAcrossSites: (url, fields) =>
      submit(url, fields, {
        origin: 'https://idp.example.net',
        'sec-fetch-site': 'cross-site',
        ...cookieHeader((name) => !laxOnly.includes(name)),
      }),
    post: (url, fields) =>
      submit(url, fields, { origin, 'sec-fetch-site': 'same-origin', ...cookieHeader(() => true) }),
    session: async () => {
      const answer = await request('/session', { headers: { accept: 'application/json', ...cookieHeader(() => true) } })
      return answer.status === 200 ? ((await answer.json()) as { user: { id: string; userName: string } }) : undefined
    },
  }
  return browser
}

let shared: SigningKey | undefined

/** One key for all identity providers of a test file that do not care. */
export const testKey = (): SigningKey => (shared ??= createSigningKey({ commonName: 'idp.example.net' }))

type SamlOptions = Partial<Extract<Parameters<typeof createConnection>[1], { type: 'saml' }>> & {
  idpEntityId?: string
  keys?: SigningKey[]
}

/** A SAML connection that is open for sign-in. */
export async function createSamlConnection(
  organization: TestOrganization,
  options: SamlOptions = {},
): Promise<SamlConnection> {
  const { idpEntityId = 'https://idp.example.net/metadata', keys = [testKey()], ...input } = options
  const metadataXml = buildMetadata({
    entityId: idpEntityId,
    certificates: keys.map(({ certificate }) => certificate),
    sso: { redirect: 'https://idp.example.net/sso', post: 'https://idp.example.net/sso' },
    slo: { redirect: 'https://idp.example.net/slo', post: 'https://idp.example.net/slo' },
  })
  const created = await createConnection(
    organization.ctx,
    {
      type: 'saml',
      metadataXml,
      jit: 'verified_domains',
      ...input,
    },
    requireOrdinaryRole,
  )
  return (await setConnectionStatus(organization.ctx, {
    connectionId: created.id,
    status: 'optional',
    isForced: true,
  })) as SamlConnection
}

type OidcOptions = Partial<Extract<Parameters<typeof createConnection>[1], { type: 'oidc' }>> & {
  issuer: string
  clientId: string
}

/** An OpenID Connect connection that is open for sign-in. */
export async function createOidcConnection(
  organization: TestOrganization,
  options: OidcOptions,
): Promise<OidcConnection> {
  const created = await createConnection(
    organization.ctx,
    {
      type: 'oidc',
      jit: 'verified_domains',
      clientSecret: 'secret',
      ...options,
    },
    requireOrdinaryRole,
  )
  return (await setConnectionStatus(organization.ctx, {
    connectionId: created.id,
    status: 'optional',
    isForced: true,
  })) as OidcConnection
}

/** By the database: other files have others. */
const verifiedIn = new WeakMap<object, Map<string, TestOrganization>>()

/** The domain is the organization's from now on, and nobody else's of its database. */
export async function verifyDomain(organization: TestOrganization, name: string): Promise<void> {
  const { database } = organization.ctx
  const verified = verifiedIn.get(database) ?? new Map<string, TestOrganization>()
  verifiedIn.set(database, verified)
  const before = verified.get(name)
  if (before !== undefined) await removeDomain(before.ctx, name)
  await addDomain(organization.ctx, { name, isVerified: true })
  verified.set(name, organization)
}

/** Begins a sign-in at a SAML connection. @returns the AuthnRequest's ID, as the provider reads it */
export async function startSaml(
  browser: TestBrowser,
  connectionId: string,
  query = '',
): Promise<{ requestId: string; url: URL }> {
  const answer = await browser.get(`/sign-in/${connectionId}${query}`)
  const url = new URL(answer.headers.get('location') ?? 'missing:')
  const xml = decodeRedirect(url.searchParams.get('SAMLRequest') ?? '')
  return { requestId: /\bID="([^"]+)"/.exec(xml)?.[1] ?? '', url }
}

/** Posts a SAML response to the connection's ACS, as the provider's page does it. */
export const postResponse = (
  browser: TestBrowser,
  connectionId: string,
  xml: string,
  relayState?: string,
): Promise<Response> =>
  browser.postAcrossSites(`/saml/${connectionId}/acs`, {
    SAMLResponse: encodePost(xml),
    ...(relayState === undefined ? {} : { RelayState: relayState }),
  })
