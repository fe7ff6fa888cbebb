// What the pages of the console are served from, and what each of their requests carries.
import type { AppEnv } from '#http/env.ts'
import type { CallContext, Services } from '#src/context.ts'

export type ConsoleServices = Services & {
  /** How many proxies in front add to X-Forwarded-For. */
  trustedProxies: number
  /** True from the moment at which the server is asked to stop: pages that wait for news end. */
  isStopping(): boolean
}

/** Who is at the console, as its frame shows them. */
export type Manager = {
  userId: string
  name: string
  organization: { id: string; slug: string; name: string }
  /** Signed in with an emergency account: a banner says so on every page. */
  isEmergency: boolean
}

export type ConsoleEnv = {
  Variables: AppEnv['Variables'] & { ctx: CallContext; manager: Manager }
}
