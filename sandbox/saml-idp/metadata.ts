// Identity provider metadata as unsigned XML (SAML Metadata §2). Sign it with `signXml(xml, ['EntityDescriptor'], …)`.
import { certificateText } from './keys.ts'
import { bindings, nameIdFormats, namespaces } from './names.ts'
import { instant, type Moment, newId } from './response.ts'
import { element, escapeXml } from './xml.ts'

type Endpoints = { redirect?: string; post?: string }

export type MetadataOptions = {
  entityId: string
  /** Signing certificates (PEM): one, or several during a change of keys. */
  certificates: readonly string[]
  sso: Endpoints
  slo?: Endpoints
  nameIdFormats?: readonly string[]
  wantsSignedRequests?: boolean
  validUntil?: Moment | null
  id?: string
}

/** One EntityDescriptor with an IDPSSODescriptor. */
export function buildMetadata(options: MetadataOptions): string {
  const descriptor = element(
    'md:IDPSSODescriptor',
    {
      WantAuthnRequestsSigned: String(options.wantsSignedRequests ?? false),
      protocolSupportEnumeration: namespaces.protocol,
    },
    ...options.certificates.map(keyDescriptor),
    ...endpoints('md:SingleLogoutService', options.slo ?? {}),
    ...(options.nameIdFormats ?? [nameIdFormats.email]).map((one) => element('md:NameIDFormat', {}, escapeXml(one))),
    ...endpoints('md:SingleSignOnService', options.sso),
  )
  const attributes = { ...envelope(options), entityID: options.entityId }
  return element('md:EntityDescriptor', attributes, descriptor)
}

/** Several entities in one document, as federations publish them. */
export const buildEntitiesDescriptor = (
  entities: readonly string[],
  options: { name?: string; id?: string; validUntil?: Moment | null } = {},
): string => element('md:EntitiesDescriptor', { ...envelope(options), Name: options.name }, ...entities)

const envelope = (options: { id?: string; validUntil?: Moment | null }) => ({
  'xmlns:md': namespaces.metadata,
  ID: options.id ?? newId(),
  validUntil: instant(options.validUntil ?? null),
})

function keyDescriptor(certificate: string): string {
  const data = element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificateText(certificate)))
  return element(
    'md:KeyDescriptor',
    { use: 'signing' },
    element('ds:KeyInfo', { 'xmlns:ds': namespaces.signature }, data),
  )
}

const endpoints = (name: string, { redirect, post }: Endpoints): string[] => [
  ...(redirect === undefined ? [] : [element(name, { Binding: bindings.redirect, Location: redirect })]),
  ...(post === undefined ? [] : [element(name, { Binding: bindings.post, Location: post })]),
]
