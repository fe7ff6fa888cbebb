// Sign-in callbacks beside the floor, which is the library's bare validation of the same messages in the same run; and the
// check of a session beside a bare query by the same index. Rounds of ours and of the floor alternate; medians are compared.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SAML } from '@node-saml/node-saml'
import * as oidcClient from 'openid-client'
import { resolveSession } from '#access/sign-in/sessions/resolve-session.ts'
import { Database, databaseDefaults } from '#db/database.ts'
import { sha256 } from '#platform/crypto.ts'
import { Secret } from '#platform/secret.ts'
import { createScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { decodeRedirect, encodePost } from '#sandbox/saml-idp/bindings.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { buildResponse } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'
import { count, median, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'

export type SignInOptions = { rounds: number; perRound: number }

type Measured = { what: string; ours: number; floor: number; ratio: number; target: number }

export type SignInResult = { rows: Measured[] }

const issuer = 'https://idp.bench.example.com/metadata'

/** Milliseconds for one; the median over all of them. */
export async function measureSignIn(
  rolecall: Rolecall,
  options: SignInOptions,
  progress: (text: string) => void,
): Promise<SignInResult> {
  await rolecall.run('domain', 'add', 'bench.example.com', '--organization', 'bench', '--verified')
  progress('SAML callbacks, the assertion and the response signed')
  const saml = await measureSaml(rolecall, options)
  progress('OpenID Connect callbacks')
  const oidc = await measureOidc(rolecall, options)
  progress('Session checks')
  const session = await measureSession(rolecall, options)
  return { rows: [saml, oidc, session] }
}

export const describeSignIn = ({ rows }: SignInResult): string =>
  table(
    ['', 'ours, ms', 'floor, ms', 'ours a second', 'ours / floor', 'aim'],
    rows.map(({ what, ours, floor, ratio, target }) => [
      what,
      ours.toFixed(2),
      floor.toFixed(2),
      count(1000 / ours),
      ratio.toFixed(2),
      `at most ${target}`,
    ]),
  )

export const isSignInTargetMet = ({ rows }: SignInResult): boolean => rows.every(({ ratio, target }) => ratio <= target)

type Side = (turn: number) => Promise<number>

/** Alternates the sides, so that whatever slows the machine slows both. */
async function alternate(
  sides: { ours: Side; floor: Side },
  { rounds, perRound }: SignInOptions,
): Promise<{ ours: number; floor: number }> {
  const times = { ours: [] as number[], floor: [] as number[] }
  for (let round = -1; round < rounds; round += 1) {
    for (const name of ['ours', 'floor'] as const) {
      for (let turn = 0; turn < perRound; turn += 1) {
        const millis = await sides[name]((round + 1) * perRound + turn)
        if (round >= 0) times[name].push(millis)
      }
    }
  }
  return { ours: median(times.ours), floor: median(times.floor) }
}

const row = (what: string, { ours, floor }: { ours: number; floor: number }, target: number): Measured => ({
  ...{ what, ours, floor, target },
  ratio: ours / floor,
})

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** Begins a sign-in as a browser does. @returns where it is sent, and the cookie that it was given */
async function begin(startUrl: string): Promise<{ location: URL; cookie: string }> {
  const answer = await fetch(startUrl, { redirect: 'manual' })
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return { location: new URL(answer.headers.get('location') ?? 'missing:'), cookie }
}

async function measureSaml(rolecall: Rolecall, options: SignInOptions): Promise<Measured> {
  const key = createSigningKey({ commonName: 'idp.bench.example.com' })
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-bench-'))
  const metadata = join(folder, 'metadata.xml')
  writeFileSync(
    metadata,
    buildMetadata({
      entityId: issuer,
      certificates: [key.certificate],
      sso: { redirect: 'https://idp.bench.example.com/sso' },
    }),
  )
  const connection = JSON.parse(
    await rolecall.run(
      'connection',
      'create',
      '--organization',
      'bench',
      '--type',
      'saml',
      '--idp-metadata',
      metadata,
      '--jit',
      'on',
      '--force',
      '--json',
    ),
  ) as Record<'startUrl' | 'acsUrl' | 'entityId', string>
  rmSync(folder, { recursive: true })
  const build = (turn: number, requestId: string): string => {
    const email = `person-${turn % 50}@bench.example.com`
    const options = {
      ...{ issuer, acsUrl: connection.acsUrl, audience: connection.entityId, inResponseTo: requestId },
      nameId: { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', value: email },
      attributes: [
        { name: 'email', values: [email] },
        { name: 'groups', values: ['Everyone', 'Editors'] },
      ],
    }
    return encodePost(sealResponse(buildResponse(options), { key, sign: { response: true, assertion: true } }))
  }
  const bare = new SAML({
    callbackUrl: connection.acsUrl,
    issuer: connection.entityId,
    audience: connection.entityId,
    idpCert: key.certificate,
    wantAuthnResponseSigned: true,
    wantAssertionsSigned: true,
    acceptedClockSkewMs: 60_000,
  })
  const times = await alternate(
    {
      ours: async (turn) => {
        const { location, cookie } = await begin(connection.startUrl)
        const requestId =
          /\bID="([^"]+)"/.exec(decodeRedirect(location.searchParams.get('SAMLRequest') ?? ''))?.[1] ?? ''
        const body = new URLSearchParams({ SAMLResponse: build(turn, requestId) })
        return timed(() =>
          accepted(fetch(connection.acsUrl, { method: 'POST', body, headers: { cookie }, redirect: 'manual' })),
        )
      },
      floor: async (turn) => {
        const message = build(turn, '_0123456789')
        return timed(() => bare.validatePostResponseAsync({ SAMLResponse: message }))
      },
    },
    options,
  )
  return row('SAML callback', times, 2)
}

async function accepted(answer: Promise<Response>): Promise<void> {
  const { status } = await answer
  if (status !== 303) throw new Error(`The callback answered ${status}`)
}

async function measureOidc(rolecall: Rolecall, options: SignInOptions): Promise<Measured> {
  const op = await createScriptedOp({ clientId: 'bench', clientSecret: 'secret' })
  // The floor asks no userinfo either.
  op.script.discovery = ({ userinfo_endpoint: _, ...document }) => document
  const connection = JSON.parse(
    await rolecall.run(
      ...[
        'connection',
        'create',
        '--organization',
        'bench',
        '--type',
        'oidc',
        '--issuer',
        op.issuer,
        '--client-id',
        'bench',
      ],
      ...['--client-secret', 'secret', '--jit', 'on', '--force', '--json'],
    ),
  ) as Record<'startUrl' | 'redirectUri', string>
  const bare = await oidcClient.discovery(
    new URL(op.issuer),
    'bench',
    undefined,
    oidcClient.ClientSecretBasic('secret'),
    {
      execute: [oidcClient.allowInsecureRequests, oidcClient.enableNonRepudiationChecks],
    },
  )
  const person = (turn: number): void => {
    op.script.claims = { sub: `person-${turn % 50}`, email: `person-${turn % 50}@bench.example.com` }
  }
  const times = await alternate(
    {
      ours: async (turn) => {
        person(turn)
        const { location, cookie } = await begin(connection.startUrl)
        const callback = await op.signIn(location.href)
        return timed(() => accepted(fetch(callback, { headers: { cookie }, redirect: 'manual' })))
      },
      floor: async (turn) => {
        person(turn)
        const verifier = oidcClient.randomPKCECodeVerifier()
        const checks = {
          expectedState: oidcClient.randomState(),
          expectedNonce: oidcClient.randomNonce(),
          pkceCodeVerifier: verifier,
        }
        const url = oidcClient.buildAuthorizationUrl(bare, {
          redirect_uri: connection.redirectUri,
          scope: 'openid email',
          state: checks.expectedState,
          nonce: checks.expectedNonce,
          code_challenge: await oidcClient.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        })
        const callback = await op.signIn(url.href)
        return timed(() => oidcClient.authorizationCodeGrant(bare, new URL(callback), checks))
      },
    },
    options,
  )
  await op.close()
  return row('OpenID Connect callback', times, 2)
}

/** How many checks make one measurement; a single one is shorter than the clock is exact. */
const checksAtOnce = 100

async function measureSession(rolecall: Rolecall, options: SignInOptions): Promise<Measured> {
  const token = 'bench-session'
  await rolecall.owner`insert into sessions (organization_id, id, user_id, token_hash, epoch, method, has_second_factor,
      created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at)
    select organization_id, 'ses_bench', id, ${sha256(token)}, epoch, 'saml', false, now(), now(), now(),
      now() + interval '1 hour', now() + interval '1 hour' from users where status = 'active' limit 1`
  await rolecall.owner`analyze`
  const database = new Database({
    ...databaseDefaults,
    url: new Secret(rolecall.databaseUrl),
    role: 'rolecall_server',
    lanes: 1,
  })
  const bare = new Database({ ...databaseDefaults, url: new Secret(rolecall.databaseUrl), role: undefined, lanes: 1 })
  const statement = {
    text: 'select organization_id, id, user_id, method, connection_id, has_second_factor, authenticated_at, last_seen_at, idle_expires_at, expires_at from sessions where token_hash = $1',
    values: [sha256(token)],
    isPrepared: true,
  }
  const many = async (once: () => Promise<unknown>): Promise<number> => {
    const millis = await timed(async () => {
      for (let turn = 0; turn < checksAtOnce; turn += 1) await once()
    })
    return millis / checksAtOnce
  }
  const times = await alternate(
    {
      ours: () =>
        many(async () => {
          if ((await resolveSession(database, sha256(token))) === undefined) throw new Error('The session is not live')
        }),
      floor: () => many(() => bare.read(statement)),
    },
    options,
  )
  await Promise.all([database.close(), bare.close()])
  return row('Session check', times, 1.5)
}
