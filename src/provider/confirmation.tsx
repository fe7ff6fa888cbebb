// A program on a device asks to sign somebody in. Whoever made it, another program can do the same in its name, so the person
// says that it is theirs (RFC 8252 §8.6); the request then goes on in that session and in no other.

import { type Context, Hono, type MiddlewareHandler } from 'hono'
import {
  confirmationPath,
  confirmWaitingRequest,
  continuationPath,
  findWaitingRequest,
  type WaitingRequest,
} from '#access/applications/authorization-requests.ts'
import type { Client, ClientReader } from '#access/applications/clients.ts'
import { findUserClaims } from '#access/applications/user-claims.ts'
import type { BrowserSession } from '#access/sign-in/sessions/resolve-session.ts'
import type { AppEnv } from '#http/env.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { sessionOf } from '#http/session.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { useWords } from '#http/ui/reader.tsx'
import { notFound } from '#platform/errors.ts'
import type { ProviderServices } from './engine.ts'

export type ConfirmationParts = {
  clients: ClientReader
  session: MiddlewareHandler<AppEnv>
  /** Sets the session that a request means, of those in the browser. */
  choose(c: Context<AppEnv>, params: WaitingRequest['params']): Promise<void>
}

export function createConfirmation(
  services: ProviderServices,
  { clients, session, choose }: ConfirmationParts,
): Hono<AppEnv> {
  const confirmation = new Hono<AppEnv>()
  confirmation.onError((error, c) => renderErrorPage(c, error))
  const path = confirmationPath(':uid')
  const uidOf = (c: Context<AppEnv>): string => c.req.param('uid') ?? ''

  confirmation.get(path, session, async (c) => {
    if (c.get('session') === undefined) return signInFirst(c)
    const asked = await readAsked(services, clients, uidOf(c))
    await choose(c, asked.waiting.params)
    const person = sessionOf(c)
    const formAction = [asked.waiting.params['redirect_uri'] ?? '']
    const organization = (await clients.served(asked.client, person.organizationId))?.name
    const who = await nameOf(services, person)
    return renderPage(c, <ConfirmPage {...{ ...asked, organization, who }} />, { formAction })
  })

  confirmation.post(path, session, requireSameOrigin({ origin: services.urls.origin }), async (c) => {
    if (c.get('session') === undefined) return signInFirst(c)
    const { uid, waiting } = await readAsked(services, clients, uidOf(c))
    await choose(c, waiting.params)
    const person = sessionOf(c)
    await confirmWaitingRequest(services.database, uid, { ...waiting, confirmedBy: person.sessionId })
    return c.redirect(continuationPath(uid), 303)
  })
  return confirmation
}

const signInFirst = (c: Context<AppEnv>): Response =>
  c.redirect(`/login?return_to=${encodeURIComponent(c.req.path)}`, 303)

type Asked = { uid: string; client: Client; waiting: WaitingRequest; refusal: string }

/** @throws AppError not_found for what waited too long, or is not there any more */
async function readAsked({ database, urls }: ProviderServices, clients: ClientReader, uid: string): Promise<Asked> {
  const waiting = await findWaitingRequest(database, uid)
  const client = await clients.find(waiting?.params['client_id'] ?? '')
  if (waiting === undefined || client === undefined) throw notFound('Sign-in')
  const { redirect_uri: target = '', state } = waiting.params
  // The address was checked before the request began to wait.
  const refusal = new URL(target)
  const said = { error: 'access_denied', iss: urls.provider.issuer, ...(state === undefined ? {} : { state }) }
  for (const [name, value] of Object.entries(said)) refusal.searchParams.set(name, value)
  return { uid, client, waiting, refusal: refusal.href }
}

async function nameOf(services: ProviderServices, person: Pick<BrowserSession, 'organizationId' | 'userId'>) {
  return (await findUserClaims(services, person))?.preferred_username ?? person.userId
}

type ConfirmProps = Asked & { organization: string | undefined; who: string }

const ConfirmPage = ({ uid, client, organization, refusal, who }: ConfirmProps) => {
  const words = useWords()
  const application = client.name
  return (
    <CardPage
      title={words('goOn.title', { application })}
      organization={organization}
      lead={words('goOn.lead', { application, who })}
    >
      <PostForm action={confirmationPath(uid)}>
        <Buttons submit={words('frame.continue')} back={refusal} leave={words('device.refuse')} />
      </PostForm>
    </CardPage>
  )
}
