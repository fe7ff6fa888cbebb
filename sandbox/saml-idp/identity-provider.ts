// An emulated SAML 2.0 identity provider (SAML Profiles §4.1 web browser SSO, §4.4 single logout), without its pages:
// what it answers to whom. Each step is a method of its own, so that a test can change what lies between two steps.
import type { Person } from '../sign-in/person.ts'
import { plainAttributes } from './attributes.ts'
import { encodePost, type ReceivedMessage, readRedirect, redirectUrl } from './bindings.ts'
import { createSigningKey, type SigningKey } from './keys.ts'
import { buildLogoutRequest, buildLogoutResponse } from './logout.ts'
import { buildMetadata } from './metadata.ts'
import { nameIdFormats, statusCodes } from './names.ts'
import { type AuthnRequest, type LogoutRequest, readAuthnRequest } from './requests.ts'
import {
  buildResponse,
  type NameId,
  newId,
  type ResponseOptions,
  type SamlAttribute,
  type SamlStatus,
} from './response.ts'
import { type SealOptions, sealResponse, signXml } from './sign.ts'

/** What the administrator of the identity provider enters about us. */
export type ServiceProvider = {
  entityId: string
  acsUrl: string
  sloUrl?: string
  /** PEM; needed when `settings.isEncrypting`. */
  encryptionCertificate?: string
  /** PEM; needed when `settings.wantsSignedRequests`. */
  requestCertificates?: readonly string[]
}

export type SamlSettings = {
  sign: { response: boolean; assertion: boolean }
  isEncrypting: boolean
  /** Algorithms and KeyInfo that differ from the defaults. */
  signature: Partial<Omit<SealOptions, 'key' | 'sign' | 'encrypt'>>
  wantsSignedRequests: boolean
  isSigningMetadata: boolean
  nameIdOf(person: Person): NameId
  attributesOf(person: Person): SamlAttribute[]
  /** Some products sign logout messages under another name than assertions. */
  logoutIssuer: string
}

export type SamlIdentityProviderOptions = {
  origin: string
  /** What the sign-in page calls it. */
  name?: string
  entityId?: string
  people: readonly Person[]
  key?: SigningKey
  serviceProviders?: readonly ServiceProvider[]
  settings?: Partial<SamlSettings>
  now?: () => Date
}

/** What the browser posts to the ACS. */
export type SamlAnswer = { acsUrl: string; samlResponse: string; relayState: string | undefined; xml: string }

/** Parts of the content that a test wants otherwise. */
export type Change = Partial<ResponseOptions>

type State = {
  name: string
  entityId: string
  urls: { metadata: string; sso: string; slo: string; start: string }
  people: Person[]
  /** The first one signs; metadata shows all. */
  keys: SigningKey[]
  settings: SamlSettings
  /** Everything that arrived at `/sso` and `/slo`, oldest first. */
  received: ReceivedMessage[]
  serviceProviders: ServiceProvider[]
  now: () => Date
}

export type SamlIdentityProvider = State & {
  /** Registers a service provider, in place of an earlier one of the same entity id. */
  trust(added: ServiceProvider): void
  /** The registered one of that entity id, or the first. @throws Error if there is none */
  serviceProvider(entityId?: string): ServiceProvider
  /** Metadata with all keys. */
  metadata(): string
  /** Reads an AuthnRequest and whom it is from. @throws Error if it is not to be answered */
  open(message: ReceivedMessage): { request: AuthnRequest; from: ServiceProvider }
  /** Step 1: the truthful content of a response, for `buildResponse`. */
  optionsFor(to: ServiceProvider, request: AuthnRequest | undefined, person: Person): ResponseOptions
  /** Step 2: signs and encrypts a response by the settings. */
  seal(xml: string, to?: ServiceProvider): string
  /** All steps, for a message of either binding. */
  respond(message: ReceivedMessage, person: Person, change?: Change): SamlAnswer
  /** All steps, for the address of an AuthnRequest (redirect binding). */
  respondTo(authnRequestUrl: string, person: Person, change?: Change): SamlAnswer
  /** All steps, without being asked (IdP-initiated). */
  unsolicited(person: Person, change?: Change & { relayState?: string }): SamlAnswer
  /** Answers that nobody was signed in: a status and no assertion. */
  refuse(message: ReceivedMessage, status?: SamlStatus): SamlAnswer
  /** A signed LogoutRequest of ours as an address at the service provider. */
  logoutRequestUrl(nameId: NameId, to?: { sessionIndexes?: readonly string[]; entityId?: string }): string
  /** A signed answer to a LogoutRequest as an address at the service provider. */
  logoutResponseUrl(request: LogoutRequest, relayState: string | undefined): string
}

