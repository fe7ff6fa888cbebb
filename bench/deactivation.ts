// Deactivation over two server processes on one database: once the answer to the SCIM request is there, no request that
// begins later is accepted on either node, by any session, refresh token or API key of the person.
import { randomBytes } from 'node:crypto'
import * as oidcClient from 'openid-client'
import type postgres from 'postgres'
import { sha256 } from '#platform/crypto.ts'
import { count, quantile, table } from './numbers.ts'

export type Nodes = {
  /** Both with the public origin of the first. */
  origins: readonly [string, string]
  organizationId: string
  scim: { path: string; token: string }
  owner: postgres.Sql
  application: { clientId: string; clientSecret: string }
}

export type DeactivationResult = { trials: number; requests: number; accepted: number; millis: number[] }

const callback = 'https://app.example.com/callback'
const sessionsEach = 5

type Person = { id: string; cookies: string[]; refreshToken: string; apiKey: string }

type Door = (origin: string) => Promise<number>

/** @throws Error where a credential does not work before the deactivation: then a trial would prove nothing */
export async function measureDeactivation(nodes: Nodes, trials: number): Promise<DeactivationResult> {
  const [first, second] = nodes.origins
  const config = await oidcClient.discovery(
    new URL(first),
    nodes.application.clientId,
    nodes.application.clientSecret,
    undefined,
    {
      execute: [oidcClient.allowInsecureRequests],
    },
  )
  const result: DeactivationResult = { trials, requests: 0, accepted: 0, millis: [] }
  for (let trial = 0; trial < trials; trial += 1) {
    const person = await createPerson(nodes, config, trial)
    const doors = doorsOf(nodes, person)
    for (const [index, door] of doors.entries()) await requireOpen(door, trial % 2 === 0 ? first : second, index)
    const started = performance.now()
    await deactivate(nodes, person, trial)
    result.millis.push(performance.now() - started)
    const statuses = await Promise.all(nodes.origins.flatMap((origin) => doors.map((door) => door(origin))))
    const refresh = await refreshStatus(nodes, trial % 2 === 0 ? second : first, person.refreshToken)
    const all = [...statuses, refresh]
    result.requests += all.length
    result.accepted += all.filter((status) => status < 400).length
  }
  return result
}

export const describeDeactivation = ({ trials, requests, accepted, millis }: DeactivationResult): string =>
  table(
    ['trials', 'requests afterwards', 'accepted', 'PATCH median, ms', 'PATCH p99, ms'],
    [
      [
        count(trials),
        count(requests),
        count(accepted),
        quantile(millis, 0.5).toFixed(1),
        quantile(millis, 0.99).toFixed(1),
      ],
    ],
  )

async function createPerson(nodes: Nodes, config: oidcClient.Configuration, trial: number): Promise<Person> {
  const { organizationId, owner } = nodes
  const answer = await scim(nodes, 'POST', '/Users', {
    userName: `trial-${trial}-${randomBytes(4).toString('hex')}@bench.example.com`,
  })
  const { id } = (await answer.json()) as { id: string }
  const tokens = Array.from({ length: sessionsEach }, () => randomBytes(32).toString('base64url'))
  // As sign-in writes them; what ends them is what is measured.
  await owner`insert into sessions (organization_id, id, user_id, token_hash, epoch, method, has_second_factor, created_at,
      authenticated_at, last_seen_at, idle_expires_at, expires_at)
    select ${organizationId}, 'ses_' || hash, ${id}, hash, 0, 'saml', false, now(), now(), now(), now() + interval '1 hour',
      now() + interval '1 hour' from unnest(${tokens.map(sha256)}::text[]) hash`
  const apiKey = `rck_${randomBytes(32).toString('base64url')}`
  await owner`insert into api_keys (organization_id, id, name, user_id, key_hash, last_four, created_at)
    values (${organizationId}, ${`key_${sha256(apiKey).slice(0, 26)}`}, 'trial', ${id}, ${sha256(apiKey)}, 'xxxx', now())`
  const cookies = tokens.map((token) => `__Host-rolecall_session=${token}`)
  return { id, cookies, apiKey, refreshToken: await obtainRefreshToken(config, cookies[0] ?? '') }
}

