// Single logout by SAML (SAML Profiles 4.4): the provider ends sessions, or answers the end that we asked for.
import type { Context } from 'hono'
import { connectionSessionsEnd } from '#access/sign-in/sessions/end-sessions.ts'
import { newTrace, refuse, type Trace } from '#access/sign-in/trace.ts'
import { markMessageUsed } from '#access/sign-in/used-messages.ts'
import { weakAlgorithmsAt } from '#connections/settings/weak-algorithms.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { visitorOf } from '#http/client-address.ts'
import { leaveFor } from '#http/leave.tsx'
import { renderPage } from '#http/pages.ts'
import type { Form } from '#http/read-form.ts'
import { SignedOutPage } from '#http/ui/signed-out-page.tsx'
import { invalid } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { attemptWithoutRequest, withRefusalPage } from '../common/answer-sign-in.tsx'
import type { SsoEnv, SsoServices } from '../common/services.ts'
import type { LogoutMessage } from '../saml/logout-message.ts'
import { successStatus } from '../saml/names.ts'
import type { RedirectQuery } from '../saml/query.ts'
import { logoutResponse, newMessageId, partyOf } from '../saml/service-provider.ts'
import { type Place, requireValid, trustedPems } from './saml-place.ts'

type Arrived = {
  binding: 'redirect' | 'post'
  kind: 'LogoutRequest' | 'LogoutResponse'
  message: string
  relayState: string | null
  query: RedirectQuery['signed']
}

/** The message of the redirect binding. */
export const redirectedMessage = ({ name, message, relayState, signed }: RedirectQuery): Arrived => ({
  ...{ binding: 'redirect', kind: name === 'SAMLRequest' ? 'LogoutRequest' : 'LogoutResponse' },
  ...{ message, relayState, query: signed },
})

/** The message of the POST binding. @throws AppError invalid where there is not exactly one */
export function postedMessage(form: Form): Arrived {
  const { SAMLRequest: request, SAMLResponse: response, RelayState: relayState = null } = form
  if ((request === undefined) === (response === undefined))
    throw invalid('There is not exactly one message', 'malformed')
  const kind = request === undefined ? 'LogoutResponse' : 'LogoutRequest'
  return { binding: 'post', kind, message: request ?? response ?? '', relayState, query: null }
}

/** Carries the message out and answers the browser. */
export async function logout(
  services: SsoServices,
  c: Context<SsoEnv>,
  place: Place,
  { relayState, message: text, ...arrived }: Arrived,
): Promise<Response> {
  const { ctx, connection, urls } = place
  const trace = newTrace()
  const visitor = visitorOf(c, services.trustedProxies)
  const entrance = attemptWithoutRequest({ method: 'saml', connectionId: connection.id, visitor, trace })
  return withRefusalPage(c, ctx, entrance, async () => {
    const now = ctx.clock.now()
    const expected = {
      ...arrived,
      idpEntityId: connection.settings.idpEntityId,
      destination: urls.sloUrl,
      certificates: trustedPems(connection),
      ...weakAlgorithmsAt(connection.settings, now),
      decryptionKey: partyOf(ctx, connection, urls).privateKey,
      now: now.getTime(),
    }
    const sender = { address: visitor.ip, connectionId: connection.id, isAwaited: false }
    const verdict = await services.saml.verifyLogout(text, expected, sender)
    const { message } = requireValid(verdict, connection, trace)
    entrance.isBegun = true
    if (arrived.kind === 'LogoutResponse') return afterOurLogout(c, message)
    await endSessions(ctx, connection, message, trace)
    return answerRequest(c, place, message, relayState)
  })
}

/** The session here has ended anyway; that the provider's did too is only said where the provider says so. */
const afterOurLogout = (c: Context<SsoEnv>, { status }: LogoutMessage): Response | Promise<Response> =>
  status === successStatus
    ? renderPage(c, <SignedOutPage lead="signedOut.everywhere" />)
    : c.redirect('/signed-out', 303)

async function endSessions(
  ctx: CallContext,
  connection: SamlConnection,
  message: LogoutMessage,
  trace: Trace,
): Promise<void> {
  const { id, issuer, nameId, sessionIndexes, expiresAt } = message
  await inTransaction(ctx, async (tx) => {
    const isFirst = await markMessageUsed(tx, ctx, connection.id, { id: `${issuer}\n${id}`, expiresAt })
    if (!isFirst) refuse(trace, 'replay', 'The logout request was used before')
    const subject = nameId ?? ''
    const indexes = sessionIndexes.length === 0 ? [undefined] : sessionIndexes
    const ends = indexes.map((providerSession) =>
      connectionSessionsEnd(ctx, connection.id, { reason: 'provider_logout', subject, providerSession }),
    )
    await tx.commitWith(...ends)
  })
}

function answerRequest(
  c: Context<SsoEnv>,
  { ctx, connection, urls }: Place,
  message: LogoutMessage,
  relayState: string | null,
): Response | Promise<Response> {
  const answer = logoutResponse(partyOf(ctx, connection, urls), {
    ...{ id: newMessageId(ctx), now: ctx.clock.now(), inResponseTo: message.id, relayState },
  })
  return answer === undefined ? renderPage(c, <SignedOutPage lead="signedOut.everywhere" />) : leaveFor(c, answer)
}
