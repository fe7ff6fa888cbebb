// The audit trail: searched, one event in full, and taken along.
import { type Context, Hono } from 'hono'
import { getBrand } from '#access/grants/brands/brands.ts'
import { exportAuditEvents } from '#audit/export-events.ts'
import { type AuditFilter, getAuditEvent, listAuditEvents } from '#audit/list-events.ts'
import { namesOf } from '#audit/names-of.ts'
import { getAuditHead } from '#audit/seal/head.ts'
import { download } from '#http/download.ts'
import { renderPage } from '#http/pages.ts'
import { idsIn } from '#http/ui/said.tsx'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf, listingContext } from '../ui/env.ts'
import { AuditPage, type AuditQuery, EventPage } from './audit-pages.tsx'

const pageSize = 50

/** @returns an app to be mounted at `/console/audit` */
export function createAudit(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const query = queryOf(c)
    const before = c.req.query('before')
    const events = await listAuditEvents(listingContext(frame), {
      filter: filterOf(query),
      before: isId('evt', before ?? '') ? before : undefined,
      limit: pageSize + 1,
    })
    const shown = events.slice(0, pageSize)
    const next = events.length > pageSize ? shown.at(-1)?.id : undefined
    const brand = query.brand === '' ? undefined : await getBrand(frame.ctx, query.brand)
    const head = isPermitted(frame.ctx, 'audit.read') ? await getAuditHead(frame.ctx) : undefined
    return renderPage(
      c,
      <AuditPage
        {...{ frame, query, next, head }}
        events={shown}
        isFirst={before === undefined}
        brandName={brand?.name}
      />,
    )
  })

  pages.get('/export', async (c) => {
    const format = c.req.query('format') === 'ndjson' ? 'ndjson' : 'csv'
    const lines = await exportAuditEvents(c.get('ctx'), { format, filter: filterOf(queryOf(c)) })
    const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson'
    return download(lines, { type, name: `audit.${format}` })
  })

  pages.get('/:id', async (c) => {
    const frame = frameOf(c)
    const event = await getAuditEvent(frame.ctx, c.req.param('id'))
    const called = await namesOf(frame.ctx, idsIn(event.detail))
    return renderPage(c, <EventPage {...{ frame, event, called }} />)
  })
  return pages
}

function queryOf(c: Context<ConsoleEnv>): AuditQuery {
  const text = (name: string): string => (c.req.query(name) ?? '').trim().slice(0, 200)
  const day = (name: string): string =>
    /^\d{4}-\d\d-\d\d$/.test(text(name)) && !Number.isNaN(Date.parse(text(name))) ? text(name) : ''
  return {
    ...{ q: text('q'), action: text('action'), actor: text('actor'), target: text('target'), brand: text('brand') },
    ...{ from: day('from'), to: day('to') },
  }
}

const day = 86_400_000

/** Both days are whole: from the first one's beginning to the last one's end. */
function filterOf({ q, action, actor, target, brand, from, to }: AuditQuery): AuditFilter {
  return {
    ...(q === '' ? {} : { q }),
    ...(action === '' ? {} : { action }),
    ...(actor === '' ? {} : { actorId: actor }),
    ...(target === '' ? {} : { targetId: target }),
    ...(brand === '' ? {} : { brandId: brand }),
    ...(from === '' ? {} : { since: `${from}T00:00:00.000Z` }),
    ...(to === '' ? {} : { until: new Date(Date.parse(to) + day).toISOString() }),
  }
}