/** The code flow of a host application, in a browser that is signed in. */
async function obtainRefreshToken(config: oidcClient.Configuration, cookie: string): Promise<string> {
  const verifier = oidcClient.randomPKCECodeVerifier()
  const [state, nonce] = [oidcClient.randomState(), oidcClient.randomNonce()]
  let at = oidcClient.buildAuthorizationUrl(config, {
    ...{ redirect_uri: callback, scope: 'openid offline_access', state, nonce, prompt: 'consent' },
    ...{ code_challenge: await oidcClient.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
  })
  const cookies = new Map<string, string>([[cookie.split('=')[0] ?? '', cookie.slice(cookie.indexOf('=') + 1)]])
  while (!at.href.startsWith(callback)) {
    const header = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie: header, accept: 'text/html' } })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = answer.headers.get('location')
    if (location === null) throw new Error(`The provider answered ${answer.status} at ${at.pathname}`)
    at = new URL(location, at)
    if (at.pathname === '/login') throw new Error('The provider asks for a sign-in although there is a session')
  }
  const tokens = await oidcClient.authorizationCodeGrant(config, at, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
  })
  if (tokens.refresh_token === undefined) throw new Error('There is no refresh token')
  return tokens.refresh_token
}

/** Everything that the person could come in by without using it up; the status tells whether it worked. */
function doorsOf(nodes: Nodes, person: Person): Door[] {
  const statusOf = async (url: string, headers: Record<string, string>): Promise<number> => {
    const answer = await fetch(url, { headers, redirect: 'manual' })
    await answer.arrayBuffer()
    return answer.status
  }
  const introspected: Door = async (origin) => {
    const body = new URLSearchParams({ token: person.refreshToken })
    const answer = await fetch(`${origin}/oauth2/introspect`, {
      method: 'POST',
      body,
      headers: { authorization: basic(nodes) },
    })
    const { active } = (await answer.json()) as { active?: boolean }
    return active === true ? 200 : 401
  }
  return [
    ...person.cookies.map(
      (cookie): Door =>
        (origin) =>
          statusOf(`${origin}/session`, { cookie, accept: 'application/json' }),
    ),
    (origin) => statusOf(`${origin}/api/v1/brands`, { authorization: `Bearer ${person.apiKey}` }),
    introspected,
  ]
}

const basic = ({ application }: Nodes): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(application.clientId)}:${encodeURIComponent(application.clientSecret)}`).toString('base64')}`

async function refreshStatus(nodes: Nodes, origin: string, refreshToken: string): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken })
  const answer = await fetch(`${origin}/oauth2/token`, {
    method: 'POST',
    body,
    headers: { authorization: basic(nodes) },
  })
  await answer.arrayBuffer()
  return answer.status
}

async function requireOpen(door: Door, origin: string, index: number): Promise<void> {
  const status = await door(origin)
  if (status >= 400)
    throw new Error(`Credential ${index} does not work before the deactivation (${status} at ${origin})`)
}

/** By each node in turn, and in each of the ways that identity providers have. */
async function deactivate(nodes: Nodes, { id }: Person, trial: number): Promise<void> {
  const node = trial % 2
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  const patch = { schemas, Operations: [{ op: 'replace', value: { active: false } }] }
  const answer =
    trial % 3 === 2
      ? await scim(nodes, 'DELETE', `/Users/${id}`, undefined, node)
      : await scim(nodes, 'PATCH', `/Users/${id}`, patch, node)
  await answer.arrayBuffer()
}

async function scim(
  { origins, scim: { path, token } }: Nodes,
  method: string,
  resource: string,
  body?: object,
  node = 0,
): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  const answer = await fetch(`${origins[node]}${path}${resource}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (answer.status >= 300) throw new Error(`${method} ${resource} answered ${answer.status}: ${await answer.text()}`)
  return answer
}
