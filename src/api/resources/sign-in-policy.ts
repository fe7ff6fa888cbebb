// /sign-in-policy
import { z } from '@hono/zod-openapi'
import { getSignInPolicy, updateSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import { jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'

const fields = {
  passwordSignIn: z.enum(['allowed', 'off']).openapi({ description: 'Whether people with a password may use it' }),
  passwordMinLength: z.number().int().openapi({ description: 'At least 6; 12 to begin with' }),
  secondFactor: z
    .enum(['optional', 'required'])
    .openapi({ description: '`required`: a password alone opens no session' }),
  managerSecondFactor: z.enum(['optional', 'required']).openapi({
    description:
      '`required`: whoever manages something needs a second factor, whichever way they sign in; one that their provider attests counts',
  }),
  freshProofMinutes: z.number().int().openapi({
    description:
      'For how long a proof of who somebody is counts at the console for what lets others in; 1 to 60, 10 to begin with',
  }),
  signInPage: z.enum(['named', 'neutral']).openapi({
    description: '`neutral`: the sign-in page names neither the organization nor its ways in to whoever knows its slug',
  }),
  linkedSignIn: z.enum(['own', 'accepted']).openapi({
    description:
      '`accepted`: a person with a linked account of another organization comes in by a local sign-in there with a second factor; never where a provider is enforced',
  }),
  sessionIdleMinutes: z.number().int(),
  sessionAbsoluteMinutes: z.number().int(),
  invitationDays: z.number().int().openapi({ description: 'How long the link of an invitation is good' }),
}

const SignInPolicy = z.object(fields).openapi('SignInPolicy')

const UpdateSignInPolicy = z.strictObject(fields).partial().openapi('UpdateSignInPolicy')

const operation = operationsOf('Sign-in')
const path = '/sign-in-policy'

const getRoute = operation('get', path, 'getSignInPolicy', {
  summary: 'Read how people sign in',
  responses: { 200: jsonAnswer(SignInPolicy, 'The policy') },
})

const updateRoute = operation('patch', path, 'updateSignInPolicy', {
  summary: 'Change how people sign in, from now on',
  request: { body: jsonBody(UpdateSignInPolicy) },
  responses: { 200: jsonAnswer(SignInPolicy, 'The policy as it is now') },
})

export const signInPolicyRoutes = newRoutes()
  .openapi(getRoute, async (c) => c.json(await getSignInPolicy(c.get('ctx')), 200))
  .openapi(updateRoute, async (c) => {
    const changes = Object.entries(c.req.valid('json')).filter(([, value]) => value !== undefined)
    return c.json(await updateSignInPolicy(c.get('ctx'), Object.fromEntries(changes)), 200)
  })
