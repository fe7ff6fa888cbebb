// Reads the metadata of SAML identity providers (SAML Metadata 2.0): who they are, where they are, what they sign with.
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { AppError, invalid } from '#platform/errors.ts'
import type { SamlCertificate } from '../settings/settings.ts'
import { readCertificate } from './certificates.ts'
import { applicationMetadata, federationMetadata, otherThanMetadata } from './recognize.ts'
import { privateKeyIn } from './recognize-keys.ts'
import { isCutOff, unwrapped } from './unwrap.ts'

export type IdpMetadata = {
  entityId: string
  sso: { url: string; binding: 'redirect' | 'post' }
  slo: { url: string; responseUrl: string; binding: 'redirect' | 'post' } | null
  certificates: SamlCertificate[]
  /** Why others were left out, a sentence each: too weak, or not to be read. */
  skippedCertificates: string[]
  wantsSignedRequests: boolean
  /** When the document says that it runs out; null where it does not. */
  validUntil: string | null
}

const metadataNamespace = 'urn:oasis:names:tc:SAML:2.0:metadata'
const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#'
const bindings = new Map<string, 'redirect' | 'post'>([
  ['urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', 'redirect'],
  ['urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', 'post'],
])
const maxLength = 1_048_576
const maxElements = 20_000

type Endpoint = { url: string; responseUrl: string; binding: 'redirect' | 'post' }

type Entity = {
  entityId: string
  hasIdp: boolean
  hasSp: boolean
  hasFederation: boolean
  wantsSignedRequests: boolean
  validUntil: string | null
  sso: Endpoint[]
  slo: Endpoint[]
  certificates: string[]
}

export type MetadataOptions = {
  entityId?: string | undefined
  now: Date
  /** Where the text comes from, for what is said of it. */
  place?: 'field' | 'address'
}

/**
 * Reads metadata of one identity provider, out of whatever it was pasted in. Where the document has several, `entityId` says which.
 * @throws AppError invalid (reason `metadata`) saying what is missing or wrong; a DOCTYPE is refused
 */
export function readIdpMetadata(pasted: string, options: MetadataOptions): IdpMetadata {
  if (pasted.length > maxLength) throw wrong('The metadata is larger than 1 MB')
  const xml = unwrapped(pasted)
  const other = otherThanMetadata(privateKeyIn(pasted) === undefined ? xml : pasted, options.now, options.place)
  if (other !== undefined) throw wrong(other)
  if (isCutOff(xml))
    throw wrong('The metadata is cut off: its end is missing. Copy the whole of it, or enter its address')
  const entities = readEntities(xml)
  const providers = entities.filter(({ hasIdp }) => hasIdp)
  if (providers.length === 0 && entities.some(({ hasSp }) => hasSp)) throw wrong(applicationMetadata)
  if (providers.length === 0 && entities.some(({ hasFederation }) => hasFederation)) throw wrong(federationMetadata)
  const entity = choose(providers, options.entityId)
  if (entity.validUntil !== null && new Date(entity.validUntil) <= options.now)
    throw wrong(`The metadata ran out on ${entity.validUntil}`)
  const sso = preferred(entity.sso, 'redirect')
  if (sso === undefined) throw wrong('The metadata names no SingleSignOnService with the redirect or POST binding')
  const slo = preferred(entity.slo, 'redirect')
  const { certificates, skippedCertificates } = usable(entity.certificates)
  const { entityId, wantsSignedRequests, validUntil } = entity
  return {
    ...{ entityId, wantsSignedRequests, validUntil, certificates, skippedCertificates },
    sso: { url: sso.url, binding: sso.binding },
    slo: slo ?? null,
  }
}

function choose(providers: Entity[], entityId: string | undefined): Entity {
  const fitting = entityId === undefined ? providers : providers.filter((entity) => entity.entityId === entityId)
  const [first] = fitting
  if (first === undefined && entityId !== undefined) throw wrong(`The metadata has no identity provider ${entityId}`)
  if (first === undefined) throw wrong('The metadata describes no identity provider (IDPSSODescriptor)')
  if (fitting.length > 1)
    throw wrong(
      `The metadata has ${fitting.length} identity providers; say which: ${fitting
        .map((one) => one.entityId)
        .slice(0, 10)
        .join(', ')}`,
    )
  return first
}

const preferred = (endpoints: Endpoint[], binding: Endpoint['binding']): Endpoint | undefined =>
  endpoints.find((endpoint) => endpoint.binding === binding) ?? endpoints[0]

