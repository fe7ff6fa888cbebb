// `/platform`: the pages of those who run the installation. To everybody else they are not there.
import { Hono, type MiddlewareHandler } from 'hono'
import { asOperator } from '#access/platform/operators/as-operator.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { requireSession } from '#http/require-session.tsx'
import { readSession, sessionOf } from '#http/session.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { isProofWanted, notFound } from '#platform/errors.ts'
import type { ConsoleServices } from '../ui/env.ts'
import { createApplicationPages } from './application-pages.tsx'
import { createAuditPages } from './audit-pages.tsx'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'
import { createInstallationPages } from './installation-pages.tsx'
import { createKeyPages } from './key-pages.tsx'
import { createOperatorPages } from './operator-pages.tsx'
import { createOrganizationPages } from './organization-pages.tsx'
import { createQueuePages } from './queue-pages.tsx'
import { createSupportPages } from './support-pages.tsx'

/** @returns an app to be mounted at `/platform` */
export function createPlatform(services: ConsoleServices): Hono<PlatformEnv> {
  const platform = new Hono<PlatformEnv>()
  platform.use(requireSameOrigin({ origin: services.urls.origin }), readSession(services), requireSession(services))
  platform.use(requireOperator(services))
  platform.route('/', createOrganizationPages())
  platform.route('/', createSupportPages(services))
  platform.route('/', createApplicationPages())
  platform.route('/', createKeyPages())
  platform.route('/', createQueuePages(services))
  platform.route('/', createOperatorPages())
  platform.route('/', createInstallationPages(services))
  platform.route('/', createAuditPages())
  platform.all('*', () => {
    throw notFound('Page')
  })
  platform.onError((error, c) => {
    if (isProofWanted(error)) {
      const { pathname } = new URL(c.req.url)
      const page = c.req.method === 'GET' ? pathname : (formPage.exec(pathname)?.[0] ?? '/platform')
      return c.redirect(`/login/step-up?return_to=${encodeURIComponent(page)}`, 303)
    }
    if (c.get('operator') === undefined) return renderErrorPage(c, error)
    return renderErrorPage(c, error, ({ title, detail, advice, reference }) => (
      <PlatformPage frame={{ ...frameOf(c), notice: undefined }} section={undefined} title={title} lead={detail}>
        <p>{advice}</p>
        <LinkButton href="/platform">To the organizations</LinkButton>
        <p class="reference">
          Reference <code>{reference}</code>
        </p>
      </PlatformPage>
    ))
  })
  return platform
}

/** The page whose form was sent there. */
const formPage =
  /^\/platform\/(keys\/[^/]+\/revoke|organizations\/[^/]+\/(suspend|delete|support)$|organizations\/[^/]+|[a-z]+)/

/** Whoever is no operator does not learn that there is anything; one needs a second factor, or the word of a provider. */
function requireOperator(services: ConsoleServices): MiddlewareHandler<PlatformEnv> {
  return async (c, next) => {
    const session = sessionOf(c as never)
    const found = await asOperator(services, session, c.get('requestId'))
    if (found === undefined) throw notFound('Page')
    const isLocal = session.method === 'password' || session.method === 'emergency'
    if (isLocal && !session.hasSecondFactor)
      return c.redirect(`/login/second-factor?return_to=${encodeURIComponent('/platform')}`, 303)
    const { ctx, name, role } = found
    c.set('ctx', ctx)
    c.set('operator', { name, role })
    return next()
  }
}
