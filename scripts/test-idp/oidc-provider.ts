// oidc-provider as an OpenID provider that signs people in: RS256, PS256 and ES256, a secret and a key of the client's.
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { textAt } from '#sandbox/json.ts'
import { createOidcIdentityProvider } from '#sandbox/oidc-idp/identity-provider.ts'
import { createSigningJwk } from '#sandbox/oidc-idp/keys.ts'
import { createBrowser } from '#sandbox/sign-in/browser.ts'
import { type Check, expect, type Peer } from './peer.ts'
import { createTenant, expectSignedOut, type Tenant } from './tenant.ts'
import { deactivationCheck, signInAt, type Upstream, upstreamChecks } from './upstream.ts'
import type { FillIn } from './walk.ts'

type Provider = Awaited<ReturnType<typeof createOidcIdentityProvider>>

const ada = {
  ...{ id: 'ada', email: 'ada@oidc-provider.example.com', givenName: 'Ada', familyName: 'Brook' },
  groups: ['Everyone', 'Editors'],
}

export const oidcProvider: Peer = {
  name: 'oidc-provider',
  title: 'oidc-provider as OpenID provider',
  async start(rolecall) {
    const tenant = await createTenant(rolecall, 'oidc-provider', 'oidc-provider.example.com')
    const keys = await Promise.all((['RS256', 'PS256', 'ES256'] as const).map((alg) => createSigningJwk({ alg })))
    const provider = await createOidcIdentityProvider({ people: [ada], keys, claimsOf: ({ groups }) => ({ groups }) })
    const upstream = await connect(tenant, provider, 'RS256', 'client_secret_basic')
    return {
      version: (createRequire(import.meta.url)('oidc-provider/package.json') as { version: string }).version,
      checks: [
        ...upstreamChecks(upstream),
        ...algorithmChecks(tenant, provider),
        rotationCheck(upstream, provider),
        deactivationCheck(upstream),
      ],
      lastWords: tenant.lastAttempts,
      stop: provider.close,
    }
  },
}

const algorithmChecks = (tenant: Tenant, provider: Provider): Check[] =>
  (['PS256', 'ES256'] as const).flatMap((algorithm) =>
    (['client_secret_post', 'private_key_jwt'] as const).map(
      (method): Check => [
        `an ID token signed by ${algorithm}, ${method}, back-channel logout`,
        async () => {
          const upstream = await connect(tenant, provider, algorithm, method)
          const browser = await signInAt(upstream)
          await upstream.signOutThere?.(browser)
          await expectSignedOut(tenant, browser)
        },
      ],
    ),
  )

const rotationCheck = (upstream: Upstream, provider: Provider): Check => [
  'another key signs from now on',
  async () => {
    await provider.rotateKeys({ isKeepingOld: false })
    const browser = createBrowser()
    await signInAt(upstream, browser)
  },
]

type Method = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

async function connect(
  tenant: Tenant,
  provider: Provider,
  idTokenAlgorithm: 'RS256' | 'PS256' | 'ES256',
  authMethod: Method,
): Promise<Upstream> {
  const [clientId, clientSecret] = [randomUUID(), randomUUID()]
  const hasKey = authMethod === 'private_key_jwt'
  const made = await tenant.command(
    ...['connection', 'create', '--type', 'oidc', '--issuer', provider.issuer, '--client-id', clientId],
    ...(hasKey ? [] : ['--client-secret', clientSecret, '--client-authentication', authMethod]),
    ...['--jit', 'on', '--force'],
  )
  await provider.register({
    ...{ clientId, idTokenAlgorithm, authMethod },
    ...(hasKey ? { publicJwks: [await publicJwk(tenant, textAt(made, 'connectionId'))] } : { clientSecret }),
    redirectUris: [textAt(made, 'redirectUri')],
    postLogoutRedirectUris: [textAt(made, 'postLogoutRedirectUri')],
    backchannelLogoutUri: textAt(made, 'backchannelLogoutUrl'),
  })
  return {
    ...{ tenant, startUrl: textAt(made, 'startUrl'), userName: ada.email, group: 'Editors', isToldOfLogout: true },
    enter: chooseAda,
    async signOutThere(browser) {
      await provider.signOut(`${provider.issuer}/session/end`, browser)
    },
  }
}

async function publicJwk(tenant: Tenant, connection: string): Promise<object> {
  const { settings } = (await tenant.command('connection', 'show', '--connection', connection)) as {
    settings?: { publicJwk?: object }
  }
  expect(settings?.publicJwk !== undefined, 'The connection shows no key')
  return settings.publicJwk
}

/** The page that lists its people, and the question whether to sign out. */
const chooseAda = (): FillIn => {
  let isChosen = false
  return ({ text }) => {
    if (isChosen || !text.includes('name="person"')) return undefined
    isChosen = true
    return { person: ada.id }
  }
}
