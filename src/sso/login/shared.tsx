// What the pages of local sign-in share: who is served, what is carried from page to page, and how they end.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import { limits } from '#access/accounts/account/rate-limits.ts'
import type { Completion, SignedIn } from '#access/accounts/sign-in/complete-sign-in.ts'
import { addressKey, countAttempt } from '#access/ground/count-attempts.ts'
import { clientAddress, visitorOf } from '#http/client-address.ts'
import type { AppEnv } from '#http/env.ts'
import { redirectOnward } from '#http/onward.tsx'
import { renderPage } from '#http/pages.ts'
import type { Form } from '#http/read-form.ts'
import { wordsFor } from '#http/reader.ts'
import { safeReturnTo } from '#http/return-to.ts'
import { setSessionCookie } from '#http/session.ts'
import { makeRoom } from '#http/sessions-beside.ts'
import { ErrorPage } from '#http/ui/error-page.tsx'
import type { Log } from '#platform/log.ts'
import type { Services } from '#src/context.ts'
import { ensureBrowserState, readBrowserState } from '../common/browser-state.ts'
import { loginHintOf } from '../common/login-hint.ts'

export type LocalServices = Services & { log: Log; trustedProxies: number }

export type LocalEnv = AppEnv

/** What comes along from the first page to the last. */
export type Carried = {
  returnTo: string
  /** The slug of the organization that an application named; as given, so perhaps of none. */
  organization: string | undefined
  /** `login`: an application wants a new proof, so the provider is asked for one. */
  prompt: 'login' | undefined
  /** Who is about to sign in, as far as somebody has said (OpenID Connect Core 3.1.2.1). */
  loginHint: string | undefined
}

/** From a query or a form. A return that is not one of our pages becomes the account page. */
export const carriedOf = (services: Services, from: Form | Record<string, string>): Carried => ({
  returnTo: safeReturnTo(from['return_to'], services.urls.origin),
  organization: from['organization'] === '' ? undefined : from['organization'],
  prompt: from['prompt'] === 'login' ? 'login' : undefined,
  loginHint: loginHintOf(from['login_hint']),
})

/** The hint as the person has corrected it; without one, nobody is told what was typed here. */
export const hinted = (carried: Carried, name: string): Carried =>
  carried.loginHint === undefined ? carried : { ...carried, loginHint: loginHintOf(name) }

export const CarriedFields = ({ returnTo, organization, prompt, loginHint }: Carried) => (
  <>
    <input type="hidden" name="return_to" value={returnTo} />
    {organization === undefined ? null : <input type="hidden" name="organization" value={organization} />}
    {prompt === undefined ? null : <input type="hidden" name="prompt" value={prompt} />}
    {loginHint === undefined ? null : <input type="hidden" name="login_hint" value={loginHint} />}
  </>
)

/** A page of sign-in, with what is carried in its query. */
export function withCarried(path: string, { organization, ...carried }: Carried): string {
  const query = queryOf(carried)
  if (organization !== undefined) query.set('organization', organization)
  return `${path}?${query}`
}

/** Where a sign-in through a provider begins. */
export const providerPath = (connectionId: string, carried: Carried): string =>
  `/sign-in/${connectionId}?${queryOf(carried)}`

const queryOf = ({ returnTo, prompt, loginHint }: Omit<Carried, 'organization'>): URLSearchParams =>
  new URLSearchParams({
    return_to: returnTo,
    ...(prompt === undefined ? {} : { prompt }),
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
  })

/** The browser as the verbs take it, with its state made where it has none. */
export const browserOf = (c: Context<LocalEnv>, services: LocalServices, returnTo: string) => ({
  state: ensureBrowserState(c, services.randomBytes),
  returnTo,
  visitor: visitorOf(c, services.trustedProxies),
})

/** The browser without making it one that has begun something. */
export const knownBrowserOf = (c: Context<LocalEnv>, services: LocalServices) => ({
  state: readBrowserState(c) ?? '',
  visitor: visitorOf(c, services.trustedProxies),
})

/** Puts the session into the browser; one of the same organization has ended by then, and one of another stays beside it. */
export async function putSession(c: Context<LocalEnv>, services: LocalServices, signedIn: SignedIn): Promise<void> {
  await makeRoom(c, services, signedIn.organizationId)
  setSessionCookie(c, signedIn.token, signedIn.expiresAt, services.clock)
}

/** What a proof led to: the next step of signing in, or the session and the page that the person wanted. */
export async function showSignedIn(
  c: Context<LocalEnv>,
  services: LocalServices,
  outcome: Exclude<Completion, { kind: 'refused' }>,
): Promise<Response> {
  if (outcome.kind === 'pending') return c.redirect(`/login/continue?state=${outcome.state}`, 303)
  await putSession(c, services, outcome)
  return redirectOnward(c, outcome.returnTo)
}

/** Too many attempts, be there such a person or not. */
export async function renderRateLimited(c: Context<LocalEnv>, seconds: number): Promise<Response> {
  c.header('Retry-After', String(seconds))
  const minutes = Math.ceil(seconds / 60)
  const t = await wordsFor(c)
  const [title, advice] = [t('fault.too_many.title'), t('login.limited', { minutes })]
  const page = <ErrorPage title={title} advice={advice} reference={c.get('requestId')} />
  return renderPage(c, page, { status: 429 })
}

/** Only links that nobody made are counted, by address: whoever has one may look at it as often as they like. */
export async function refuseToken(
  c: Context<LocalEnv>,
  { database, trustedProxies }: LocalServices,
  render: () => Promise<Response>,
): Promise<Response> {
  const key = addressKey(clientAddress(c, trustedProxies))
  const seconds = await countAttempt(database, { limit: limits.invitationPerAddress, key })
  return seconds > 0 ? renderRateLimited(c, seconds) : render()
}

const evenMillis = 250

/** Does the work, and answers no sooner than the same work takes for anybody: not even its time tells who exists. */
export async function withMinimumDuration<T>(work: () => Promise<T>, isTelling: (result: T) => boolean): Promise<T> {
  const startedAt = performance.now()
  const result = await work()
  if (isTelling(result)) await sleep(Math.max(0, evenMillis - (performance.now() - startedAt)))
  return result
}
