// Sign-out that an application asks for (OpenID Connect RP-Initiated Logout 1.0). The person confirms; the Rolecall session
// ends, and with it every application's.

import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { Client, ClientReader } from '#access/applications/clients.ts'
import { loadSigningKeys, publicPart } from '#access/applications/signing-keys.ts'
import type { AppEnv } from '#http/env.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { readForm } from '#http/read-form.ts'
import { signOutHere } from '#http/session-ends.ts'
import { endBeside, type SessionBeside, sessionsBeside } from '#http/sessions-beside.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { useWords } from '#http/ui/reader.tsx'
import { invalid } from '#platform/errors.ts'
import { routes } from './configuration.ts'
import type { ProviderServices } from './engine.ts'

type Fields = Readonly<Record<string, string | undefined>>

/** The application that asked, and where the person goes on afterwards. */
type Asked = { client: Client | undefined; target: string | undefined; sessionId: string | undefined }

const confirmPath = `${routes.end_session}/confirm`

export function createLogout(
  services: ProviderServices,
  clients: ClientReader,
  session: MiddlewareHandler<AppEnv>,
): Hono<AppEnv> {
  const logout = new Hono<AppEnv>()
  logout.onError((error, c) => renderErrorPage(c, error))

  /** The session that the application means, where it is not the current one. */
  const besideOf = async (c: Context<AppEnv>, { sessionId }: Asked): Promise<SessionBeside | undefined> =>
    (await sessionsBeside(c, services)).find((session) => session.sessionId === sessionId)

  const ask = async (c: Context<AppEnv>, fields: Fields): Promise<Response> => {
    const asked = await readRequest(services, clients, fields)
    const beside = await besideOf(c, asked)
    if (c.get('session') === undefined && beside === undefined) return c.redirect(asked.target ?? '/signed-out', 303)
    const formAction = asked.target === undefined ? [] : [asked.target]
    return renderPage(c, <ConfirmPage {...{ ...asked, fields }} />, { formAction })
  }
  logout.get(routes.end_session, session, (c) => ask(c, queryOf(c)))
  // Applications may post their people here (§2); what they post ends nothing by itself.
  logout.post(routes.end_session, session, async (c) => ask(c, await readForm(c)))

  logout.post(confirmPath, session, requireSameOrigin({ origin: services.urls.origin }), async (c) => {
    const asked = await readRequest(services, clients, await readForm(c))
    const beside = await besideOf(c, asked)
    if (beside === undefined) await signOutHere(c, services)
    else await endBeside(c, services, [beside])
    return c.redirect(asked.target ?? '/signed-out', 303)
  })
  return logout
}

function queryOf(c: Context): Fields {
  const entries = Object.entries(c.req.queries())
  const twice = entries.find(([, values]) => values.length > 1)
  if (twice !== undefined) throw invalid(`The parameter ${twice[0]} must be given once`)
  return Object.fromEntries(entries.map(([name, [value]]) => [name, value]))
}

/** @throws AppError invalid */
async function readRequest(services: ProviderServices, clients: ClientReader, fields: Fields): Promise<Asked> {
  const { id_token_hint: hint, client_id: clientId, post_logout_redirect_uri: uri, state } = fields
  const told = hint === undefined || hint === '' ? undefined : await readHint(services, hint)
  const [audience, sessionId] = [told?.audience, told?.sessionId]
  if (audience !== undefined && clientId !== undefined && clientId !== '' && audience !== clientId)
    throw invalid('client_id is not the application that id_token_hint was issued to')
  const client = await clients.find(audience ?? clientId ?? '')
  if (uri === undefined || uri === '') return { client, target: undefined, sessionId }
  // Without a registered application to compare with, nobody is sent anywhere (§3).
  if (client?.postLogoutRedirectUris.includes(uri) !== true)
    throw invalid('post_logout_redirect_uri is not registered with the application')
  const target = new URL(uri)
  if (state !== undefined) target.searchParams.set('state', state)
  return { client, target: target.href, sessionId }
}

/** Whom the ID token was issued to, and in which session. It may have expired: it only says who asks, and for what. */
async function readHint(
  services: ProviderServices,
  hint: string,
): Promise<{ audience: string; sessionId: string | undefined }> {
  const keys = createLocalJWKSet({ keys: (await loadSigningKeys(services)).map(publicPart) })
  const verified = await jwtVerify(hint, keys, {
    issuer: services.urls.provider.issuer,
    algorithms: ['RS256', 'ES256'],
    currentDate: new Date(0),
  }).catch(() => undefined)
  if (typeof verified?.payload.aud !== 'string') throw invalid('id_token_hint is not an ID token of ours')
  const { aud: audience, sid } = verified.payload
  return { audience, sessionId: typeof sid === 'string' ? sid : undefined }
}

const carried = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'] as const

type ConfirmProps = Pick<Asked, 'client' | 'target'> & { fields: Fields }

const ConfirmPage = ({ client, target, fields }: ConfirmProps) => {
  const words = useWords()
  return (
    <CardPage
      title={words('signOut.title')}
      organization={client?.organization?.name}
      lead={client === undefined ? words('signOut.lead') : words('signOut.leadAsked', { application: client.name })}
    >
      <PostForm action={confirmPath} hidden={Object.fromEntries(carried.map((name) => [name, fields[name]]))}>
        <Buttons submit={words('signOut.submit')} back={target ?? '/account'} leave={words('signOut.stay')} />
      </PostForm>
    </CardPage>
  )
}
