// /reports, /report-schedules, /report-runs, /roster-comparisons and /address-places
import { z } from '@hono/zod-openapi'
import { contextOf } from '#access/ground/context-at.ts'
import { compareRoster } from '#access/reports/compare-roster.ts'
import { reportKinds } from '#access/reports/kinds/report.ts'
import { listReports, makeReport, reportCsv } from '#access/reports/make-report.ts'
import { listPlaces, setPlaces } from '#access/reports/places.ts'
import {
  changeReportSchedule,
  createReportSchedule,
  listReportRuns,
  listReportSchedules,
  reportPaces,
} from '#access/reports/schedules.ts'
import { download } from '#http/download.ts'
import { relaxed } from '#src/context.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { moment, time, timeInput } from '../contract/schemas.ts'

const operation = operationsOf('Reports')

const kind = z.enum(reportKinds)
const count = z.number().int()

const facts = z.array(z.object({ term: z.string(), value: z.string() }))

const findings = z.array(
  z.object({
    code: z.string(),
    text: z.string(),
    count,
    href: z.string().openapi({ description: 'The page of the console on which it is settled' }),
    sample: z.array(z.string()).openapi({ description: 'Names of the first of them' }),
  }),
)

const Report = z
  .object({
    kind,
    title: z.string(),
    madeAt: time,
    facts,
    findings,
    columns: z.array(z.string()),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
    nextCursor: z.string().nullable(),
  })
  .openapi('Report')

const kindParam = z.object({ kind })

const options = {
  unusedDays: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .openapi({ type: 'integer', description: 'After how many days without a sign of life something counts as unused' }),
  at: moment,
}

const listRoute = operation('get', '/reports', 'listReports', {
  summary: 'List the reports that there are',
  responses: {
    200: jsonAnswer(
      z.object({ items: z.array(z.object({ kind, title: z.string(), says: z.string() })) }),
      'The kinds of report',
    ),
  },
})

const makeRoute = operation('get', '/reports/{kind}', 'makeReport', {
  summary: 'Make a report, of now or of a moment of the past',
  request: {
    params: kindParam,
    query: z.strictObject({
      ...options,
      cursor: z.string().max(100).optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(200).openapi({ type: 'integer' }),
    }),
  },
  responses: { 200: jsonAnswer(Report, 'Facts and findings of the whole organization, and a page of rows') },
})

const exportRoute = operation('get', '/reports/{kind}/export', 'exportReport', {
  summary: 'Download all rows of a report as CSV',
  request: { params: kindParam, query: z.strictObject(options) },
  responses: { 200: { description: 'The rows', content: { 'text/csv': { schema: z.string() } } } },
})

const Schedule = z
  .object({
    id: z.string(),
    kind,
    every: z.enum(reportPaces),
    unusedDays: count,
    recipients: z.array(z.object({ id: z.string(), name: z.string() })),
    sent: z.enum(['always', 'findings']),
    status: z.enum(['on', 'off']),
    nextAt: time,
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('ReportSchedule')

const schedulesRoute = operation('get', '/report-schedules', 'listReportSchedules', {
  summary: 'List which reports are made how often, and who is told',
  responses: { 200: jsonAnswer(z.object({ items: z.array(Schedule) }), 'The schedules') },
})

const createRoute = operation('post', '/report-schedules', 'createReportSchedule', {
  summary: 'Have a report made on a schedule, and people told by mail',
  request: {
    body: jsonBody(
      z.strictObject({
        kind,
        every: z.enum(reportPaces),
        unusedDays: count.min(1).max(3_650).optional(),
        recipients: z.array(z.string()).min(1).max(50).openapi({ description: 'Ids of active people' }),
        sent: z
          .enum(['always', 'findings'])
          .optional()
          .openapi({ description: '`findings`: nobody is told where there is nothing to look at' }),
        firstAt: timeInput.optional(),
      }),
    ),
  },
  responses: { 201: jsonAnswer(Schedule, 'The schedule') },
})

const switchRoute = operation('patch', '/report-schedules/{id}', 'switchReportSchedule', {
  summary: 'Switch a schedule off and on',
  request: { params: idParam, body: jsonBody(z.strictObject({ status: z.enum(['on', 'off']) })) },
  responses: { 204: noContent('It is switched') },
})

const deleteRoute = operation('delete', '/report-schedules/{id}', 'deleteReportSchedule', {
  summary: 'Delete a schedule with what its runs found',
  request: { params: idParam },
  responses: { 204: noContent('It is gone') },
})

const Run = z
  .object({ id: z.string(), scheduleId: z.string(), kind, madeAt: time, facts, findings, told: count })
  .openapi('ReportRun')

const runsRoute = operation('get', '/report-runs', 'listReportRuns', {
  summary: 'List what reports on a schedule have found: the newest first, at most 200',
  request: {
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50).openapi({ type: 'integer' }) }),
  },
  responses: { 200: jsonAnswer(z.object({ items: z.array(Run) }), 'The runs') },
})