/** One that cannot be used does not keep the others from being: providers leave old ones in. @throws AppError invalid */
function usable(texts: readonly string[]): Pick<IdpMetadata, 'certificates' | 'skippedCertificates'> {
  const read = texts.map((text) => {
    try {
      return readCertificate(text, 'trusted')
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
  })
  const faults = read.filter((each) => each instanceof AppError)
  const certificates = unique(read.flatMap((each) => (each instanceof AppError ? [] : [each])))
  if (certificates.length === 0) throw faults[0] ?? wrong('The metadata holds no certificate for signing')
  return { certificates, skippedCertificates: [...new Set(faults.map(({ message }) => message))] }
}

const unique = (certificates: SamlCertificate[]): SamlCertificate[] => [
  ...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values(),
]

function readEntities(xml: string): Entity[] {
  const reader = new EntityReader()
  const parser = new SaxesParser({ xmlns: true })
  let elements = 0
  parser.on('doctype', () => {
    throw wrong('The metadata has a DOCTYPE, which is not accepted')
  })
  parser.on('error', (error) => {
    throw wrong(`The metadata is not well-formed XML: ${error.message.slice(0, 200)}`)
  })
  parser.on('opentag', (tag) => {
    elements += 1
    if (elements > maxElements) throw wrong('The metadata has too many elements')
    reader.open(tag)
  })
  parser.on('text', (text) => reader.text(text))
  parser.on('cdata', (text) => reader.text(text))
  parser.on('closetag', (tag) => reader.close(tag))
  parser.write(xml).close()
  return reader.entities
}

/** Follows the document: entity, role, key, endpoint; whatever else there is passes by. */
class EntityReader {
  readonly entities: Entity[] = []
  readonly #path: string[] = []
  #entity: Entity | undefined
  #isSigningKey = false
  #certificate: string | undefined
  #groupValidUntil: string | null = null

  open(tag: SaxesTagNS): void {
    this.#path.push(`${tag.uri} ${tag.local}`)
    if (tag.uri === signatureNamespace) this.#openSignature(tag)
    if (tag.uri !== metadataNamespace) return
    if (tag.local === 'EntitiesDescriptor')
      this.#groupValidUntil = attribute(tag, 'validUntil') ?? this.#groupValidUntil
    if (tag.local === 'EntityDescriptor') this.#openEntity(tag)
    if (this.#entity === undefined) return
    if (tag.local === 'SPSSODescriptor') this.#entity.hasSp = true
    if (tag.local === 'RoleDescriptor') this.#entity.hasFederation = true
    if (tag.local === 'IDPSSODescriptor') {
      this.#entity.hasIdp = true
      this.#entity.wantsSignedRequests = ['true', '1'].includes(attribute(tag, 'WantAuthnRequestsSigned') ?? '')
    }
    if (!this.#isInside('IDPSSODescriptor')) return
    if (tag.local === 'KeyDescriptor') this.#isSigningKey = attribute(tag, 'use') !== 'encryption'
    if (tag.local === 'SingleSignOnService') this.#entity.sso.push(...endpoint(tag))
    if (tag.local === 'SingleLogoutService') this.#entity.slo.push(...endpoint(tag))
  }

  #openEntity(tag: SaxesTagNS): void {
    this.#entity = {
      entityId: attribute(tag, 'entityID') ?? '',
      hasIdp: false,
      hasSp: false,
      hasFederation: false,
      wantsSignedRequests: false,
      validUntil: attribute(tag, 'validUntil') ?? this.#groupValidUntil,
      sso: [],
      slo: [],
      certificates: [],
    }
  }

  #openSignature(tag: SaxesTagNS): void {
    const isOfKey = this.#isInside('IDPSSODescriptor') && this.#isInside('KeyDescriptor') && this.#isSigningKey
    if (tag.local === 'X509Certificate' && isOfKey) this.#certificate = ''
  }

  text(text: string): void {
    if (this.#certificate !== undefined) this.#certificate += text
  }

  close(tag: SaxesTagNS): void {
    this.#path.pop()
    if (tag.local === 'X509Certificate' && this.#certificate !== undefined) {
      this.#entity?.certificates.push(this.#certificate)
      this.#certificate = undefined
    }
    if (tag.uri === metadataNamespace && tag.local === 'EntityDescriptor' && this.#entity !== undefined) {
      if (this.#entity.entityId === '') throw wrong('An EntityDescriptor has no entityID')
      this.entities.push(this.#entity)
      this.#entity = undefined
    }
  }

  #isInside(local: string): boolean {
    return this.#path.includes(`${metadataNamespace} ${local}`)
  }
}

const attribute = (tag: SaxesTagNS, name: string): string | undefined => tag.attributes[name]?.value

function endpoint(tag: SaxesTagNS): Endpoint[] {
  const binding = bindings.get(attribute(tag, 'Binding') ?? '')
  const url = attribute(tag, 'Location')
  if (binding === undefined || url === undefined) return []
  return [{ url, responseUrl: attribute(tag, 'ResponseLocation') ?? url, binding }]
}

const wrong = (message: string) => invalid(message, 'metadata')
