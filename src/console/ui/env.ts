// What the pages of the console are served from, and what each of their requests carries.
import type { Context } from 'hono'
import type { Supporter } from '#access/grants/managers/manager.ts'
import type { SupportEntry } from '#access/platform/support/as-support.ts'
import type { AppEnv } from '#http/env.ts'
import { type CallContext, relaxed, type Services } from '#src/context.ts'
import { type Notice, noticeOf } from './notices.ts'

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
  organization: { id: string; slug: string; name: string; accessContact: string | null }
  /** Signed in with an emergency account: a banner says so on every page. */
  isEmergency: boolean
  /** In which times are shown, as their profile says; null where it does not. */
  timeZone: string | null
  /** Operators who are in the console now; of those who decide about it. */
  supporters: readonly Supporter[]
  /** Set for an operator in the console: what they may do, and until when. */
  support?: { mayWrite: boolean; endsAt: string }
}

export type ConsoleEnv = {
  Variables: AppEnv['Variables'] & { ctx: CallContext; manager: Manager; support: SupportEntry | undefined }
}

/** What every page is shown with; handed on whole, from the request to the frame around the page. */
export type Frame = {
  /** What the person may do. */
  ctx: CallContext
  manager: Manager
  /** What the last form did, where the address says so. */
  notice: Notice | undefined
}

/** For what lists show, which may be some seconds old, unless somebody has just done something and looks for it. */
export const listingContext = ({ ctx, notice }: Frame): CallContext => (notice === undefined ? relaxed(ctx) : ctx)

export const frameOf = <E extends ConsoleEnv>(c: Context<E>): Frame => ({
  ctx: c.get('ctx'),
  manager: c.get('manager'),
  notice: noticeOf(c.req.query('done')),
})
