// One visit: what of Rolecall's own goes along with a request through the OpenID provider, and what comes back from it.
import type { IncomingMessage } from 'node:http'
import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { BrowserSession } from '#access/sign-in/sessions/resolve-session.ts'

export type Failure = { status: number; code: string; description: string | undefined }

export type DeviceStep =
  | { step: 'confirm'; clientId: string; userCode: string }
  | { step: 'again'; problem: 'unknown' | 'refused' }
  | { step: 'done'; clientId: string }

export type Visit = {
  /** The live session of the browser; the provider has none of its own. */
  session: BrowserSession | undefined
  /** When anybody at this browser last proved who they are, in whichever session; null where nobody is signed in. */
  newestProof: string | null
  /** Where a waiting request goes on: when anybody at the browser of that time had last proven who they are. */
  continued: { authenticatedAt: string | null; confirmedBy: string | null } | undefined
  /** Whether something else than a code is asked for, which has to be told the way that it asks for. */
  isOtherResponse: boolean
  /** What is to be shown as a page. */
  failure: Failure | undefined
  /** What came of a user code. */
  device: DeviceStep | undefined
}

const visits = new WeakMap<IncomingMessage, Visit>()

export function beginVisit(
  request: IncomingMessage,
  { session, newestProof }: Pick<Visit, 'session' | 'newestProof'>,
  continued?: Visit['continued'],
): Visit {
  const responseType = new URL(request.url ?? '', 'http://localhost').searchParams.get('response_type') ?? 'code'
  const visit: Visit = {
    session,
    newestProof,
    continued,
    isOtherResponse: responseType !== 'code',
    failure: undefined,
    device: undefined,
  }
  visits.set(request, visit)
  return visit
}

/** The visit of a request. @throws Error for a request that did not come in through `provider.ts` */
export function visitOf(ctx: Pick<KoaContextWithOIDC, 'req'> | undefined = Provider.ctx): Visit {
  const visit = ctx === undefined ? undefined : visits.get(ctx.req)
  if (visit === undefined) throw new Error('The OpenID provider was reached past its door')
  return visit
}

/** Whether the person of this very session has said that the request is theirs. */
export const isConfirmed = ({ session, continued }: Visit): boolean =>
  session !== undefined && continued?.confirmedBy === session.sessionId

/** Whether the person has proven who they are since the request began to wait. Both times are the database's. */
export function isFresh({ session, continued }: Visit): boolean {
  if (session === undefined || continued === undefined) return false
  return continued.authenticatedAt === null || session.authenticatedAt > continued.authenticatedAt
}
