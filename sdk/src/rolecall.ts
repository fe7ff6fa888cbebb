// The kit: sign-in, sessions and decisions for a product, on Request and Response of the web.
import { type Can, createDecisions, type Decisions, type Place } from './decisions.ts'
import { RolecallError } from './errors.ts'
import { createHandlers, type Handlers } from './handlers.ts'
import { cookieKeeper, storeKeeper } from './keepers.ts'
import { createOpenId } from './openid.ts'
import { createSeal } from './seal.ts'
import { createSessions, type FindSession, type Session } from './sessions.ts'
import { type EndedSessions, memoryOfEnded, type SessionStore } from './stores.ts'

export { RolecallError } from './errors.ts'
export type { Session, Visit } from './sessions.ts'
export { type EndedSessions, memoryStore, type SessionStore } from './stores.ts'
export type { Claims } from './verify.ts'

export type RolecallSettings = {
  /** The address of Rolecall, such as `https://id.example.com`. */
  issuer: string
  clientId: string
  /** Left out by public applications. */
  clientSecret?: string
  /** Where Rolecall sends browsers back to, as registered; its origin is that of your product. */
  redirectUri: string
  /** 32 random characters at least. Several to change it: the first one seals, the others still open. */
  cookieSecret: string | string[]
  /** Asked in decisions: an API key of the organization, or of the platform. */
  apiKey?: string
  /** What is asked for; `openid profile email` unless told otherwise. */
  scope?: string
  /** Where browsers are after signing out, as registered; the start page unless told otherwise. */
  postLogoutRedirectUri?: string
  /** Paths of the other handlers, if `/sign-in`, `/sign-out` and `/backchannel-logout` are taken. */
  paths?: { signIn?: string; signOut?: string; backchannelLogout?: string }
  cookieName?: string
  /** Sessions in your database; sealed in cookies unless given. */
  store?: SessionStore
  /** For sessions in cookies: which ones Rolecall has ended; in the memory of this process unless given. */
  endedSessions?: EndedSessions
  /** The answer where a sign-in does not succeed; a line of plain text unless given. */
  onError?: (error: RolecallError, request: Request) => Response | Promise<Response>
  /** Told of decisions that could not be had, and were therefore no. */
  onUndecided?: (error: RolecallError) => void
  fetch?: typeof fetch
}

export type Rolecall = Handlers & {
  /**
   * The session of a request, refreshed where it is time; `setCookies` belong to the answer.
   * @param rules `isReadOnly` where no cookie can be set: a session in cookies that has to be refreshed is none then
   * @throws RolecallError unavailable, where it has to be refreshed and Rolecall does not answer
   */
  visit: FindSession
  /** Whether somebody may; no where nobody is signed in, or Rolecall does not answer. */
  can: Can
  /** @throws RolecallError unauthenticated, forbidden, unavailable */
  requirePermission(session: Session | undefined, permission: string, place?: Place): Promise<void>
  /** The origin of the product. */
  origin: string
}

/** @throws Error where a setting cannot be */
export function createRolecall(settings: RolecallSettings): Rolecall {
  const { redirectUri, cookieSecret, store, endedSessions = memoryOfEnded() } = settings
  const { origin, protocol } = new URL(redirectUri)
  const isSecure = protocol === 'https:'
  const name = settings.cookieName ?? `${isSecure ? '__Host-' : ''}rolecall`
  const seal = createSeal([cookieSecret].flat())
  const rules = { name, seal, isSecure, path: '/' }
  const keeper = store === undefined ? cookieKeeper(rules, endedSessions) : storeKeeper(rules, store)
  const openId = createOpenId(settings)
  const { can, requirePermission } = decisionsOf(settings)
  return {
    ...createHandlers(settings, { openId, keeper, cookies: rules }),
    ...{ origin, can, requirePermission, visit: createSessions(openId, keeper) },
  }
}

/** Without a key nobody may do anything, and whoever asks is told why. */
function decisionsOf({ issuer, apiKey, onUndecided, fetch: ask }: RolecallSettings): Decisions {
  const given = { ...(onUndecided && { onUndecided }), ...(ask && { fetch: ask }) }
  if (apiKey !== undefined) return createDecisions({ issuer, key: apiKey, ...given })
  const refuse = (): never => {
    throw new RolecallError('misconfigured', 'apiKey: is needed to ask for decisions')
  }
  return {
    can: Object.assign(async () => refuse(), { all: async () => refuse() }),
    requirePermission: async () => refuse(),
  }
}
