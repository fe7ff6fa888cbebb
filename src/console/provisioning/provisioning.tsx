// The provisioning log: what directories asked, what they were answered, and what to change where it was refused.
import { type Context, Hono } from 'hono'
import { type DirectoryRecord, listDirectories } from '#connections/directories/directories.ts'
import { getProvisioningEvent, listProvisioningEvents } from '#connections/provisioning/events.ts'
import { renderPage } from '#http/pages.ts'
import { isId } from '#platform/ids.ts'
import { toldApart } from '#words/told-apart.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { EventPage } from './event-page.tsx'
import { LogPage, type LogQuery } from './log-page.tsx'

const pageSize = 50

/** @returns an app to be mounted at `/console/provisioning` */
export function createProvisioningPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const [frame, query] = [frameOf(c), queryOf(c)]
    const { directory, status, target, q, before } = query
    const [directories, found] = await Promise.all([
      listDirectories(frame.ctx).then(toldApart),
      listProvisioningEvents(frame.ctx, {
        directoryId: directory,
        status,
        targetId: target,
        q,
        before,
        limit: pageSize + 1,
      }),
    ])
    const events = found.slice(0, pageSize)
    const next = found.length > pageSize ? events.at(-1)?.id : undefined
    return renderPage(c, <LogPage {...{ frame, query, directories, events, next }} />)
  })

  pages.get('/:id', async (c) => {
    const frame = frameOf(c)
    const event = await getProvisioningEvent(frame.ctx, c.req.param('id'))
    const directories: DirectoryRecord[] = toldApart(await listDirectories(frame.ctx))
    const directory = directories.find(({ id }) => id === event.directoryId)
    return renderPage(c, <EventPage {...{ frame, event, directory }} />)
  })
  return pages
}

/** What is in the address, without what cannot be meant. */
function queryOf(c: Context<ConsoleEnv>): LogQuery {
  const { directory = '', status = '', target = '', q = '', before = '' } = c.req.query()
  const text = q.replaceAll('\0', '').trim().slice(0, 200)
  return {
    directory: isId('dir', directory) ? directory : undefined,
    status: status === 'failed' || status === 'changed' ? status : undefined,
    target: isId('usr', target) || isId('grp', target) ? target : undefined,
    q: text === '' ? undefined : text,
    before: isId('prv', before) ? before : undefined,
  }
}