const rosterPerson = z.object({
  id: z.string(),
  userName: z.string(),
  displayName: z.string().nullable(),
  status: z.enum(['invited', 'active', 'inactive', 'erased']),
})

const rosterRoute = operation('post', '/roster-comparisons', 'compareRoster', {
  summary: 'Compare with a list from elsewhere: who is missing here, and who is here and not on it',
  request: {
    body: jsonBody(
      z.strictObject({
        people: z.array(z.string()).max(100_000).openapi({ description: 'E-mail addresses or user names' }),
      }),
    ),
  },
  responses: {
    200: jsonAnswer(
      z.object({
        listed: count,
        matched: count,
        missing: z.array(z.string()),
        notActive: z.array(rosterPerson),
        tooMuch: z.array(rosterPerson),
      }),
      'The comparison; nothing of the list is kept',
    ),
  },
})

const places = z.array(z.object({ range: z.string().openapi({ example: '192.0.2.0/24' }), place: z.string() }))

const placesRoute = operation('get', '/address-places', 'listAddressPlaces', {
  summary: 'List the address ranges that have a name',
  responses: { 200: jsonAnswer(z.object({ items: places }), 'The ranges') },
})

const setPlacesRoute = operation('put', '/address-places', 'setAddressPlaces', {
  summary: 'Name address ranges: offices, countries; all of them at once',
  request: { body: jsonBody(z.strictObject({ places })) },
  responses: { 200: jsonAnswer(z.object({ items: places }), 'The ranges as they are now') },
})

export const reportRoutes = newRoutes()
  .openapi(listRoute, (c) => c.json({ items: [...listReports(c.get('ctx'))] }, 200))
  .openapi(makeRoute, async (c) => {
    const { at, ...wanted } = c.req.valid('query')
    return c.json(await makeReport(await contextOf(relaxed(c.get('ctx')), at), c.req.valid('param').kind, wanted), 200)
  })
  .openapi(exportRoute, async (c) => {
    const { at, ...wanted } = c.req.valid('query')
    const name = c.req.valid('param').kind
    const lines = reportCsv(await contextOf(c.get('ctx'), at), name, wanted)
    return download(lines, { type: 'text/csv; charset=utf-8', name: `${name}.csv` })
  })
  .openapi(schedulesRoute, async (c) => c.json({ items: await listReportSchedules(c.get('ctx')) }, 200))
  .openapi(createRoute, async (c) => c.json(await createReportSchedule(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(switchRoute, async (c) => {
    const change = { scheduleId: c.req.valid('param').id, change: c.req.valid('json').status }
    await changeReportSchedule(c.get('ctx'), change)
    return c.body(null, 204)
  })
  .openapi(deleteRoute, async (c) => {
    await changeReportSchedule(c.get('ctx'), { scheduleId: c.req.valid('param').id, change: 'delete' })
    return c.body(null, 204)
  })
  .openapi(runsRoute, async (c) =>
    c.json({ items: await listReportRuns(c.get('ctx'), c.req.valid('query').limit) }, 200),
  )
  .openapi(rosterRoute, async (c) => c.json(await compareRoster(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(placesRoute, async (c) => c.json({ items: await listPlaces(c.get('ctx')) }, 200))
  .openapi(setPlacesRoute, async (c) => c.json({ items: await setPlaces(c.get('ctx'), c.req.valid('json')) }, 200))
