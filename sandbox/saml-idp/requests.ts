// Reads what a service provider sends: AuthnRequest (SAML Core §3.4.1), LogoutRequest and LogoutResponse (§3.7).
import { SignedXml } from 'xml-crypto'
import { findElement, findElements, parseXml, serializeXml, type XmlElement } from './xml.ts'

export type AuthnRequest = {
  id: string
  issuer: string
  destination: string | undefined
  acsUrl: string | undefined
  nameIdFormat: string | undefined
  isForced: boolean
  isPassive: boolean
  xml: string
}

export type LogoutRequest = {
  id: string
  issuer: string
  destination: string | undefined
  nameId: { format: string | undefined; value: string }
  sessionIndexes: string[]
  xml: string
}

export type LogoutResponse = { issuer: string; inResponseTo: string | undefined; statusCode: string; xml: string }

/** @throws Error if it is not an AuthnRequest with ID and Issuer. */
export function readAuthnRequest(xml: string): AuthnRequest {
  const root = rootOf(xml, 'AuthnRequest')
  const [policy] = findElements(root, 'NameIDPolicy')
  return {
    id: required(root, 'ID'),
    issuer: textOf(findElement(root, 'Issuer')),
    destination: optional(root, 'Destination'),
    acsUrl: optional(root, 'AssertionConsumerServiceURL'),
    nameIdFormat: policy === undefined ? undefined : optional(policy, 'Format'),
    isForced: isTrue(root, 'ForceAuthn'),
    isPassive: isTrue(root, 'IsPassive'),
    xml,
  }
}

/** @throws Error if it is not a LogoutRequest with ID, Issuer and NameID. */
export function readLogoutRequest(xml: string): LogoutRequest {
  const root = rootOf(xml, 'LogoutRequest')
  const nameId = findElement(root, 'NameID')
  return {
    id: required(root, 'ID'),
    issuer: textOf(findElement(root, 'Issuer')),
    destination: optional(root, 'Destination'),
    nameId: { format: optional(nameId, 'Format'), value: textOf(nameId) },
    sessionIndexes: findElements(root, 'SessionIndex').map(textOf),
    xml,
  }
}

/** @throws Error if it is not a LogoutResponse with Issuer and status. */
export function readLogoutResponse(xml: string): LogoutResponse {
  const root = rootOf(xml, 'LogoutResponse')
  return {
    issuer: textOf(findElement(root, 'Issuer')),
    inResponseTo: optional(root, 'InResponseTo'),
    statusCode: required(findElement(root, 'StatusCode'), 'Value'),
    xml,
  }
}

/** True if the first signature in the XML is valid under one of the certificates and covers the root element. */
export function isXmlSigned(xml: string, certificates: readonly string[]): boolean {
  const document = parseXml(xml)
  const [signature] = findElements(document, 'Signature')
  if (signature === undefined) return false
  const uris = findElements(signature, 'Reference').map((reference) => reference.getAttribute('URI'))
  const coversRoot = uris.length === 1 && uris[0] === `#${document.documentElement.getAttribute('ID')}`
  return coversRoot && certificates.some((certificate) => isValid(xml, signature, certificate))
}

function isValid(xml: string, signature: XmlElement, certificate: string): boolean {
  const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null })
  verifier.loadSignature(serializeXml(signature))
  try {
    return verifier.checkSignature(xml)
  } catch {
    // The library throws for a signature that does not fit as well as for one it cannot read.
    return false
  }
}

function rootOf(xml: string, localName: string): XmlElement {
  const root = parseXml(xml).documentElement
  if (root.localName !== localName) throw new Error(`This is a ${root.localName}, not a ${localName}`)
  return root
}

function required(node: XmlElement, name: string): string {
  const value = optional(node, name)
  if (value === undefined) throw new Error(`${node.localName} has no ${name}`)
  return value
}

const optional = (node: XmlElement, name: string): string | undefined =>
  node.hasAttribute(name) ? (node.getAttribute(name) ?? undefined) : undefined

const isTrue = (node: XmlElement, name: string): boolean => ['true', '1'].includes(optional(node, name) ?? '')

const textOf = (node: XmlElement): string => (node.textContent ?? '').trim()