const authnFailed: SamlStatus = { code: statusCodes.responder, subcode: statusCodes.authnFailed }

/** Makes the identity provider. `settings`, `keys` and `people` may be changed while it runs. */
export function createSamlIdentityProvider(options: SamlIdentityProviderOptions): SamlIdentityProvider {
  const state = stateOf(options)
  return Object.assign(state, {
    trust: (added: ServiceProvider) => trust(state, added),
    serviceProvider: (entityId?: string) => serviceProvider(state, entityId),
    metadata: () => metadata(state),
    open: (message: ReceivedMessage) => open(state, message),
    optionsFor: (to: ServiceProvider, request: AuthnRequest | undefined, person: Person) =>
      optionsFor(state, { to, request, person }),
    seal: (xml: string, to = serviceProvider(state)) => seal(state, xml, to),
    respond: (message: ReceivedMessage, person: Person, change?: Change) => respond(state, message, { person, change }),
    respondTo: (url: string, person: Person, change?: Change) => respond(state, readRedirect(url), { person, change }),
    unsolicited(person: Person, { relayState, ...change }: Change & { relayState?: string } = {}) {
      const to = serviceProvider(state)
      return answer(state, { to, relayState }, { ...optionsFor(state, { to, request: undefined, person }), ...change })
    },
    refuse: (message: ReceivedMessage, status = authnFailed) => refuse(state, message, status),
    logoutRequestUrl: (nameId: NameId, to: { sessionIndexes?: readonly string[]; entityId?: string } = {}) =>
      logoutRequestUrl(state, nameId, to),
    logoutResponseUrl: (request: LogoutRequest, relayState: string | undefined) =>
      logoutResponseUrl(state, request, relayState),
  })
}

function stateOf({ origin, ...options }: SamlIdentityProviderOptions): State {
  const urls = { metadata: `${origin}/metadata`, sso: `${origin}/sso`, slo: `${origin}/slo`, start: `${origin}/start` }
  const entityId = options.entityId ?? urls.metadata
  return {
    name: options.name ?? 'Emulated SAML provider',
    entityId,
    urls,
    people: [...options.people],
    keys: [options.key ?? createSigningKey()],
    settings: { ...defaultSettings(entityId), ...options.settings },
    received: [],
    serviceProviders: [...(options.serviceProviders ?? [])],
    now: options.now ?? (() => new Date()),
  }
}

const defaultSettings = (entityId: string): SamlSettings => ({
  sign: { response: true, assertion: true },
  isEncrypting: false,
  signature: {},
  wantsSignedRequests: false,
  isSigningMetadata: false,
  nameIdOf: (person) => ({ format: nameIdFormats.email, value: person.email }),
  attributesOf: plainAttributes,
  logoutIssuer: entityId,
})

function signingKey({ keys: [key] }: State): SigningKey {
  if (key === undefined) throw new Error('The identity provider has no key')
  return key
}

function trust({ serviceProviders }: State, added: ServiceProvider): void {
  const at = serviceProviders.findIndex((known) => known.entityId === added.entityId)
  if (at === -1) serviceProviders.push(added)
  else serviceProviders[at] = added
}

function serviceProvider({ serviceProviders }: State, entityId?: string): ServiceProvider {
  const found = serviceProviders.find((candidate) => entityId === undefined || candidate.entityId === entityId)
  if (found === undefined) throw new Error(`No service provider ${entityId ?? 'at all'} is registered here`)
  return found
}

