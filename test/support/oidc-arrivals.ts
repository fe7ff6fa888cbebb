// Arrivals at an OpenID Connect connection: what the token says, and what Rolecall makes of it.
import { listAttempts, type SignInAttempt } from '#access/sign-in/attempts.ts'
import type { OidcConnection } from '#connections/sign-in/connections.ts'
import type { ScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import type { Script } from '#sandbox/oidc-idp/scripted-state.ts'
import type { TestApp, TestOrganization } from './app.ts'
import type { Arrival } from './arrivals.ts'
import { createTestBrowser } from './sign-in.ts'

/** Somebody comes back from the scripted provider with these claims. */
export async function arriveByOidc(
  { app, organization }: { app: TestApp; organization: TestOrganization },
  op: ScriptedOp,
  connection: OidcConnection,
  script: Partial<Script>,
  { browser = createTestBrowser(app.request, app.urls.origin), query = '' } = {},
): Promise<Arrival> {
  op.script = { claims: { sub: 'person-1' }, now: () => new Date(), ...script }
  const start = await browser.get(`/sign-in/${connection.id}${query}`)
  const answer = await browser.get(await op.signIn(start.headers.get('location') ?? ''))
  const [attempt] = await listAttempts(organization.ctx, { limit: 1 })
  return { status: answer.status, browser, attempt: attempt as SignInAttempt, page: await answer.text() }
}
