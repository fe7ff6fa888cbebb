// Who is at the door of the console: a live session becomes a context with what the person's roles allow, as they are now.
import type { MiddlewareHandler } from 'hono'
import { asManager } from '#access/grants/managers/manager.ts'
import { renderPage } from '#http/pages.ts'
import { sessionOf, userContext } from '#http/session.ts'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { letSupportIn } from './support/support.ts'
import type { ConsoleEnv, ConsoleServices } from './ui/env.ts'

/** Where a manager without a second factor sets one up or shows it, and from where they come back here. */
function secondFactorPath({ method, url }: { method: string; url: string }): string {
  const { pathname, search } = new URL(url)
  const returnTo = method === 'GET' ? `${pathname}${search}` : '/console'
  return `/login/second-factor?return_to=${encodeURIComponent(returnTo)}`
}

/** After `readSession` and `requireSession`. Whoever manages nothing is told whom to ask. */
export function requireManager(services: ConsoleServices): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    const session = sessionOf(c as never)
    const support = c.get('support')
    if (support !== undefined) return letSupportIn(c, next, { services, session, support })
    const person = userContext(services, session, c.get('requestId'))
    const isEmergency = session.method === 'emergency'
    const { ctx, name, timeZone, organization, supporters, isManager, lacksSecondFactor } = await asManager(person, {
      isEmergency,
      session,
    })
    if (!isManager) {
      const contact = organization.accessContact ?? `an administrator of ${organization.name}`
      const page = ErrorPage({
        title: 'The console is for managers',
        advice: `You are signed in, but no role of yours lets you manage people or brands. If you need that for your work, ask ${contact}.`,
        reference: c.get('requestId'),
        organization: organization.name,
        action: { label: 'Ask for access', href: '/account#ask' },
      })
      return renderPage(c, page, { status: 403 })
    }
    if (lacksSecondFactor) return c.redirect(secondFactorPath(c.req), 303)
    c.set('ctx', ctx)
    c.set('manager', { userId: session.userId, name, organization, isEmergency, timeZone, supporters })
    return next()
  }
}
