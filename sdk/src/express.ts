// The kit as middleware of Express.
import type { Place } from './decisions.ts'
import { receive, refusalOf } from './middleware.ts'
import { headersOf, type NodeRequest, webRequest } from './node.ts'
import type { Rolecall } from './rolecall.ts'
import type { Session } from './sessions.ts'

type ExpressRequest = NodeRequest & { originalUrl: string; body?: unknown; params: Record<string, string | string[]> }

type ExpressResponse = {
  statusCode: number
  setHeader(name: string, value: string | string[]): unknown
  append(name: string, value: string[]): unknown
  end(body: string): unknown
}

type Middleware = (request: ExpressRequest, response: ExpressResponse, next: (error?: unknown) => void) => Promise<void>

const sessions = new WeakMap<object, Session>()

/** Who is signed in. */
export const sessionOf = (request: object): Session | undefined => sessions.get(request)

/** Answers what is for the kit, and finds the session of everything else. */
export const withRolecall =
  (rolecall: Rolecall): Middleware =>
  async (request, response, next) => {
    const received = await receive(rolecall, await webOf(rolecall, request))
    if (!('setCookies' in received)) return answer(response, received)
    if (received.session !== undefined) sessions.set(request, received.session)
    if (received.setCookies.length > 0) response.append('Set-Cookie', received.setCookies)
    next()
  }

/** Lets in whoever is signed in. */
export const requireSignIn = (rolecall: Rolecall): Middleware => guard(rolecall, () => ({}))

/** Lets in whoever has the permission: in the place that it says of the request, or in the organization. */
export const requirePermission = (
  rolecall: Rolecall,
  permission: string,
  place?: (request: ExpressRequest) => Place,
): Middleware => guard(rolecall, (request) => ({ permission, place: place?.(request) }))

const guard =
  (
    rolecall: Rolecall,
    wanted: (request: ExpressRequest) => { permission?: string; place?: Place | undefined },
  ): Middleware =>
  async (request, response, next) => {
    const asked = { session: sessionOf(request), ...wanted(request) }
    const refusal = await refusalOf(rolecall, await webOf(rolecall, request), asked)
    if (refusal === undefined) next()
    else await answer(response, refusal)
  }

const webOf = (rolecall: Rolecall, request: ExpressRequest): Promise<Request> =>
  webRequest(rolecall, { request, path: request.originalUrl, parsed: request.body })

async function answer(response: ExpressResponse, from: Response): Promise<void> {
  response.statusCode = from.status
  for (const [name, value] of headersOf(from)) response.setHeader(name, value)
  response.end(await from.text())
}
