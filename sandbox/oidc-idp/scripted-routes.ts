// The endpoints of the scripted OpenID provider. Nobody is asked: the authorization endpoint redirects at once.
import { createHash, randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { keyOf, type RecordedTokenRequest, type ScriptedState } from './scripted-state.ts'
import { accessTokenHash, type Claims, signJwt } from './tokens.ts'

/** A Hono application with discovery (below any path), /jwks, /authorize, /token, /userinfo and /end-session. */
export function createScriptedRoutes(state: ScriptedState): Hono {
  const app = new Hono()
  app.get('/authorize', (c) => authorize(c, state))
  app.post('/token', (c) => exchange(c, state))
  app.on(['GET', 'POST'], '/userinfo', (c) => userinfo(c, state))
  app.get('/end-session', (c) => c.redirect(c.req.query('post_logout_redirect_uri') ?? '/', 302))
  app.get('/jwks', (c) => {
    state.jwksRequests += 1
    const truthful = { keys: state.keys.map((key) => key.publicJwk) }
    return answer(c, state.script.jwks?.(truthful) ?? truthful)
  })
  app.get('*', (c) => {
    if (!c.req.path.endsWith('/.well-known/openid-configuration')) return c.notFound()
    const truthful = discovery(state)
    return answer(c, state.script.discovery?.(truthful) ?? truthful)
  })
  return app
}

/** The truthful discovery document (OpenID Connect Discovery §3). */
const discovery = ({ issuer, origin, keys }: ScriptedState): Claims => ({
  issuer,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
  jwks_uri: `${origin}/jwks`,
  userinfo_endpoint: `${origin}/userinfo`,
  end_session_endpoint: `${origin}/end-session`,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code'],
  subject_types_supported: ['public'],
  scopes_supported: ['openid', 'email', 'profile', 'groups'],
  id_token_signing_alg_values_supported: [...new Set(keys.map((key) => key.alg))],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  backchannel_logout_supported: true,
  backchannel_logout_session_supported: true,
})

function authorize(c: Context, state: ScriptedState): Response {
  const parameters = c.req.query()
  state.authorizations.push(parameters)
  const code = randomUUID()
  state.codes.set(code, { parameters, isUsed: false })
  const given = parameters['state']
  const truthful = { code, iss: state.issuer, ...(given === undefined ? {} : { state: given }) }
  const callback = new URL(parameters['redirect_uri'] ?? 'invalid:')
  for (const [name, value] of Object.entries(state.script.callback?.(truthful) ?? truthful))
    if (value !== undefined) callback.searchParams.set(name, value)
  return c.redirect(callback.href, 302)
}

async function exchange(c: Context, state: ScriptedState): Promise<Response> {
  const request = await recordTokenRequest(c)
  state.tokenRequests.push(request)
  const fault = faultOf(request, state)
  if (fault !== undefined) return c.json({ error: fault }, fault === 'invalid_client' ? 401 : 400)
  const issued = state.codes.get(request.parameters['code'] ?? '')
  if (issued === undefined) return c.json({ error: 'invalid_grant' }, 400)
  issued.isUsed = true
  const accessToken = randomUUID()
  state.accessTokens.add(accessToken)
  const body = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 600,
    scope: issued.parameters['scope'] ?? 'openid',
    id_token: await idToken(state, issued.parameters['nonce'], accessToken),
  }
  return answer(c, state.script.token?.(body, request) ?? body)
}

async function idToken(state: ScriptedState, nonce: string | undefined, accessToken: string): Promise<string> {
  const issuedAt = Math.floor(state.script.now().getTime() / 1000)
  const claims = {
    iss: state.issuer,
    aud: state.clientId,
    iat: issuedAt,
    exp: issuedAt + 600,
    nonce,
    at_hash: accessTokenHash(accessToken),
    ...state.script.claims,
  }
  return state.script.idToken?.(claims) ?? signJwt(claims, { key: keyOf(state), ...state.script.signature })
}

async function recordTokenRequest(c: Context): Promise<RecordedTokenRequest> {
  const parameters = Object.fromEntries(new URLSearchParams(await c.req.text()))
  const authorization = c.req.header('authorization')
  return { parameters, authorization, authMethod: authMethodOf(parameters, authorization) }
}

function authMethodOf(parameters: Record<string, string>, authorization: string | undefined) {
  if (authorization !== undefined) return 'client_secret_basic'
  if (parameters['client_assertion'] !== undefined) return 'private_key_jwt'
  return parameters['client_secret'] === undefined ? 'none' : 'client_secret_post'
}

/** What a provider checks: the client's secret, and that the code is unused and meant for this request (RFC 7636 §4.6). */
function faultOf(request: RecordedTokenRequest, state: ScriptedState): string | undefined {
  if (!isClient(request, state)) return 'invalid_client'
  const issued = state.codes.get(request.parameters['code'] ?? '')
  if (issued === undefined || issued.isUsed) return 'invalid_grant'
  if (issued.parameters['redirect_uri'] !== request.parameters['redirect_uri']) return 'invalid_grant'
  const challenge = issued.parameters['code_challenge']
  const verifier = request.parameters['code_verifier'] ?? ''
  const isProven = challenge === undefined || createHash('sha256').update(verifier).digest('base64url') === challenge
  return isProven ? undefined : 'invalid_grant'
}

/** Signed client assertions are recorded for the test to look at; the compliant provider verifies them. */
function isClient({ authMethod, parameters, authorization = '' }: RecordedTokenRequest, state: ScriptedState): boolean {
  if (authMethod === 'private_key_jwt') return true
  if (authMethod !== 'client_secret_basic')
    return parameters['client_id'] === state.clientId && parameters['client_secret'] === state.clientSecret
  const [id = '', secret = ''] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(':')
  return formDecode(id) === state.clientId && formDecode(secret) === state.clientSecret
}

/** Both parts are form-encoded before they are joined (RFC 6749 §2.3.1). */
const formDecode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))

function userinfo(c: Context, state: ScriptedState): Response {
  const authorization = c.req.header('authorization')
  state.userinfoRequests.push(authorization)
  if (!state.accessTokens.has(authorization?.replace(/^Bearer /, '') ?? ''))
    return c.json({ error: 'invalid_token' }, 401, { 'www-authenticate': 'Bearer error="invalid_token"' })
  const truthful = { sub: state.script.claims['sub'], ...state.script.userinfo }
  return answer(c, state.script.answerUserinfo?.(truthful) ?? truthful)
}

/** A hook gives a body, or a whole answer. */
const answer = (c: Context, body: unknown): Response =>
  body instanceof Response ? body : c.body(JSON.stringify(body), 200, { 'content-type': 'application/json' })
