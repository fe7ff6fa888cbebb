// The door of every page of people who are signed in. What changes something has to say which organization and person it was made
// for: a browser goes from one organization to another, and a page that was left open is still of the one before.
import type { Context, MiddlewareHandler } from 'hono'
import { createSessionReader } from '#access/sign-in/sessions/describe-session.ts'
import { AppError } from '#platform/errors.ts'
import type { Services } from '#src/context.ts'
import type { AppEnv } from './env.ts'
import { madeForOf, readMadeFor } from './made-for.ts'
import { renderPage } from './pages.ts'
import { problemResponse } from './problem.ts'
import { type Form, formOf, madeForIn, mediaTypeOf } from './read-form.ts'
import { sessionsBeside } from './sessions-beside.ts'
import { madeForField } from './ui/made-for.tsx'
import { OtherSessionPage } from './ui/other-session-page.tsx'

/** After `readSession`: readers go to sign in and come back, everything else gets 401; and a form of another session is not carried out. */
export function requireSession(services: Services): MiddlewareHandler<AppEnv> {
  const isMadeHere = requireMadeHere(services)
  return async (c, next) => {
    if (c.get('session') !== undefined) return isMadeHere(c, next)
    if (c.req.header('accept')?.includes('text/html') !== true) {
      return problemResponse(new AppError('unauthenticated', 'There is no live session here'), c.get('requestId'))
    }
    const { pathname, search } = new URL(c.req.url)
    if (c.req.method === 'GET') return c.redirect(`/login?return_to=${encodeURIComponent(`${pathname}${search}`)}`, 303)
    return c.redirect(`/login?return_to=${encodeURIComponent(pageOfForm(c))}&unsaved=1`, 303)
  }
}

/** The page whose form was sent, as the browser says; else the one that the form belongs to. */
function pageOfForm(c: Context<AppEnv>): string {
  const { pathname } = new URL(c.req.url)
  const [referer, origin] = [c.req.header('referer') ?? '', c.req.header('origin')]
  const page = URL.canParse(referer) ? new URL(referer) : undefined
  // That this origin is ours, `requireSameOrigin` has seen to; where the path leads is looked at again at sign-in.
  if (page !== undefined && page.origin === origin) return `${page.pathname}${page.search}`
  return pathname.startsWith('/console/')
    ? pathname
    : (/^\/account\/(security|sessions)\b/.exec(pathname)?.[0] ?? '/account')
}

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** For what takes forms without `requireSession`; where nobody is signed in, there is nothing to mix up. */
export function requireMadeHere(services: Services): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const here = madeForOf(c)
    if (here === undefined || readingMethods.has(c.req.method)) return next()
    const isFile = mediaTypeOf(c) === 'multipart/form-data'
    const madeFor = isFile ? c.req.query(madeForField) : await madeForIn(c)
    if (madeFor === here) return next()
    const { pathname, search } = new URL(c.req.url)
    const form = isFile ? undefined : await formOf(c)
    const fields = { path: `${pathname}${search}`, page: pageOfForm(c), form, madeFor }
    return askWhichSession(c, services, fields)
  }
}

type Sent = {
  /** Where the form was sent to, and the page that it is on. */
  path: string
  page: string
  /** Undefined for a file, which cannot be kept. */
  form: Form | undefined
  madeFor: string | undefined
}

/** Says what has happened, and offers the way back with everything that was filled in. Nothing has changed anywhere. */
export async function askWhichSession(
  c: Context<AppEnv>,
  services: Services,
  { path, page, form, madeFor }: Sent,
): Promise<Response> {
  const meant = readMadeFor(madeFor)
  const reader = createSessionReader(services.database)
  const nameOf = async (tokenHash: string | undefined): Promise<string | undefined> =>
    tokenHash === undefined
      ? undefined
      : reader.describe(tokenHash).then(
          ({ organization }) => organization.name,
          () => undefined,
        )
  const beside = meant === undefined ? [] : await sessionsBeside(c, services)
  const isMeant = (one: { organizationId: string; userId: string }): boolean =>
    one.organizationId === meant?.organizationId && one.userId === meant.userId
  const session = c.get('session')
  const found = beside.find(isMeant) ?? (session !== undefined && isMeant(session) ? session : undefined)
  const [here, there] = await Promise.all([nameOf(session?.tokenHash), nameOf(found?.tokenHash)])
  const fields = form === undefined ? undefined : JSON.stringify(form)
  const element = <OtherSessionPage {...{ here, there, path, page, fields, madeFor, isKnown: meant !== undefined }} />
  return renderPage(c, element, { status: 409 })
}
