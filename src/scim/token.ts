// The token endpoint of a directory: OAuth 2.0 client credentials (RFC 6749 §4.4) by secret or by private_key_jwt (RFC 7523).
import { type Context, Hono } from 'hono'
import { type ClientProof, issueAccessToken } from '#connections/directories/access-tokens.ts'
import { clientAddress } from '#http/client-address.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import { answer } from './answers.ts'
import { scimError } from './errors.ts'
import type { ScimEnv, ScimServices } from './guard.ts'
import { onlyBy } from './methods.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** RFC 6749 §5.2 */
type Refusal = { error: string; error_description: string }

/** @returns an app to be mounted at `/oauth2/token`, before whatever asks for a token */
export function createTokenEndpoint(services: ScimServices): Hono<ScimEnv> {
  const endpoint = new Hono<ScimEnv>({ strict: false })
  endpoint.post('/', async (c) => {
    const ip = clientAddress(c, services.trustedProxies)
    try {
      services.limits.admitUnproven(ip)
      return await answerToken(c, services)
    } catch (thrown) {
      const error = asAppError(thrown)
      if (error.code === 'unauthenticated') services.limits.noteWrongSecret(ip)
      return answerRefusal(c, error)
    }
  })
  endpoint.all('/', onlyBy('POST'))
  return endpoint
}

async function answerToken(c: Context<ScimEnv>, services: ScimServices): Promise<Response> {
  const form = await readForm(c, { maxBytes: 16_384 })
  if (form['grant_type'] !== 'client_credentials') {
    const why = 'The grant_type must be client_credentials'
    return refuse(c, 400, { error: 'unsupported_grant_type', error_description: why })
  }
  const proof = proofOf(c.req.header('authorization'), form)
  const directoryId = c.req.param('directoryId') ?? ''
  const tokenUrl = `${services.urls.scimBase(directoryId)}/oauth2/token`
  const issued = await issueAccessToken(services, { directoryId, proof, tokenUrl })
  const { accessToken: token, expiresInSeconds } = issued
  return json(c, 200, { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds })
}

/** RFC 6749 §2.3: one way of proving who the client is, not two. @throws AppError invalid, unauthenticated */
function proofOf(authorization: string | undefined, form: Form): ClientProof {
  const basic = basicOf(authorization)
  const { client_id: clientId, client_secret: secret, client_assertion: assertion } = form
  const ways = [basic, secret, assertion].filter((way) => way !== undefined && way !== '')
  if (ways.length > 1) throw new AppError('invalid', 'The client proves itself in more than one way')
  if (basic !== undefined) return basic
  if (assertion !== undefined && assertion !== '') {
    if (form['client_assertion_type'] !== assertionType) {
      throw new AppError('invalid', `The client_assertion_type must be ${assertionType}`)
    }
    return { clientId: clientId ?? subjectOf(assertion), assertion }
  }
  if (clientId === undefined || secret === undefined || secret === '') {
    throw new AppError('unauthenticated', 'The client does not say who it is')
  }
  return { clientId, secret }
}

/** RFC 6749 §2.3.1: both are form-encoded before they are put together. */
function basicOf(authorization: string | undefined): ClientProof | undefined {
  const encoded = /^basic +([\w+/=-]{1,2048})$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':')
  try {
    return { clientId: decodeURIComponent(clientId), secret: decodeURIComponent(secret.join(':').replaceAll('+', ' ')) }
  } catch {
    return { clientId, secret: secret.join(':') }
  }
}

/** Whose assertion it says that it is; whether that is so, the signature tells. */
function subjectOf(assertion: string): string {
  try {
    const payload = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as { sub?: unknown }
    return typeof payload.sub === 'string' ? payload.sub : ''
  } catch {
    return ''
  }
}

function answerRefusal(c: Context<ScimEnv>, error: AppError): Response {
  if (error.code === 'unauthenticated') {
    return refuse(c, 401, { error: 'invalid_client', error_description: error.message })
  }
  const { status, headers } = scimError(error, c.get('requestId'))
  const code = status < 500 && status !== 429 ? 'invalid_request' : 'temporarily_unavailable'
  return refuse(c, status, { error: code, error_description: error.message }, headers)
}

const refuse = (
  c: Context<ScimEnv>,
  status: number,
  refusal: Refusal,
  headers: Record<string, string> = {},
): Response => json(c, status, refusal, status === 401 ? { 'WWW-Authenticate': 'Basic realm="scim"' } : headers)

const json = (
  c: Context<ScimEnv>,
  status: number,
  body: Record<string, string | number>,
  headers: Record<string, string> = {},
): Response => answer(c, body, status, { ...headers, 'Content-Type': 'application/json' })
