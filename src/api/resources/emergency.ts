// /emergency-accounts and /emergency-uses
import { z } from '@hono/zod-openapi'
import {
  createEmergencyAccount,
  listEmergencyAccounts,
  resealEmergencyAccount,
} from '#access/accounts/emergency/emergency.ts'
import { type EmergencyUse, listEmergencyUses, signEmergencyReport } from '#access/accounts/emergency/emergency-uses.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const operation = operationsOf('Emergency access')

const EmergencyAccount = z
  .object({
    userId: z.string(),
    userName: z.string(),
    displayName: z.string().nullable(),
    status: z.string(),
    createdAt: time,
    sealedAt: time.openapi({ description: 'When its password, authenticator and codes were made' }),
    lastUsedAt: time.nullable().openapi({ description: 'The last sign-in with these, drills included' }),
    isOpened: z.boolean().openapi({ description: 'True: it was used for more than a drill since; seal it anew' }),
    isProven: z.boolean().openapi({ description: 'False: nobody has signed in with it for 90 days; time for a drill' }),
    recoveryCodesLeft: z.number().int(),
  })
  .openapi('EmergencyAccount')

const Envelope = z
  .object({
    userId: z.string(),
    userName: z.string(),
    displayName: z.string().nullable(),
    password: z.string(),
    totpSecret: z.string(),
    totpUri: z.string(),
    recoveryCodes: z.array(z.string()),
  })
  .openapi('EmergencyEnvelope', { description: 'What is to be printed and sealed; not shown again' })

const Use = z
  .object({
    id: z.string(),
    account: z.object({
      userId: z.string(),
      userName: z.string(),
      displayName: z.string().nullable(),
      status: z.string(),
    }),
    reason: z.string(),
    ip: z.string().nullable(),
    startedAt: time,
    isSealedAnew: z.boolean().openapi({ description: 'False: what was in the envelope is still good' }),
    report: z
      .object({
        statement: z.string(),
        signedAt: time,
        signedBy: z.object({ id: z.string(), name: z.string().nullable() }),
      })
      .nullable(),
  })
  .openapi('EmergencyUse')

const listRoute = operation('get', '/emergency-accounts', 'listEmergencyAccounts', {
  summary: 'List the emergency accounts, and whether they are proven to work',
  responses: {
    200: jsonAnswer(z.object({ items: z.array(EmergencyAccount) }), 'The emergency accounts'),
  },
})

const createAccountRoute = operation('post', '/emergency-accounts', 'createEmergencyAccount', {
  summary: 'Make an emergency account',
  request: { body: jsonBody(z.strictObject({ name: z.string() })) },
  responses: { 201: jsonAnswer(Envelope, 'What is in the envelope') },
})

const resealRoute = operation('post', '/emergency-accounts/{id}/reseal', 'resealEmergencyAccount', {
  summary: 'Give an emergency account a new password, authenticator and codes; its sessions end',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Envelope, 'What is in the new envelope') },
})

const listUsesRoute = operation('get', '/emergency-uses', 'listEmergencyUses', {
  summary: 'List what emergency accounts were used for, drills left out',
  responses: { 200: jsonAnswer(z.object({ items: z.array(Use) }), 'The last hundred, newest first') },
})

const signRoute = operation('post', '/emergency-uses/{id}/report', 'signEmergencyReport', {
  summary: 'Sign the report about a use, once the account is sealed anew',
  request: { params: idParam, body: jsonBody(z.strictObject({ statement: z.string() })) },
  responses: { 200: jsonAnswer(Use, 'The use with its report') },
})

const withTimes = ({ report, ...use }: EmergencyUse): EmergencyUse => ({
  ...use,
  report: report === null ? null : { ...report, signedAt: report.signedAt },
})

export const emergencyRoutes = newRoutes()
  .openapi(listRoute, async (c) => c.json({ items: await listEmergencyAccounts(c.get('ctx')) }, 200))
  .openapi(createAccountRoute, async (c) =>
    c.json(await createEmergencyAccount(c.get('ctx'), c.req.valid('json')), 201),
  )
  .openapi(resealRoute, async (c) => c.json(await resealEmergencyAccount(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(listUsesRoute, async (c) => c.json({ items: (await listEmergencyUses(c.get('ctx'))).map(withTimes) }, 200))
  .openapi(signRoute, async (c) => {
    const input = { useId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(withTimes(await signEmergencyReport(c.get('ctx'), input)), 200)
  })
