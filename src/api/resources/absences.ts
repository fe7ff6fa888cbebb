// /absences and /absence-rule: people who are deactivated for a time, and come back.
import { z } from '@hono/zod-openapi'
import { getAbsence, getAbsenceRule, listAbsences, setAbsenceRule } from '#access/people/absence/absences.ts'
import { cancelAbsence, changeAbsence, planAbsence } from '#access/people/absence/plan-absence.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'

const operation = operationsOf('Absences')

const atReturn = z
  .enum(['propose', 'return'])
  .openapi({ description: '`propose`: an alarm proposes their reactivation; `return`: it happens by itself' })

const Absence = z
  .object({
    id: z.string(),
    user: z.object({ id: z.string(), userName: z.string(), displayName: z.string().nullable() }),
    from: time,
    until: time,
    reason: z.string(),
    atReturn: atReturn.nullable().openapi({ description: 'Null: as the organization says' }),
    status: z.enum(['planned', 'under_way', 'ended', 'cancelled']),
    outcome: z
      .enum(['returned', 'proposed', 'ended_early', 'deactivated', 'not_active', 'refused', 'missed'])
      .nullable()
      .openapi({
        description:
          'What became of it: they came back by themselves, were proposed, came back early; somebody has deactivated them permanently ' +
          'meanwhile; they were not active as it began; nobody else administers the organization; its time was over before it began',
      }),
    endedAt: time.nullable(),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('Absence')

const Rule = z.object({ atReturn }).openapi('AbsenceRule')

const fields = {
  from: timeInput.nullable().optional().openapi({ description: 'Left out or past: from now on' }),
  until: timeInput,
  reason: z.string(),
  atReturn: atReturn.nullable().optional(),
}

const listRoute = operation('get', '/absences', 'listAbsences', {
  summary: 'List absences, the newest first',
  request: {
    query: z.strictObject({
      ...pageParams,
      userId: z.string().max(100).optional(),
      status: z.enum(['open', 'over']).optional().openapi({ description: '`open`: planned and under way' }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(Absence), 'A page of absences') },
})

const planRoute = operation('post', '/absences', 'planAbsence', {
  summary: 'Plan an absence; from now on, it begins at once and closes everything they hold open',
  request: { body: jsonBody(z.strictObject({ userId: z.string(), ...fields })) },
  responses: { 201: jsonAnswer(Absence, 'The absence') },
})

const getRoute = operation('get', '/absences/{id}', 'getAbsence', {
  summary: 'Read an absence',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Absence, 'The absence') },
})

const changeRoute = operation('patch', '/absences/{id}', 'changeAbsence', {
  summary: 'Change an absence, also while it is under way',
  request: { params: idParam, body: jsonBody(z.strictObject(fields).partial()) },
  responses: { 200: jsonAnswer(Absence, 'The absence as it is now') },
})

const cancelRoute = operation('post', '/absences/{id}/cancel', 'cancelAbsence', {
  summary: 'Cancel an absence; whoever is absent is back at once',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Absence, 'The absence as it is now') },
})

const ruleRoute = operation('get', '/absence-rule', 'getAbsenceRule', {
  summary: 'Read what happens at the end of absences that do not say so themselves',
  responses: { 200: jsonAnswer(Rule, 'The rule') },
})

const setRoute = operation('put', '/absence-rule', 'setAbsenceRule', {
  summary: 'Set what happens at the end of absences that do not say so themselves, those under way included',
  request: { body: jsonBody(z.strictObject({ atReturn })) },
  responses: { 200: jsonAnswer(Rule, 'The rule') },
})

export const absenceRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, userId, status } = c.req.valid('query')
    const isOpen = status === undefined ? undefined : status === 'open'
    const after = afterId(cursor, 'abs')
    const rows = await listAbsences(c.get('ctx'), { userId, isOpen, after, limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(planRoute, async (c) => c.json(await planAbsence(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(getRoute, async (c) => c.json(await getAbsence(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(changeRoute, async (c) => {
    const change = { absenceId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await changeAbsence(c.get('ctx'), change), 200)
  })
  .openapi(cancelRoute, async (c) => c.json(await cancelAbsence(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(ruleRoute, async (c) => c.json(await getAbsenceRule(c.get('ctx')), 200))
  .openapi(setRoute, async (c) => c.json(await setAbsenceRule(c.get('ctx'), c.req.valid('json')), 200))
