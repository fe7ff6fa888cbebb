// The kit as middleware of Hono.
import type { Place } from './decisions.ts'
import { receive, refusalOf } from './middleware.ts'
import type { Rolecall } from './rolecall.ts'
import type { Session } from './sessions.ts'

type Context = { req: { raw: Request; param(name: string): string | undefined }; res: Response }

type Middleware = (c: Context, next: () => Promise<void>) => Promise<Response | undefined>

const sessions = new WeakMap<Request, Session>()

/** Who is signed in. */
export const sessionOf = (c: Context): Session | undefined => sessions.get(c.req.raw)

/** Answers what is for the kit, and finds the session of everything else. */
export const withRolecall =
  (rolecall: Rolecall): Middleware =>
  async (c, next) => {
    const received = await receive(rolecall, c.req.raw)
    if (!('setCookies' in received)) return received
    if (received.session !== undefined) sessions.set(c.req.raw, received.session)
    await next()
    for (const cookie of received.setCookies) c.res.headers.append('Set-Cookie', cookie)
    return undefined
  }

/** Lets in whoever is signed in. */
export const requireSignIn = (rolecall: Rolecall): Middleware => guard(rolecall, () => ({}))

/** Lets in whoever has the permission: in the place that it says of the request, or in the organization. */
export const requirePermission = (rolecall: Rolecall, permission: string, place?: (c: Context) => Place): Middleware =>
  guard(rolecall, (c) => ({ permission, place: place?.(c) }))

const guard =
  (rolecall: Rolecall, wanted: (c: Context) => { permission?: string; place?: Place | undefined }): Middleware =>
  async (c, next) => {
    const refusal = await refusalOf(rolecall, c.req.raw, { session: sessionOf(c), ...wanted(c) })
    if (refusal === undefined) await next()
    return refusal
  }
