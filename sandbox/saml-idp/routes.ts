// The pages and endpoints of the emulated SAML identity provider. They work without script.
import { type Context, Hono } from 'hono'
import { autoSubmitPage, escapeHtml, htmlPage, respondWith, signInPage } from '../sign-in/page.ts'
import { findPerson } from '../sign-in/person.ts'
import { encodePost, isRedirectSigned, type ReceivedMessage, readPost, readRedirect } from './bindings.ts'
import type { SamlAnswer, SamlIdentityProvider } from './identity-provider.ts'
import { statusCodes } from './names.ts'
import { isXmlSigned, readLogoutRequest, readLogoutResponse } from './requests.ts'

const noPassive = { code: statusCodes.responder, subcode: statusCodes.noPassive }

/** A Hono application with /metadata, /sso, /slo and /start (sign-in that nobody asked for). */
export function createSamlRoutes(idp: SamlIdentityProvider): Hono {
  const app = new Hono()
  app.get('/metadata', (c) => c.body(idp.metadata(), 200, { 'content-type': 'application/samlmetadata+xml' }))

  app.get('/sso', (c) => askWho(idp, readRedirect(c.req.url), (from) => isRedirectSigned(c.req.url, from)))
  app.post('/sso', async (c) => {
    const form = await formOf(c)
    const message = readPost(form)
    const person = form.get('person')
    if (person === null) return askWho(idp, message, (from) => isXmlSigned(message.xml, from))
    const answer = person === '' ? idp.refuse(message) : idp.respond(message, findPerson(idp.people, person))
    return post(answer)
  })

  app.get('/start', () =>
    respondWith(signInPage({ provider: idp.name, people: idp.people, action: '/start', fields: {} })),
  )
  app.post('/start', async (c) => {
    const person = findPerson(idp.people, (await formOf(c)).get('person') ?? '')
    return post(idp.unsolicited(person))
  })

  app.get('/slo', (c) => logOut(c, idp, readRedirect(c.req.url)))
  app.post('/slo', async (c) => logOut(c, idp, readPost(await formOf(c))))

  app.onError((error) => {
    const page = htmlPage('This request is not answered', `<p>${escapeHtml(error.message)}</p>`)
    return respondWith(page, 400)
  })
  return app
}

/** The sign-in page. Its form is the message in the POST binding again, and the person. */
function askWho(idp: SamlIdentityProvider, message: ReceivedMessage, isSignedBy: (from: readonly string[]) => boolean) {
  idp.received.push(message)
  const { request, from } = idp.open(message)
  if (idp.settings.wantsSignedRequests && !isSignedBy(from.requestCertificates ?? []))
    throw new Error('The request is not signed by the service provider')
  // Nobody is ever signed in here already, so a passive request has one answer.
  if (request.isPassive) return post(idp.refuse(message, noPassive))
  const fields = { SAMLRequest: encodePost(message.xml), RelayState: message.relayState }
  const page = { provider: idp.name, people: idp.people, action: '/sso', fields, isRefusable: true }
  return respondWith(signInPage(page))
}

function logOut(c: Context, idp: SamlIdentityProvider, message: ReceivedMessage): Response {
  idp.received.push(message)
  if (message.parameter === 'SAMLRequest')
    return c.redirect(idp.logoutResponseUrl(readLogoutRequest(message.xml), message.relayState), 302)
  const isDone = readLogoutResponse(message.xml).statusCode === statusCodes.success
  return respondWith(htmlPage(isDone ? 'Signed out' : 'Signed out here, but not everywhere', ''))
}

const post = ({ acsUrl, samlResponse, relayState }: SamlAnswer): Response =>
  respondWith(autoSubmitPage(acsUrl, { SAMLResponse: samlResponse, RelayState: relayState }))

const formOf = async (c: Context): Promise<URLSearchParams> => new URLSearchParams(await c.req.text())
