// The overview: what needs attention first, then how things are. A manager of brands alone goes to their brands.
import { Hono } from 'hono'
import { listAlarms } from '#access/notices/alarms/alarms.ts'
import { settleAlarm } from '#access/notices/alarms/settle-alarm.ts'
import { countOverview, countSignIns, listConnectionHealth } from '#access/organizations/overview.ts'
import { listDirectoryActivity } from '#connections/provisioning/activity.ts'
import { renderPage } from '#http/pages.ts'
import { type CallContext, isPermitted } from '#src/context.ts'
import { namedDirectories } from '../ui/directory-names.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { attentionOf } from './attention.ts'
import { OverviewPage } from './overview-page.tsx'

const signInDays = 14

/** @returns an app to be mounted at `/console` */
export function createOverview(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const frame = frameOf(c)
    if (!isPermitted(frame.ctx, 'users.read') && !isPermitted(frame.ctx, 'connections.read'))
      return c.redirect('/console/brands', 303)
    const { counts, alarms, signIns, connections, directories } = await readOverview(frame.ctx)
    const now = frame.ctx.clock.now()
    const attention = attentionOf({ counts, alarms, connections, directories, now })
    const page = <OverviewPage {...{ frame, counts, signIns, connections, directories, attention, now }} />
    return renderPage(c, page)
  })

  pages.post('/alarms/:id/settle', async (c) => {
    await settleAlarm(c.get('ctx'), c.req.param('id'))
    return c.redirect('/console?done=settled', 303)
  })
  return pages
}

/** As much of it as the person may see. */
async function readOverview(ctx: CallContext) {
  const may = (permission: Parameters<typeof isPermitted>[1]): boolean => isPermitted(ctx, permission)
  const [counts, alarms, signIns, connections, activity, listed] = await Promise.all([
    may('users.read') ? countOverview(ctx) : undefined,
    may('users.read') ? listAlarms(ctx, { isOpen: true, limit: 50 }) : [],
    may('sign_ins.read') ? countSignIns(ctx, signInDays) : [],
    may('connections.read') ? listConnectionHealth(ctx) : [],
    may('directories.read') ? listDirectoryActivity(ctx) : [],
    namedDirectories(ctx),
  ])
  const directories = listed.map(({ id, name }) => ({
    ...{ directoryId: id, name },
    activity: activity.find(({ directoryId }) => directoryId === id) ?? null,
  }))
  return { counts, alarms, signIns, connections, directories }
}
