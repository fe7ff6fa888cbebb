// After the end of a session here: where the browser goes so that it ends at the identity provider too.

import { signInContext } from '#access/accounts/account/sign-in-context.ts'
import { idTokenPlace } from '#access/sign-in/id-token.ts'
import type { NameId } from '#access/sign-in/sessions/name-id.ts'
import { getConnection } from '#connections/sign-in/connections.ts'
import type { Outgoing } from '#http/leave.tsx'
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
  nameId: NameId | null
  idTokenSealed: string | null
}

/** The provider's logout page, or undefined where it has none or cannot be asked; the session here has ended anyway. */
export async function providerSignOut(
  services: SsoServices,
  session: EndedAtProvider,
  requestId: string,
): Promise<Outgoing | undefined> {
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
        nameId: session.nameId ?? plainName(subject),
        sessionIndex: session.providerSession,
      }
      return logoutRequest(partyOf(ctx, connection, urls), { ...options, relayState: 'signed-out' })
    }
    const configuration = await services.oidc.clientFor(ctx, connection)
    const place = idTokenPlace(organizationId, session.sessionId)
    const idToken = session.idTokenSealed === null ? undefined : ctx.sealing.open(session.idTokenSealed, place)
    const url = endSessionUrl(configuration, { idToken, returnTo: urls.postLogoutRedirectUri })
    return url === undefined ? undefined : { kind: 'redirect', url }
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** Of sessions from before the name was kept whole. */
const plainName = (value: string): NameId => ({ value, format: null, nameQualifier: null, spNameQualifier: null })
