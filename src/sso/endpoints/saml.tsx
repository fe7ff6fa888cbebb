// The SAML endpoints of a connection: metadata, assertion consumer service, single logout.

import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { findSignIn, isTest, type SignInRequest } from '#access/sign-in/requests.ts'
import { newTrace, noted, refuse, type Trace } from '#access/sign-in/trace.ts'
import { weakAlgorithmsAt } from '#connections/settings/weak-algorithms.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { visitorOf } from '#http/client-address.ts'
import { readForm } from '#http/read-form.ts'
import { safeTarget } from '#http/return-to.ts'
import { AppError } from '#platform/errors.ts'
import type { ConnectionUrls } from '#platform/urls.ts'
import type { CallContext } from '#src/context.ts'
import { type AttemptContext, answerSignIn, attemptWithoutRequest, withRefusalPage } from '../common/answer-sign-in.tsx'
import { isSameBrowser } from '../common/browser-state.ts'
import { connectionOfType } from '../common/connection-at.ts'
import type { SsoEnv, SsoServices } from '../common/services.ts'
import { readRedirectQuery } from '../saml/query.ts'
import type { VerifiedAssertion } from '../saml/read-assertion.ts'
import { partyOf, serviceProviderMetadata } from '../saml/service-provider.ts'
import { identityOfAssertion } from '../saml/to-identity.ts'
import { logout, postedMessage, redirectedMessage } from './saml-logout.tsx'
import { type Place, requireValid, trustedCertificates, trustedPems } from './saml-place.ts'
import { keepUnsolicited } from './unsolicited.tsx'

const maxBodyBytes = 524_288

/** Mounted at `/saml`. */
export function createSamlRoutes(services: SsoServices): Hono<SsoEnv> {
  const routes = new Hono<SsoEnv>()
  routes.use(
    '*',
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new AppError('too_large', `The message is larger than ${maxBodyBytes} bytes`)
      },
    }),
  )
  routes.get('/:connectionId/metadata', async (c) => {
    const { connection, urls } = await placeOf(services, c)
    return c.body(serviceProviderMetadata({ connection, urls }), 200, {
      'Content-Type': 'application/samlmetadata+xml',
    })
  })
  routes.post('/:connectionId/acs', async (c) => consume(services, c, await placeOf(services, c)))
  routes.get('/:connectionId/slo', async (c) => {
    const query = readRedirectQuery(new URL(c.req.url).search.slice(1))
    return logout(services, c, await placeOf(services, c), redirectedMessage(query))
  })
  routes.post('/:connectionId/slo', async (c) => {
    const form = await readForm(c, { maxBytes: maxBodyBytes })
    return logout(services, c, await placeOf(services, c), postedMessage(form))
  })
  return routes
}

async function placeOf(services: SsoServices, c: Context<SsoEnv>): Promise<Place> {
  const { ctx, connection } = await connectionOfType(services, c, 'saml')
  return { ctx, connection, urls: services.urls.connection(connection.id) }
}

/** The assertion consumer service (SAML Profiles 4.1.4). */
async function consume(services: SsoServices, c: Context<SsoEnv>, { ctx, connection, urls }: Place): Promise<Response> {
  const trace = newTrace()
  const visitor = visitorOf(c, services.trustedProxies)
  const entrance = attemptWithoutRequest({ method: 'saml', connectionId: connection.id, visitor, trace })
  return withRefusalPage(c, ctx, entrance, async () => {
    const form = await readForm(c, { maxBytes: maxBodyBytes })
    const message = form['SAMLResponse'] ?? ''
    const request = await requestOf(c, ctx, connection, message)
    // The same answer again, by going back or by a repost: whoever is signed in by it is led on.
    if (request?.row.isLive === true) return c.redirect(request.row.returnTo, 303)
    requireSolicited({ ctx, connection }, message, request, trace)
    const inner: AttemptContext = {
      ...entrance,
      isTest: isTest(request?.row.purpose),
      isBegun: request !== undefined,
    }
    return withRefusalPage(c, ctx, inner, async () => {
      const expected = { ...expectations(ctx, connection, urls), requestId: request?.id ?? null }
      const sender = { address: visitor.ip, connectionId: connection.id, isAwaited: request !== undefined }
      const { assertion } = requireValid(
        await services.saml.validateResponse(message, expected, sender),
        connection,
        trace,
      )
      inner.isBegun = true
      noteCertificates(ctx, connection, trace)
      trace.received = receivedOf(assertion)
      const identity = identityOfAssertion(connection, assertion, trace)
      const { expiresAt } = assertion
      const arrived = {
        ...{ connectionId: connection.id, identity, visitor, trace },
        message: { id: `${assertion.issuer}\n${assertion.id}`, expiresAt },
      }
      if (request !== undefined) return answerSignIn(c, ctx, { ...arrived, request: request.row }, 'saml')
      const returnTo = safeTarget(form['RelayState'], services.urls.origin)
      return keepUnsolicited(c, ctx, { ...arrived, returnTo })
    })
  })
}

