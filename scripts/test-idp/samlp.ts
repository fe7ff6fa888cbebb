// samlp, the library under Auth0's SAML, as a provider that signs people in: Express middleware around a form with a password.
import { randomUUID } from 'node:crypto'
import { createSigningKey, type SigningKey } from '#sandbox/saml-idp/keys.ts'
import { installNpm } from '../foreign-packages.ts'
import {
  type Express,
  type ExpressApp,
  type ExpressRequest,
  expressPackage,
  type Handler,
  serveExpress,
} from './express.ts'
import type { Peer } from './peer.ts'
import { connectSaml, type SamlConnection, signatureChecks } from './saml-upstream.ts'
import { createTenant } from './tenant.ts'
import { deactivationCheck, type Upstream, upstreamChecks } from './upstream.ts'
import { walk, withPassword } from './walk.ts'

const version = '8.0.0'
const email = 'ada@samlp.example.com'
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const attributes = { email, firstName: 'Ada', lastName: 'Brook', groups: ['Everyone', 'Editors'] }

type Samlp = Record<'auth' | 'logout' | 'metadata', (options: object) => Handler>
type SessionParticipants = { default: new (known: object[]) => object }
type Session = { default: (options: object) => Handler }

type Libraries = { express: Express; session: Session; samlp: Samlp; participants: SessionParticipants }

export const samlp: Peer = {
  name: 'samlp',
  title: 'samlp as SAML provider',
  async start(rolecall) {
    const load = installNpm([`samlp@${version}`, expressPackage, 'express-session@1.19.0'])
    const libraries = {
      express: (await load('express')) as Express,
      session: (await load('express-session')) as Session,
      samlp: (await load('samlp')) as Samlp,
      participants: (await load('samlp/lib/sessionParticipants/index.js')) as SessionParticipants,
    }
    const signed = { response: true, assertion: true }
    const key = createSigningKey({ commonName: 'samlp.example.com' })
    const tenant = await createTenant(rolecall, 'samlp', 'samlp.example.com')
    let connection: SamlConnection | undefined
    const { origin, close } = await serveExpress(libraries.express, async (app, own) =>
      addRoutes(app, libraries, { key, own, signed, connectionOf: () => connection }),
    )
    try {
      connection = await connectSaml(tenant, `${origin}/metadata`)
      const upstream: Upstream = {
        ...{ tenant, startUrl: connection.startUrl, userName: email, group: 'Editors', isToldOfLogout: true },
        enter: () => withPassword('ada', 'secret'),
        signOutThere: async (browser) => void (await walk(browser, `${origin}/slo`)),
      }
      const sign = (now: typeof signed): void => void Object.assign(signed, now)
      return {
        version,
        checks: [...upstreamChecks(upstream), ...signatureChecks(upstream, sign), deactivationCheck(upstream)],
        lastWords: tenant.lastAttempts,
        stop: close,
      }
    } catch (error) {
      await close()
      throw error
    }
  },
}

type Scene = {
  key: SigningKey
  own: string
  signed: { response: boolean; assertion: boolean }
  connectionOf(): SamlConnection | undefined
}

function addRoutes(app: ExpressApp, { express, session, samlp, participants }: Libraries, scene: Scene): void {
  const { key, own, signed, connectionOf } = scene
  const general = { issuer: `${own}/metadata`, cert: key.certificate, key: key.privateKey }
  const signingCert = (): string => pem(connectionOf()?.certificate ?? '')
  app.use(express.default.urlencoded({ extended: false }))
  app.use(session.default({ secret: 'for-tests-alone', resave: false, saveUninitialized: false }))
  app.get(
    '/metadata',
    samlp.metadata({
      ...general,
      redirectEndpointPath: '/sso',
      postEndpointPath: '/sso',
      logoutEndpointPaths: { redirect: '/slo' },
    }),
  )
  const signIn: Handler = (request, response, next) => {
    if (request.session['user'] === undefined) {
      response.send(form(request))
      return
    }
    const sessionIndex = randomUUID()
    request.session['participants'] = [
      {
        ...{ serviceProviderId: connectionOf()?.entityId, nameId: email, nameIdFormat: emailFormat, sessionIndex },
        ...{ serviceProviderLogoutURL: connectionOf()?.sloUrl, cert: signingCert(), binding: redirectBinding },
      },
    ]
    samlp.auth({
      ...{ ...general, sessionIndex, signingCert: signingCert(), recipient: connectionOf()?.acsUrl },
      ...{ destination: connectionOf()?.acsUrl, signResponse: signed.response, signAssertion: signed.assertion },
      getUserFromRequest: () => attributes,
      profileMapper: () => ({
        getClaims: () => attributes,
        getNameIdentifier: () => ({ nameIdentifier: email, nameIdentifierFormat: emailFormat }),
      }),
      getPostURL: (_audience: string, _request: unknown, _http: unknown, done: (error: null, url?: string) => void) =>
        done(null, connectionOf()?.acsUrl),
    })(request, response, next)
  }
  app.get('/sso', signIn)
  app.post('/sso', (request, response, next) => {
    if (request.body['username'] === 'ada' && request.body['password'] === 'secret') request.session['user'] = 'ada'
    signIn(request, response, next)
  })
  app.get('/slo', (request, response, next) =>
    samlp.logout({
      ...{ ...general, deflate: true, protocolBinding: redirectBinding },
      sessionParticipants: new participants.default((request.session['participants'] as object[] | undefined) ?? []),
      clearIdPSession(done: () => void) {
        delete request.session['user']
        done()
      },
    })(request, response, next),
  )
}

const form = ({ originalUrl }: ExpressRequest): string =>
  `<form method="post" action="${originalUrl.replaceAll('&', '&amp;')}"><input name="username" value=""><input name="password" type="password" value=""></form>`

const pem = (base64: string): string => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`
