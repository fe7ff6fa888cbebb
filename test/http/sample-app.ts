// An application with the sample pages and routes for each kind of answer, under the same middleware as the real one.
import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { clearCookie, readCookie, setCookie } from '#http/cookies.ts'
import type { AppEnv } from '#http/env.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage, scriptNonce } from '#http/pages.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { readForm } from '#http/read-form.ts'
import { requestScope } from '#http/request-scope.ts'
import { securityHeaders } from '#http/security-headers.ts'
import { createAssets } from '#http/ui/assets.ts'
import { systemClock } from '#platform/clock.ts'
import { notFound } from '#platform/errors.ts'
import { createIds } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { samplePages } from './sample-pages.tsx'

export type SampleName = keyof typeof samplePages

export function sampleApp(origin: string): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  const scope = { ids: createIds(systemClock, randomBytes), log: createLog('silent'), clock: systemClock }
  app.use(requestScope(scope), securityHeaders({ origin, randomBytes }))
  app.onError((error, c) => renderErrorPage(c, error))
  app.notFound((c) => renderErrorPage(c, notFound('Page')))
  app.route('/assets', createAssets())
  app.get('/sample/:name', (c) =>
    renderPage(c, samplePages[c.req.param('name') as SampleName], { formAction: c.req.queries('to') ?? [] }),
  )
  app.get('/nonce', (c) => renderPage(c, scriptNonce(c)))
  app.get('/redirect', (c) => c.redirect('/sample/signIn', 303))
  app.get('/fails', () => {
    throw new Error('select secret from somewhere')
  })
  app.get('/cookies', (c) =>
    c.json({ session: readCookie(c, 'session') ?? null, login: readCookie(c, 'login') ?? null }),
  )
  app.get('/cookies/set', (c) => {
    setCookie(c, 'session', 'first', { maxAgeSeconds: 60 })
    setCookie(c, 'login', 'second', { maxAgeSeconds: 600, sameSite: 'None' })
    return renderPage(c, 'Set')
  })
  app.get('/cookies/clear', (c) => {
    clearCookie(c, 'session')
    clearCookie(c, 'login', 'None')
    return c.redirect('/cookies', 303)
  })
  app.all('/echo', requireSameOrigin({ origin }), async (c) =>
    c.json({ method: c.req.method, form: await readForm(c) }),
  )
  return app
}
