// What an OpenID provider serves: its discovery document and its keys, read where a connection is made and where somebody signs in. An
// input is both of them, each as text.
import fc from 'fast-check'
import { createSigningJwk } from '../../../sandbox/oidc-idp/keys.ts'
import { createScriptedOp, type ScriptedOp } from '../../../sandbox/oidc-idp/scripted-op.ts'
import type { TestApp } from '../../../test/support/app.ts'
import { createTestBrowser } from '../../../test/support/sign-in.ts'
import { mutate } from '../mutate.ts'
import { inOrganizations, type Place } from '../organizations.ts'
import type { Answer, Below, Player, Target } from '../target.ts'

const issuer = 'https://op.example.net'

type Served = { document: string; keys: string }

const truthful = {
  ...{
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  },
  ...{ userinfo_endpoint: `${issuer}/userinfo`, end_session_endpoint: `${issuer}/end-session` },
  ...{ response_types_supported: ['code'], id_token_signing_alg_values_supported: ['RS256', 'ES256'] },
  ...{ token_endpoint_auth_methods_supported: ['client_secret_basic'], subject_types_supported: ['public'] },
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, '', [], {}, [null], ['none'], ['HS256'], 'https://op.example.net/#x'),
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }),
)

/** The truth, with some members replaced. */
const changed = <Document extends Record<string, unknown>>(document: Document): fc.Arbitrary<string> =>
  fc
    .dictionary(fc.constantFrom(...Object.keys(document)), odd, { maxKeys: 3 })
    .map((over) => JSON.stringify({ ...document, ...over }))

const key = { kty: 'RSA', use: 'sig', alg: 'RS256', kid: '{{kid}}', n: '{{n}}', e: 'AQAB' }

const keys = fc
  .array(fc.oneof(changed(key), changed({ ...key, x: '', y: '', crv: 'P-256', x5c: [] })), { maxLength: 3 })
  .map((list) => `{"keys":[${list.join(',')}]}`)

export const discovery: Target = {
  name: 'discovery',
  says: 'discovery documents and keys of OpenID providers',
  grammar: fc
    .record({ document: fc.oneof(fc.constant(JSON.stringify(truthful)), changed(truthful)), keys })
    .map((served) => JSON.stringify(served)),
  words: [
    ...[
      ...Object.keys(truthful),
      ...Object.keys(key),
      issuer,
      '{{kid}}',
      '{{n}}',
      '"keys":[',
      '"kty":"oct"',
      '"k":"x"',
    ],
    ...['"alg":"none"', '"crv":"P-256"', '"__proto__":{"a":1}', '{', '}', '[', ']', ',', '"', 'http://127.0.0.1/'],
  ],
  mutate: mutated,
  prepare: discoveryPlayer,
}

/** The texts are what is changed, and not the envelope around them. */
function mutated(input: string, below: Below): string {
  const served = servedIn(input)
  const isDocument = below(2) === 0
  const change = (text: string): string => mutate(text, below, discovery.words)
  return JSON.stringify(
    isDocument ? { ...served, document: change(served.document) } : { ...served, keys: change(served.keys) },
  )
}

function servedIn(input: string): Served {
  try {
    const { document = '', keys: served = '' } = JSON.parse(input) as Partial<Served>
    return { document: String(document), keys: String(served) }
  } catch {
    return { document: input, keys: input }
  }
}

async function discoveryPlayer(app: TestApp): Promise<Player> {
  const signing = await createSigningJwk()
  const op = await createScriptedOp({ issuer, clientId: 'rolecall', clientSecret: 'secret', keys: [signing] })
  app.elsewhere.set(issuer, (url, init) => op.fetch(url, init))
  const organizations = inOrganizations(app)
  const real = signing.publicJwk as Record<string, unknown>
  const filled = (text: string): string =>
    text.replaceAll('{{kid}}', String(real['kid'])).replaceAll('{{n}}', String(real['n']))
  const play = async (input: string): Promise<Answer> => {
    const { document, keys: served } = servedIn(input)
    op.script = {
      ...{ claims: { sub: 'person-1' }, now: () => app.clock.now() },
      discovery: () => new Response(document),
      jwks: () => new Response(filled(served)),
    }
    return arrive(app, op, await organizations.next())
  }
  const control = await play(
    JSON.stringify({ document: JSON.stringify(truthful), keys: `{"keys":[${JSON.stringify(key)}]}` }),
  )
  if (control.status >= 500) throw new Error(`The truth is answered by ${control.status}`)
  return { play, seeds: [], settle: () => op.close().then(() => undefined) }
}

/** A connection is made and opened, and somebody comes back from the provider, as far as it goes. */
async function arrive(app: TestApp, op: ScriptedOp, { api }: Place): Promise<Answer> {
  const made = await api('POST', '/connections', { type: 'oidc', issuer, clientId: 'rolecall', clientSecret: 'secret' })
  if (made.status !== 201) return made
  const opened = await api('PUT', `/connections/${made.id}/status`, { status: 'optional', force: true })
  if (opened.status !== 200) return opened
  const browser = createTestBrowser(app.request, app.urls.origin)
  const start = await browser.get(`/sign-in/${made.id}`)
  const location = start.headers.get('location') ?? ''
  if (!URL.canParse(location)) return { status: start.status }
  const leadsBack = await op.fetch(`${issuer}/authorize${new URL(location).search}`)
  const back = leadsBack.headers.get('location')
  if (back === null) return { status: start.status }
  return { status: (await browser.get(back)).status }
}
