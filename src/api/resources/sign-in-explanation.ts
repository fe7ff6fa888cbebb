// /sign-in-explanation: why somebody cannot sign in.
import { z } from '@hono/zod-openapi'
import { explainSignIn } from '#access/people/sign-in/explain-sign-in.ts'
import { jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'
import { person } from './held-shape.ts'

const code = z.enum([
  ...['organization_suspended', 'not_found', 'other_name', 'comes_to_exist', 'deleted_by_directory', 'invited'],
  ...[
    'invitation_expired',
    'awaits_approval',
    'inactive',
    'erased',
    'emergency_account',
    'provider_required',
    'provider_by_domain',
    'provider_known',
  ],
  ...['password_off', 'no_way_in', 'link_awaits_approval', 'locked', 'no_role', 'works'],
] as const)

const Explanation = z
  .object({
    name: z.string(),
    outcome: code.openapi({ description: 'What settles it' }),
    findings: z.array(z.object({ code, blocks: z.boolean(), message: z.string(), advice: z.string() })),
    person: person.nullable(),
    connections: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        status: z.string(),
        jit: z.string(),
        directoryId: z.string().nullable(),
        leads: z.boolean().openapi({ description: 'Whether it can say who they are' }),
      }),
    ),
    attempts: z
      .array(
        z.object({
          id: z.string(),
          reference: z.string(),
          method: z.string(),
          connectionId: z.string().nullable(),
          outcome: z.string(),
          reason: z.string().nullable(),
          occurredAt: time,
        }),
      )
      .openapi({ description: 'The latest attempts; GET /sign-in-attempts/{id} has their traces' }),
  })
  .openapi('SignInExplanation')

const operation = operationsOf('Sign-in')

const route = operation('get', '/sign-in-explanation', 'explainSignIn', {
  summary: 'Say why somebody cannot sign in, and what to do about it',
  request: {
    query: z.strictObject({ name: z.string().max(320).openapi({ description: 'An e-mail address or a user name' }) }),
  },
  responses: { 200: jsonAnswer(Explanation, 'What was found') },
})

export const signInExplanationRoutes = newRoutes().openapi(route, async (c) => {
  const { attempts, ...found } = await explainSignIn(c.get('ctx'), c.req.valid('query'))
  const shown = attempts.map(({ id, reference, method, connectionId, outcome, reason, occurredAt }) => ({
    ...{ id, reference, method, connectionId, outcome, reason, occurredAt },
  }))
  return c.json({ ...found, attempts: shown }, 200)
})
