// `/account/data`: everything that is kept of oneself, to read and to take along. A session that somebody found open shows nothing.
import { type Context, Hono } from 'hono'
import { getOwnProfile } from '#access/accounts/profile/own-profile.ts'
import { exportOwnData } from '#access/people/personal-data/own-data.ts'
import { renderPage } from '#http/pages.ts'
import { requireSession } from '#http/require-session.tsx'
import { ownContext, readSession } from '#http/session.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { KeptData } from '#http/ui/kept-data.tsx'
import { Time } from '#http/ui/time.tsx'
import type { LocalEnv, LocalServices } from '../login/shared.tsx'
import { stepUpFirst } from './step-up.tsx'

/** Mounted at `/account`. */
export function createOwnData(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const own = [readSession(services), requireSession(services)] as const
  routes.get('/data', ...own, async (c) => (await stepUpFirst(c, services, '/account/data')) ?? show(c, services))

  routes.get('/data.json', ...own, async (c) => {
    const provesFirst = await stepUpFirst(c, services, '/account/data')
    if (provesFirst !== undefined) return provesFirst
    const data = await exportOwnData(ownContext(services, c))
    return c.body(JSON.stringify(data, null, 2), 200, {
      'Content-Type': 'application/json',
      'Content-Disposition': `attachment; filename="${data.userId}.json"`,
      'Cache-Control': 'no-store',
    })
  })
  return routes
}

async function show(c: Context<LocalEnv>, services: LocalServices): Promise<Response> {
  const ctx = ownContext(services, c)
  const [{ displayName, userName, organizationName }, data] = await Promise.all([
    getOwnProfile(ctx),
    exportOwnData(ctx),
  ])
  const page = (
    <AccountPage
      section="data"
      name={displayName ?? userName}
      organization={organizationName}
      isList
      lead={
        <>
          Everything that is kept of you, for how long, without secrets, as of <Time at={data.madeAt} />. Who somebody
          else is stays with them.
        </>
      }
      actions={
        <a class="btn" href="/account/data.json" download={`${data.userId}.json`}>
          Export as JSON
        </a>
      }
    >
      <KeptData sections={data.sections} />
    </AccountPage>
  )
  return renderPage(c, page)
}
