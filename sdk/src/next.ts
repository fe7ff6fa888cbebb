// The kit in the app router of Next.js: `export const { GET, POST } = routeHandlers(rolecall)` in app/[...rolecall]/route.ts.
import type { Place } from './decisions.ts'
import { receive, refusalOf } from './middleware.ts'
import type { Rolecall } from './rolecall.ts'
import type { Session } from './sessions.ts'

type Handler<Context> = (request: Request, context: Context) => Promise<Response>

/** For a catch-all route: sign-in, callback, sign-out, and being told of an end. */
export function routeHandlers(rolecall: Rolecall): Record<'GET' | 'POST', (request: Request) => Promise<Response>> {
  const answer = async (request: Request): Promise<Response> =>
    (await rolecall.handle(request)) ?? new Response('Not found\n', { status: 404 })
  return { GET: answer, POST: answer }
}

/** A route handler for whoever is signed in, and, where a permission is named, has it. */
export const withSession =
  <Context>(
    rolecall: Rolecall,
    handler: (request: Request, session: Session, context: Context) => Response | Promise<Response>,
    wanted: { permission?: string; place?: (request: Request) => Place } = {},
  ): Handler<Context> =>
  async (request, context) => {
    const received = await receive(rolecall, request)
    if (!('setCookies' in received)) return received
    const { session, setCookies } = received
    const { place, ...rest } = wanted
    const refusal = await refusalOf(rolecall, request, { session, ...rest, place: place?.(request) })
    const answer = refusal ?? (session === undefined ? Response.error() : await handler(request, session, context))
    const headers = new Headers(answer.headers)
    for (const cookie of setCookies) headers.append('Set-Cookie', cookie)
    return new Response(answer.body, { status: answer.status, headers })
  }

/**
 * Who is signed in, in a server component: `await currentSession(rolecall, await headers())`. These cannot set cookies, so a session
 * that is kept in cookies and has to be refreshed is none here: send the browser to `/sign-in`, which brings it straight back.
 */
export async function currentSession(
  rolecall: Rolecall,
  headers: { get(name: string): string | null },
): Promise<Session | undefined> {
  const request = new Request(rolecall.origin, { headers: { Cookie: headers.get('cookie') ?? '' } })
  return (await rolecall.visit(request, { isReadOnly: true })).session
}
