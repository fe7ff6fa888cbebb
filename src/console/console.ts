// The console: what administrators, brand managers and IT admins do, in a browser. Every page has an address and works without
// script; every change is a verb that the API has too.
import { Hono } from 'hono'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { readSession, requireSession } from '#http/session.ts'
import type { ConsoleEnv, ConsoleServices } from './env.ts'
import { requireManager } from './guard.ts'
import { createOverview } from './overview/overview.tsx'

/** @returns an app to be mounted at `/console` */
export function createConsole(services: ConsoleServices): Hono<ConsoleEnv> {
  const console = new Hono<ConsoleEnv>()
  console.use(requireSameOrigin({ origin: services.urls.origin }), readSession(services), requireSession)
  console.use(requireManager(services))
  console.route('/', createOverview(services))
  console.onError((error, c) => renderErrorPage(c, error))
  return console
}
