// The pages by which a person lets a device in (RFC 8628 §3.3). Whoever sends somebody a code gets to be them (§5.4), so that a code in
// a link only fills in the form, and the page before the last names the application and shows the code once more.
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { ClientReader } from '#access/applications/clients.ts'
import { findUserClaims } from '#access/applications/user-claims.ts'
import { addressKey, type Counted, countAttempt, forgiveAttempt } from '#access/ground/count-attempts.ts'
import type { BrowserSession } from '#access/sign-in/sessions/resolve-session.ts'
import { clientAddress } from '#http/client-address.ts'
import type { AppEnv } from '#http/env.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { AppError } from '#platform/errors.ts'
import { routes } from './configuration.ts'
import { CodePage, ConfirmPage, DonePage } from './device-pages.tsx'
import type { ProviderServices } from './engine.ts'
import type { DeviceStep } from './visits.ts'

const path = routes.code_verification

const perPerson = { name: 'device-code.user', attempts: 20, windowSeconds: 900 }
const perAddress = { name: 'device-code.address', attempts: 60, windowSeconds: 900 }
const newPerAddress = { name: 'device.address', attempts: 120, windowSeconds: 900 }

/** @throws AppError too_many */
async function count(services: ProviderServices, ...counted: Counted[]): Promise<void> {
  const seconds = await countAttempt(services.database, ...counted)
  if (seconds > 0) throw new AppError('too_many', 'Too many codes were tried', { retryAfterSeconds: seconds })
}

export type DeviceParts = {
  clients: ClientReader
  session: MiddlewareHandler<AppEnv>
  /** Lets oidc-provider answer. @returns what came of the code, or its own answer */
  pass(c: Context<AppEnv>): Promise<DeviceStep | Response>
}

export function createDevice(services: ProviderServices, { clients, session, pass }: DeviceParts): Hono<AppEnv> {
  const device = new Hono<AppEnv>()
  device.onError((error, c) => renderErrorPage(c, error))
  const addressOf = (c: Context<AppEnv>): string => addressKey(clientAddress(c, services.trustedProxies))

  device.post(routes.device_authorization, async (c) => {
    const seconds = await countAttempt(services.database, { limit: newPerAddress, key: addressOf(c) })
    if (seconds === 0) return (await pass(c)) as Response
    return c.json({ error: 'temporarily_unavailable' }, 429, { 'Retry-After': String(seconds) })
  })

  device.get(path, session, (c) => {
    if (c.get('session') === undefined) return signInFirst(c)
    return renderPage(c, <CodePage code={c.req.query('user_code')?.slice(0, 40)} />)
  })

  device.post(path, session, requireSameOrigin({ origin: services.urls.origin }), async (c) => {
    const person = c.get('session')
    if (person === undefined) return signInFirst(c)
    const counted = [
      { limit: perPerson, key: person.userId },
      { limit: perAddress, key: addressOf(c) },
    ]
    await count(services, ...counted)
    const step = await pass(c)
    if (step instanceof Response) return step
    const shown = await pageOf(services, clients, { step, person })
    if (shown.isRight) await forgiveAttempt(services.database, ...counted)
    return renderPage(c, shown.page)
  })
  return device
}

const signInFirst = (c: Context<AppEnv>): Response => {
  const code = c.req.query('user_code')
  const back = code === undefined ? path : `${path}?user_code=${encodeURIComponent(code.slice(0, 40))}`
  return c.redirect(`/login?return_to=${encodeURIComponent(back)}`, 303)
}

async function pageOf(
  services: ProviderServices,
  clients: ClientReader,
  { step, person }: { step: DeviceStep; person: BrowserSession },
) {
  if (step.step === 'again' && step.problem === 'refused') return { isRight: true, page: <DonePage name={undefined} /> }
  const client = step.step === 'again' ? undefined : await clients.find(step.clientId)
  // What waits for another organization is as unknown as what does not wait at all.
  const organization = client === undefined ? undefined : await clients.served(client, person.organizationId)
  if (client === undefined || step.step === 'again' || organization === undefined)
    return { isRight: false, page: <CodePage isUnknown /> }
  if (step.step === 'done') return { isRight: true, page: <DonePage name={client.name} /> }
  const who = (await findUserClaims(services, person))?.preferred_username ?? person.userId
  return {
    isRight: true,
    page: <ConfirmPage {...{ client, organization: organization.name, who, userCode: step.userCode }} />,
  }
}
