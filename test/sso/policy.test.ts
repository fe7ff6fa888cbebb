// How an organization wants its people to sign in: read and changed by API and command line.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { browserAt, goodPassword, provisionLocalUser, tryPassword } from '../support/accounts.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
  client = await stage.createClient()
})
afterAll(() => stage.close())

const standard = {
  passwordSignIn: 'allowed',
  passwordMinLength: 12,
  secondFactor: 'optional',
  sessionIdleMinutes: 60,
  sessionAbsoluteMinutes: 720,
  invitationDays: 7,
  signInPage: 'named',
  managerSecondFactor: 'optional',
  freshProofMinutes: 10,
  linkedSignIn: 'own',
}

test('the policy is read, changed in part, and audited', async () => {
  expect((await client.get('sign-in-policy')).body).toEqual(standard)
  const { status, body } = await client.patch('sign-in-policy', { passwordMinLength: 8, invitationDays: 3 })
  expect([status, body]).toEqual([200, { ...standard, passwordMinLength: 8, invitationDays: 3 }])
  expect(await client.auditOf(client.organizationId)).toContain('organization.sign_in_policy')
  await client.patch('sign-in-policy', standard)
  expect((await (await stage.createClient()).get('sign-in-policy')).body).toEqual(standard)
})

test.each([
  [{ passwordMinLength: 5 }],
  [{ passwordMinLength: 12.5 }],
  [{ secondFactor: 'never' }],
  [{ sessionIdleMinutes: 1 }],
  [{ sessionIdleMinutes: 800 }],
  [{ sessionAbsoluteMinutes: 30 }],
  [{ invitationDays: 0 }],
  [{ sessionIdleMinutes: null }],
  [{ isAdmin: true }],
])('what makes no sense is refused: %j', async (change) => {
  expect((await client.patch('sign-in-policy', change)).status).toBe(400)
  expect((await client.get('sign-in-policy')).body).toEqual(standard)
})

test('it holds for the next sign-in', async () => {
  const { userName } = await provisionLocalUser({ ctx: client.ctx }, 'amara@policy.example.com')
  const where = async () => {
    const answer = await tryPassword(browserAt(stage.app), userName, goodPassword)
    return answer.headers.get('location')?.split('?')[0] ?? answer.status
  }
  expect(await where()).toBe('/account')
  const set = (...options: string[]) =>
    stage.rolecall('organization', 'sign-in-policy', '--organization', client.slug, ...options)
  expect((await set('--second-factor', 'required')).exitCode).toBe(0)
  expect(await where()).toBe('/login/continue')
  expect((await set('--second-factor', 'optional', '--passwords', 'off', '--json')).json.passwordSignIn).toBe('off')
  expect(await where()).toBe(403)
  expect((await set('--passwords', 'allowed')).lines[0]).toBe(
    'Passwords                 allowed, at least 12 characters',
  )
  expect(await where()).toBe('/account')
})
