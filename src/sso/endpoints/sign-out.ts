// After the end of a session here: where the browser goes so that it ends at the identity provider too.

import { signInContext } from '#access/accounts/account/sign-in-context.ts'
import { idTokenPlace } from '#access/sign-in/id-token.ts'
import { getConnection } from '#connections/sign-in/connections.ts'
import { AppError } from '#platform/errors.ts'
import type { SsoServices } from '../common/services.ts'
import { endSessionUrl } from '../oidc/sign-in.ts'
import { logoutRequest, newMessageId, partyOf } from '../saml/service-provider.ts'

export type EndedAtProvider = {
  organizationId: string
  sessionId: string
  connectionId: string | null
  subject: string | null
  providerSession: string | null
  idTokenSealed: string | null
}

/** The provider's logout page, or undefined where it has none or cannot be asked; the session here has ended anyway. */
export async function providerSignOut(
  services: SsoServices,
  session: EndedAtProvider,
  requestId: string,
): Promise<string | undefined> {
  const { organizationId, connectionId, subject } = session
  if (connectionId === null || subject === null) return undefined
  const ctx = signInContext(services, organizationId, requestId)
  const urls = services.urls.connection(connectionId)
  try {
    const connection = await getConnection(ctx, connectionId)
    if (connection.type === 'saml') {
      const options = {
        id: newMessageId(ctx),
        now: ctx.clock.now(),
        nameId: subject,
        sessionIndex: session.providerSession,
      }
      return logoutRequest(partyOf(ctx, connection, urls), { ...options, relayState: 'signed-out' })
    }
    const configuration = await services.oidc.clientFor(ctx, connection)
    const place = idTokenPlace(organizationId, session.sessionId)
    const idToken = session.idTokenSealed === null ? undefined : ctx.sealing.open(session.idTokenSealed, place)
    return endSessionUrl(configuration, { idToken, returnTo: urls.postLogoutRedirectUri })
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
