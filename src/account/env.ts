// What the pages of people about themselves are served from.
import type { Outgoing } from '#http/leave.tsx'
import type { SignedOut } from '#http/session-ends.ts'
import type { Services } from '#src/context.ts'

export type AccountServices = Services & {
  /** How many proxies in front add to X-Forwarded-For. */
  trustedProxies: number
  /** Where to go on after signing out: the identity provider's own logout; undefined where it has none. */
  afterSignOut(session: SignedOut, requestId: string): Promise<Outgoing | undefined>
}
