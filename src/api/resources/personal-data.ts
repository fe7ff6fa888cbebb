// /users/{id}/personal-data, /users/{id}/erasure-certificate and /personal-data-register
import { z } from '@hono/zod-openapi'
import { exportPerson } from '#access/people/personal-data/export-person.ts'
import { register } from '#access/people/personal-data/register.ts'
import { getErasureCertificate } from '#access/people/status/erasure-certificate.ts'
import { requirePermission } from '#src/context.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const operation = operationsOf('Users')

const kept = { name: z.string(), what: z.string(), kept: z.string().openapi({ description: 'For how long' }) }

const PersonalData = z
  .object({
    userId: z.string(),
    madeAt: time,
    sections: z.array(
      z.object({
        ...kept,
        isCut: z.boolean().openapi({ description: 'There are more than the 10,000 rows given, which are the newest' }),
        rows: z.array(z.record(z.string(), z.unknown())),
      }),
    ),
  })
  .openapi('PersonalData')

const exportRoute = operation('get', '/users/{id}/personal-data', 'exportPersonalData', {
  summary: 'Export everything that is kept of a user, without secrets; noted in the audit trail',
  request: { params: idParam },
  responses: { 200: jsonAnswer(PersonalData, 'By kind, with what it is and for how long it is kept') },
})

const registerRoute = operation('get', '/personal-data-register', 'getPersonalDataRegister', {
  summary: 'What is kept of people, why, and for how long',
  responses: { 200: jsonAnswer(z.object({ items: z.array(z.object(kept)) }), 'The register') },
})

const certificateRoute = operation('get', '/users/{id}/erasure-certificate', 'getErasureCertificate', {
  summary: 'That somebody was erased: when, by whom, and how much of what',
  request: { params: idParam },
  responses: {
    200: jsonAnswer(
      z.object({
        userId: z.string(),
        erasedAt: time,
        erasedBy: z.object({ type: z.string(), id: z.string() }),
        auditEventId: z.string(),
        removed: z.record(z.string(), z.number().int()).openapi({ description: 'Rows by table' }),
      }),
      'The certificate; the audit trail, which is sealed, has the event that it names',
    ),
  },
})

export const personalDataRoutes = newRoutes()
  .openapi(exportRoute, async (c) => c.json(await exportPerson(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(registerRoute, (c) => {
    requirePermission(c.get('ctx'), 'users.read')
    return c.json({ items: register.map(({ name, what, kept: time }) => ({ name, what, kept: time })) }, 200)
  })
  .openapi(certificateRoute, async (c) =>
    c.json(await getErasureCertificate(c.get('ctx'), c.req.valid('param').id), 200),
  )
