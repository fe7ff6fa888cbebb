// /inactivity-rule, /inactivity-exceptions and /inactivity-runs: what becomes of people who are not here for long.
import { z } from '@hono/zod-openapi'
import {
  endInactivityException,
  exceptFromInactivity,
  getInactivityStanding,
  listInactivityExceptions,
} from '#access/people/inactivity/exceptions.ts'
import { previewInactivity } from '#access/people/inactivity/outlook.ts'
import { getInactivityRule, saveInactivityRule, switchInactivityRuleOff } from '#access/people/inactivity/rule.ts'
import { listInactivityRuns, undoInactivityRun } from '#access/people/inactivity/runs.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'
import { progressOf, UserChangeProgress } from './user-changes.ts'

const operation = operationsOf('Inactivity')

const count = z.number().int()

const figures = {
  concerns: z
    .enum(['local', 'everybody'])
    .openapi({ description: 'Those alone whom no directory manages, or people of directories as well' }),
  warnDays: count.openapi({ description: 'Days without activity after which somebody is warned' }),
  deactivateDays: count.openapi({
    description:
      'Days without activity after which they are deactivated, and never sooner after the warning than the two differ by',
  }),
  eraseDays: count.nullable().openapi({
    description:
      'Days after that until they are erased, or `eraseAfterDays` of the settings if that is more; null: never',
  }),
}

const wanted = z.strictObject(figures).partial({ concerns: true, eraseDays: true })

const Rule = z
  .object({
    ...{ status: z.enum(['on', 'off']), ...figures, ranAt: time.nullable() },
    keptDays: count.openapi({ description: '`eraseAfterDays` of the settings: nobody is erased sooner' }),
  })
  .openapi('InactivityRule')

const perAct = z.object({ warn: count, deactivate: count, erase: count })

const Outlook = z
  .object({
    today: perAct,
    within30Days: perAct,
    people: z
      .array(
        z.object({
          userId: z.string(),
          userName: z.string(),
          displayName: z.string().nullable(),
          act: z.enum(['warn', 'deactivate', 'erase']),
          at: time,
          since: time.openapi({ description: 'When they were last here, or since when they are active' }),
        }),
      )
      .openapi({ description: 'The first 200 by date' }),
    rule: Rule.openapi({ description: 'The rule that was looked ahead with' }),
  })
  .openapi('InactivityOutlook')

const Exception = z
  .object({
    id: z.string().openapi({ description: 'The person’s' }),
    userName: z.string(),
    displayName: z.string().nullable(),
    reason: z.string(),
    until: time.nullable(),
    counts: z.boolean().openapi({ description: 'False once its end has passed' }),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('InactivityException')

const Standing = z
  .object({
    exception: Exception.nullable(),
    warning: z
      .object({
        warnedAt: time,
        isMailed: z.boolean().openapi({ description: 'False where they have no address' }),
        deactivatesAt: time,
      })
      .nullable()
      .openapi({ description: 'What they were told, where they have not been here since' }),
  })
  .openapi('InactivityStanding')

const Run = z
  .object({
    ...{ id: z.string(), ranAt: time, warned: count, deactivated: count, erased: count },
    refused: count.openapi({
      description: 'Who could not be deactivated, since nobody else administers the organization',
    }),
    stillOff: count.openapi({ description: 'How many of those it deactivated nobody has switched on since' }),
  })
  .openapi('InactivityRun')

const getRoute = operation('get', '/inactivity-rule', 'getInactivityRule', {
  summary: 'Read what becomes of people who are not here for long',
  responses: { 200: jsonAnswer(Rule, 'The rule') },
})

const putRoute = operation('put', '/inactivity-rule', 'saveInactivityRule', {
  summary: 'Switch the rule on with these figures; whoever is concerned is warned first',
  request: { body: jsonBody(wanted) },
  responses: { 200: jsonAnswer(Rule, 'The rule') },
})

const offRoute = operation('delete', '/inactivity-rule', 'switchInactivityRuleOff', {
  summary: 'Switch the rule off; its figures stay',
  responses: { 200: jsonAnswer(Rule, 'The rule') },
})

const outlookRoute = operation('get', '/inactivity-rule/outlook', 'getInactivityOutlook', {
  summary: 'Whom the rule warns, deactivates and erases, today and within 30 days',
  responses: { 200: jsonAnswer(Outlook, 'The outlook; of a rule that is off, what it would do') },
})

const previewRoute = operation('post', '/inactivity-rule/preview', 'previewInactivityRule', {
  summary: 'Whom a rule with these figures would warn, deactivate and erase; nothing is changed',
  request: { body: jsonBody(wanted) },
  responses: { 200: jsonAnswer(Outlook, 'The outlook') },
})

const exceptionsRoute = operation('get', '/inactivity-exceptions', 'listInactivityExceptions', {
  summary: 'List the people whom the rule leaves alone, those whose exception has ended among them',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Exception), 'A page of exceptions') },
})

const standingRoute = operation('get', '/users/{id}/inactivity', 'getInactivityStanding', {
  summary: 'Whether the rule leaves somebody alone, and whether it has warned them',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Standing, 'Status') },
})

const exceptRoute = operation('put', '/users/{id}/inactivity-exception', 'exceptFromInactivity', {
  summary: 'Have the rule leave somebody alone, until a date if there is one',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ reason: z.string(), until: timeInput.nullable().optional() })),
  },
  responses: { 200: jsonAnswer(Standing, 'The status now') },
})

const unexceptRoute = operation('delete', '/users/{id}/inactivity-exception', 'endInactivityException', {
  summary: 'End an exception',
  request: { params: idParam },
  responses: { 204: noContent('It is gone') },
})

const runsRoute = operation('get', '/inactivity-runs', 'listInactivityRuns', {
  summary: 'List the runs that did something, the newest first',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Run), 'A page of runs') },
})

const undoRoute = operation('post', '/inactivity-runs/{id}/undo', 'undoInactivityRun', {
  summary: 'Switch on again whom a run has deactivated and nobody has since',
  request: { params: idParam },
  responses: {
    202: jsonAnswer(UserChangeProgress, 'A change of users, which goes on in the background where it is long'),
  },
})

export const inactivityRoutes = newRoutes()
  .openapi(getRoute, async (c) => c.json(await getInactivityRule(c.get('ctx')), 200))
  .openapi(putRoute, async (c) => c.json(await saveInactivityRule(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(offRoute, async (c) => c.json(await switchInactivityRuleOff(c.get('ctx')), 200))
  .openapi(outlookRoute, async (c) => c.json(await previewInactivity(c.get('ctx')), 200))
  .openapi(previewRoute, async (c) => c.json(await previewInactivity(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(exceptionsRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listInactivityExceptions(c.get('ctx'), { after: afterId(cursor, 'usr'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(standingRoute, async (c) => c.json(await getInactivityStanding(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(exceptRoute, async (c) => {
    const [{ id: userId }, ctx] = [c.req.valid('param'), c.get('ctx')]
    await exceptFromInactivity(ctx, { userId, ...c.req.valid('json') })
    return c.json(await getInactivityStanding(ctx, userId), 200)
  })
  .openapi(unexceptRoute, async (c) => {
    await endInactivityException(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  .openapi(runsRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listInactivityRuns(c.get('ctx'), { after: afterId(cursor, 'inr'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(undoRoute, async (c) =>
    c.json(progressOf(await undoInactivityRun(c.get('ctx'), c.req.valid('param').id)), 202),
  )