/** As the trace shows it: the name as a text, what belongs to it beside. */
const receivedOf = ({ nameId, ...rest }: VerifiedAssertion): Record<string, unknown> => {
  const { value = null, ...qualifiers } = nameId ?? {}
  return { ...rest, nameId: value, ...(nameId === null ? {} : { nameIdParts: qualifiers }) }
}

const expectations = (ctx: CallContext, connection: SamlConnection, urls: ConnectionUrls) => {
  const { settings } = connection
  return {
    idpEntityId: settings.idpEntityId,
    entityId: urls.entityId,
    acsUrl: urls.acsUrl,
    certificates: trustedPems(connection),
    signed: settings.signed,
    ...weakAlgorithmsAt(settings, ctx.clock.now()),
    isEncryptionRequired: settings.isEncryptionRequired,
    isNamedByAttribute: typeof settings.subjectAttribute === 'string',
    decryptionKey: partyOf(ctx, connection, urls).privateKey,
    now: ctx.clock.now().getTime(),
  }
}

type KnownRequest = { id: string; row: SignInRequest }

/**
 * The request that the message says to answer, if this browser sent it through this connection. That a message says so is
 * only a way to find the request: whether it does is checked on what is signed.
 */
async function requestOf(
  c: Context<SsoEnv>,
  ctx: CallContext,
  connection: SamlConnection,
  message: string,
): Promise<KnownRequest | undefined> {
  const id = claimedRequest(message)
  if (id === undefined) return undefined
  const row = await findSignIn(ctx, id)
  const isOurs = row !== undefined && row.connectionId === connection.id && isSameBrowser(c, row)
  // An id of somebody else's request is passed on as one that was never sent: the message then answers nothing.
  return isOurs ? { id, row } : undefined
}

/** Looks at the first kilobytes only: a proper message has it in its first tag. */
function claimedRequest(message: string): string | undefined {
  return /^[^>]*?<(?:[\w.-]+:)?Response\b[^>]*?\sInResponseTo\s*=\s*["']([\w.-]{1,128})["']/.exec(headOf(message))?.[1]
}

const headOf = (message: string): string =>
  Buffer.from(message.slice(0, 16_384), 'base64')
    .toString('utf8')
    .replace(/^\s*<\?xml[^>]*\?>/, '')

/**
 * What nobody here has asked for is refused before anything is decrypted or verified, unless the connection lets its provider
 * begin. @throws SignInRefused
 */
function requireSolicited(
  { ctx, connection }: Pick<Place, 'ctx' | 'connection'>,
  message: string,
  request: KnownRequest | undefined,
  trace: Trace,
): void {
  if (request?.row.isOver === true) refuseFinished(request.row, ctx.clock.now(), trace)
  if (request !== undefined) return
  if (claimedRequest(message) !== undefined)
    refuse(trace, 'in_response_to', 'The message answers a request that this browser has not sent')
  if (connection.isIdpInitiatedAllowed) return
  if (/<[!?]/.test(headOf(message)))
    refuse(trace, 'malformed', 'The message has a DOCTYPE, comment, CDATA section or processing instruction')
  refuse(trace, 'unsolicited', 'The provider began this sign-in by itself, which the connection does not allow')
}

function refuseFinished({ expiresAt }: SignInRequest, now: Date, trace: Trace): never {
  const isExpired = Date.parse(expiresAt) <= now.getTime()
  return isExpired
    ? refuse(trace, 'request_used', 'The sign-in that this answers has expired')
    : refuse(trace, 'replay', 'The sign-in that this answers is finished')
}

/** The key counts, not the dates around it; but somebody should know that they have passed (or it is refused by setting). */
function noteCertificates(ctx: CallContext, connection: SamlConnection, trace: Trace): void {
  const now = ctx.clock.now().toISOString()
  if (trustedCertificates(connection).some(({ notAfter }) => notAfter > now)) return
  if (connection.settings.refusesExpiredCertificates)
    refuse(trace, 'certificate_expired', "The provider's certificates have expired")
  noted(trace, 'certificate_expired', "The provider's certificates have expired; the connection accepts that")
}
