// What a request to the API carries, and what it is served from.
import type { AppEnv } from '#http/env.ts'
import type { RequestLimits } from '#http/request-rate-limits.ts'
import type { Log } from '#platform/log.ts'
import type { Urls } from '#platform/urls.ts'
import type { CallContext, Services } from '#src/context.ts'
import type { Waiting } from './event-stream.ts'

export type ApiServices = Services & {
  urls: Urls
  log: Log
  limits: RequestLimits
  trustedProxies: number
  isStopping?(): boolean
}

export type ApiEnv = {
  Variables: AppEnv['Variables'] & {
    ctx: CallContext
    urls: Urls
    waiting: Waiting
    /** Of a platform key that has named no organization: itself inside of one. @throws AppError forbidden */
    contextIn?: (organizationId: string) => CallContext
  }
}
