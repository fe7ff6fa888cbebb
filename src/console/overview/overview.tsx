// The overview: what needs attention, and how things are.
import { Hono } from 'hono'
import { renderPage } from '#http/pages.ts'
import type { ConsoleEnv, ConsoleServices } from '../env.ts'
import { ConsolePage } from '../ui/frame.tsx'

/** @returns an app to be mounted at `/console` */
export function createOverview(_services: ConsoleServices): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) =>
    renderPage(
      c,
      <ConsolePage section="overview" title="Overview" ctx={c.get('ctx')} manager={c.get('manager')}>
        <p>…</p>
      </ConsolePage>,
    ),
  )
  return pages
}
