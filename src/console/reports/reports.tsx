// Reports: what there is, one of them, which are made on a schedule, comparing with a list, and named places.
import { type Context, Hono } from 'hono'
import { contextOf, historyBegins } from '#access/ground/context-at.ts'
import { searchUsers } from '#access/people/list-users.ts'
import { compareRoster, type RosterComparison, rosterOf } from '#access/reports/compare-roster.ts'
import { listReports, makeReport, reportCsv } from '#access/reports/make-report.ts'
import { listPlaces, setPlaces } from '#access/reports/places.ts'
import {
  changeReportSchedule,
  createReportSchedule,
  listReportRuns,
  listReportSchedules,
  type ReportScheduleInput,
} from '#access/reports/schedules.ts'
import { download } from '#http/download.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { relaxed } from '#src/context.ts'
import { type ConsoleEnv, frameOf, listingContext } from '../ui/env.ts'
import { chosen, emptyForm } from '../ui/forms.ts'
import { momentOf } from '../ui/moment.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { PlacesPage } from './places-page.tsx'
import { ReportPage } from './report-page.tsx'
import { ReportsPage } from './reports-page.tsx'
import { RosterPage } from './roster-page.tsx'
import { SchedulePage } from './schedule-page.tsx'

const home = '/console/reports'

/** Long lists are pasted. */
const listBytes = 4_000_000

/** @returns an app to be mounted at `/console/reports` */
export function createReports(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const [schedules, runs] = await Promise.all([listReportSchedules(frame.ctx), listReportRuns(frame.ctx, 10)])
    return renderPage(c, <ReportsPage {...{ frame, reports: listReports(frame.ctx), schedules, runs }} />)
  })

  pages.get('/roster', (c) => showRoster(c, emptyForm, undefined))
  pages.post('/roster', async (c) => {
    await readForm(c, { maxBytes: listBytes })
    return submit(c, { again: (state) => showRoster(c, state, undefined) }, async (form) => {
      const found = await compareRoster(c.get('ctx'), { people: rosterOf(form['people'] ?? '') })
      return showRoster(c, emptyForm, found)
    })
  })

  pages.get('/places', (c) => showPlaces(c, emptyForm))
  pages.post('/places', (c) =>
    submit(c, { again: (state) => showPlaces(c, state) }, async (form) => {
      await setPlaces(c.get('ctx'), { places: placesIn(form['places'] ?? '') })
      return `${home}/places?done=saved`
    }),
  )

  pages.get('/schedules/new', (c) => showSchedule(c, emptyForm))
  pages.post('/schedules/new', (c) =>
    submit(c, { again: (state) => showSchedule(c, state) }, async (form) => {
      await createReportSchedule(c.get('ctx'), {
        kind: form['kind'] as ReportScheduleInput['kind'],
        every: form['every'] as ReportScheduleInput['every'],
        sent: form['sent'] === 'findings' ? 'findings' : 'always',
        recipients: chosen(form, 'recipient'),
      })
      return `${home}?done=saved`
    }),
  )
  pages.post('/schedules/:id', async (c) => {
    const { change } = await readForm(c)
    const wanted = change === 'on' || change === 'delete' ? change : 'off'
    await changeReportSchedule(c.get('ctx'), { scheduleId: c.req.param('id'), change: wanted })
    return c.redirect(`${home}?done=${wanted === 'delete' ? 'deleted' : 'saved'}`, 303)
  })

  pages.get('/:kind', async (c) => {
    const [frame, { at, cursor, unusedDays }] = [frameOf(c), c.req.query()]
    const ctx = await contextOf(
      listingContext(frame),
      at === undefined ? undefined : momentOf(at, frame.ctx.clock.now()),
    )
    const options = { ...(unusedDays === undefined ? {} : { unusedDays: Number(unusedDays) }), cursor, limit: 100 }
    const report = await makeReport(ctx, c.req.param('kind'), options)
    const beginsAt = await historyBegins(frame.ctx)
    return renderPage(c, <ReportPage {...{ frame, report, at, cursor, unusedDays, beginsAt }} />)
  })

  pages.get('/:kind/rows.csv', async (c) => {
    const [{ at, unusedDays }, kind] = [c.req.query(), c.req.param('kind')]
    const ctx = await contextOf(relaxed(c.get('ctx')), at)
    const options = unusedDays === undefined ? {} : { unusedDays: Number(unusedDays) }
    return download(reportCsv(ctx, kind, options), { type: 'text/csv; charset=utf-8', name: `${kind}.csv` })
  })
  return pages
}

async function showRoster(
  c: Context<ConsoleEnv>,
  state: FormState,
  found: RosterComparison | undefined,
): Promise<Response> {
  return renderForm(c, state, <RosterPage {...{ frame: frameOf(c), state, found }} />)
}

async function showPlaces(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  return renderForm(c, state, <PlacesPage {...{ frame, state, places: await listPlaces(frame.ctx) }} />)
}

async function showSchedule(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, q] = [frameOf(c), c.req.query('q') ?? '']
  const order = { sort: 'name', direction: 'asc' } as const
  const filter = { status: 'active' as const, ...(q === '' ? {} : { q }) }
  const { items } = await searchUsers(frame.ctx, { filter, order, limit: 50 })
  const people = items.map(({ id, userName, displayName }) => ({ id, name: displayName ?? userName }))
  return renderForm(c, state, <SchedulePage {...{ frame, state, q, people, reports: listReports(frame.ctx) }} />)
}

/** A line each: the range, then its name. */
const placesIn = (text: string): { range: string; place: string }[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [range = '', ...name] = line.split(/[\s,;]+/)
      return { range, place: name.join(' ') }
    })