function metadata(state: State): string {
  const { entityId, urls, keys, settings } = state
  const xml = buildMetadata({
    entityId,
    certificates: keys.map((key) => key.certificate),
    sso: { redirect: urls.sso, post: urls.sso },
    slo: { redirect: urls.slo, post: urls.slo },
    wantsSignedRequests: settings.wantsSignedRequests,
  })
  return settings.isSigningMetadata ? signXml(xml, ['EntityDescriptor'], { key: signingKey(state) }) : xml
}

function open(state: State, message: ReceivedMessage): { request: AuthnRequest; from: ServiceProvider } {
  const request = readAuthnRequest(message.xml)
  const from = serviceProvider(state, request.issuer)
  if (request.acsUrl !== undefined && request.acsUrl !== from.acsUrl)
    throw new Error(`${request.acsUrl} is not the registered assertion consumer service`)
  return { request, from }
}

type Occasion = { to: ServiceProvider; request: AuthnRequest | undefined; person: Person }

const optionsFor = ({ entityId, settings, now }: State, { to, request, person }: Occasion): ResponseOptions => ({
  issuer: entityId,
  acsUrl: to.acsUrl,
  audience: to.entityId,
  inResponseTo: request?.id ?? null,
  nameId: settings.nameIdOf(person),
  attributes: settings.attributesOf(person),
  sessionIndex: newId(),
  now: now(),
})

function seal(state: State, xml: string, to: ServiceProvider): string {
  const { sign, signature, isEncrypting } = state.settings
  const sealing = { key: signingKey(state), sign, ...signature }
  if (!isEncrypting) return sealResponse(xml, sealing)
  if (to.encryptionCertificate === undefined) throw new Error(`${to.entityId} has no certificate to encrypt for`)
  return sealResponse(xml, { ...sealing, encrypt: { certificate: to.encryptionCertificate } })
}

type Recipient = { to: ServiceProvider; relayState: string | undefined }

function answer(state: State, { to, relayState }: Recipient, content: ResponseOptions): SamlAnswer {
  const xml = seal(state, buildResponse(content), to)
  return { acsUrl: to.acsUrl, samlResponse: encodePost(xml), relayState, xml }
}

type Choice = { person: Person; change: Change | undefined }

function respond(state: State, message: ReceivedMessage, { person, change }: Choice): SamlAnswer {
  const { request, from } = open(state, message)
  const content = { ...optionsFor(state, { to: from, request, person }), ...change }
  return answer(state, { to: from, relayState: message.relayState }, content)
}

function refuse(state: State, message: ReceivedMessage, status: SamlStatus): SamlAnswer {
  const { request, from } = open(state, message)
  const content: ResponseOptions = {
    issuer: state.entityId,
    acsUrl: from.acsUrl,
    audience: from.entityId,
    inResponseTo: request.id,
    nameId: null,
    now: state.now(),
    status,
    response: { assertions: [] },
  }
  return answer(state, { to: from, relayState: message.relayState }, content)
}

function logoutRequestUrl(
  state: State,
  nameId: NameId,
  { sessionIndexes = [], entityId }: { sessionIndexes?: readonly string[]; entityId?: string },
): string {
  const destination = sloUrlOf(serviceProvider(state, entityId))
  const issuer = state.settings.logoutIssuer
  const xml = buildLogoutRequest({ issuer, destination, nameId, sessionIndexes, issueInstant: state.now() })
  return redirectUrl(destination, { parameter: 'SAMLRequest', xml, key: signingKey(state) })
}

function logoutResponseUrl(state: State, request: LogoutRequest, relayState: string | undefined): string {
  const destination = sloUrlOf(serviceProvider(state, request.issuer))
  const issuer = state.settings.logoutIssuer
  const xml = buildLogoutResponse({ issuer, destination, inResponseTo: request.id, issueInstant: state.now() })
  return redirectUrl(destination, { parameter: 'SAMLResponse', xml, relayState, key: signingKey(state) })
}

function sloUrlOf(to: ServiceProvider): string {
  if (to.sloUrl === undefined) throw new Error(`${to.entityId} has no address for single logout`)
  return to.sloUrl
}
