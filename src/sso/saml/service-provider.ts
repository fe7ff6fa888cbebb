// What we say as a SAML service provider: metadata, AuthnRequest, LogoutRequest and LogoutResponse, signed with the
// connection's own key.

import { createSign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { SAML } from '@node-saml/node-saml'
import { SignedXml } from 'xml-crypto'
import type { NameId } from '#access/sign-in/sessions/name-id.ts'
import { presets } from '#connections/providers/providers.ts'
import { toPem } from '#connections/saml/certificates.ts'
import { openConnectionSecret, type SamlConnection } from '#connections/sign-in/connections.ts'
import type { Outgoing } from '#http/leave.tsx'
import type { ConnectionUrls } from '#platform/urls.ts'
import type { CallContext } from '#src/context.ts'
import {
  assertionNamespace,
  contentEncryptions,
  encryptionNamespace,
  envelopedSignature,
  exclusiveCanonicalization,
  keyTransports,
  legacyEncryptions,
  protocolNamespace,
  rsaSha256,
  successStatus,
} from './names.ts'

export type Party = { connection: SamlConnection; urls: ConnectionUrls; privateKey: string }

export const partyOf = (ctx: CallContext, connection: SamlConnection, urls: ConnectionUrls): Party => ({
  connection,
  urls,
  privateKey: openConnectionSecret(ctx, connection) ?? '',
})

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)

/** An ID as SAML wants it: an NCName, so it begins with no digit (Entra insists). */
export const newMessageId = (ctx: Pick<CallContext, 'randomBytes'>): string => `_${ctx.randomBytes(20).toString('hex')}`

/** Metadata of us as this connection's service provider (SAML Metadata 2.4.4). */
export function serviceProviderMetadata({ connection, urls }: Pick<Party, 'connection' | 'urls'>): string {
  const { spCertificate, nameIdFormat, signsRequests } = connection.settings
  const key = (use: string): string =>
    `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${spCertificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${
      use === 'encryption' ? encryptionMethods(connection.settings.isCbcAllowed === true) : ''
    }</md:KeyDescriptor>`
  const encryptionKey = presets[connection.preset].saml.getsEncryptionKey === false ? '' : key('encryption')
  const slo = ['Redirect', 'POST'].map(
    (binding) =>
      `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${binding}" Location="${escapeXml(urls.sloUrl)}"/>`,
  )
  const format = nameIdFormat === null ? '' : `<md:NameIDFormat>${escapeXml(nameIdFormat)}</md:NameIDFormat>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${escapeXml(urls.entityId)}"><md:SPSSODescriptor AuthnRequestsSigned="${signsRequests}" WantAssertionsSigned="true" protocolSupportEnumeration="${protocolNamespace}">${key('signing')}${encryptionKey}${slo.join('')}${format}<md:AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${escapeXml(urls.acsUrl)}"/></md:SPSSODescriptor></md:EntityDescriptor>`
}

/** What can be decrypted here, the best first. */
const encryptionMethods = (isCbcAllowed: boolean): string =>
  [...contentEncryptions.keys(), ...(isCbcAllowed ? legacyEncryptions.keys() : []), ...keyTransports]
    .map((algorithm) => `<md:EncryptionMethod Algorithm="${algorithm}"/>`)
    .join('')

/** The request to sign somebody in, by the binding that the provider has. */
export async function authnRequest(party: Party, options: { id: string; forceAuthn: boolean }): Promise<Outgoing> {
  const { connection, urls, privateKey } = party
  const { sso, signsRequests, nameIdFormat } = connection.settings
  const saml = new SAML({
    callbackUrl: urls.acsUrl,
    entryPoint: sso.url,
    issuer: urls.entityId,
    idpCert: 'unused',
    identifierFormat: nameIdFormat,
    disableRequestedAuthnContext: true,
    forceAuthn: options.forceAuthn,
    generateUniqueId: () => options.id,
    // Only the redirect binding deflates (SAML Bindings 3.4.4.1).
    skipRequestCompression: sso.binding === 'post',
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    ...(signsRequests ? { privateKey } : {}),
  })
  if (sso.binding === 'redirect') return { kind: 'redirect', url: await saml.getAuthorizeUrlAsync('', undefined, {}) }
  const message = await saml.getAuthorizeMessageAsync('')
  return {
    kind: 'post',
    url: sso.url,
    fields: Object.fromEntries(Object.entries(message).map(([name, value]) => [name, String(value)])),
  }
}

/** The request to end the person's session at the provider too; undefined where the provider takes none. */
export function logoutRequest(
  party: Party,
  options: { id: string; now: Date; nameId: NameId; sessionIndex: string | null; relayState: string },
): Outgoing | undefined {
  const { connection, urls } = party
  const { slo } = connection.settings
  if (slo === null) return undefined
  const index =
    options.sessionIndex === null ? '' : `<samlp:SessionIndex>${escapeXml(options.sessionIndex)}</samlp:SessionIndex>`
  const until = new Date(options.now.getTime() + 5 * 60_000).toISOString()
  const xml = `<samlp:LogoutRequest xmlns:samlp="${protocolNamespace}" xmlns:saml="${assertionNamespace}" ID="${options.id}" Version="2.0" IssueInstant="${options.now.toISOString()}" NotOnOrAfter="${until}" Destination="${escapeXml(slo.url)}"><saml:Issuer>${escapeXml(urls.entityId)}</saml:Issuer>${nameIdXml(options.nameId)}${index}</samlp:LogoutRequest>`
  return signed(party, { to: slo.url, name: 'SAMLRequest', xml, relayState: options.relayState }, slo.binding)
}

/** The person as the provider named them: with the format and the qualifiers that it gave (SAML Core 3.3.4, 8.3.7). */
function nameIdXml({ value, format, nameQualifier, spNameQualifier }: NameId): string {
  const attributes = Object.entries({
    ...{ Format: format, NameQualifier: nameQualifier, SPNameQualifier: spNameQualifier },
  }).map(([name, text]) => (text === null ? '' : ` ${name}="${escapeXml(text)}"`))
  return `<saml:NameID${attributes.join('')}>${escapeXml(value)}</saml:NameID>`
}

/** The answer to a provider's request that was carried out; undefined where the provider takes none. */
export function logoutResponse(
  party: Party,
  options: { id: string; now: Date; inResponseTo: string; relayState: string | null },
): Outgoing | undefined {
  const { connection, urls } = party
  const { slo } = connection.settings
  if (slo === null) return undefined
  const xml = `<samlp:LogoutResponse xmlns:samlp="${protocolNamespace}" xmlns:saml="${assertionNamespace}" ID="${options.id}" Version="2.0" IssueInstant="${options.now.toISOString()}" Destination="${escapeXml(slo.responseUrl)}" InResponseTo="${escapeXml(options.inResponseTo)}"><saml:Issuer>${escapeXml(urls.entityId)}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${successStatus}"/></samlp:Status></samlp:LogoutResponse>`
  return signed(party, { to: slo.responseUrl, name: 'SAMLResponse', xml, relayState: options.relayState }, slo.binding)
}

type Message = { to: string; name: 'SAMLRequest' | 'SAMLResponse'; xml: string; relayState: string | null }

const signed = (party: Party, message: Message, binding: 'redirect' | 'post'): Outgoing =>
  binding === 'redirect'
    ? { kind: 'redirect', url: signedRedirect(party, message) }
    : { kind: 'post', url: message.to, fields: signedForm(party, message) }

/** The redirect binding with its signature over the query (SAML Bindings 3.4.4.1). */
function signedRedirect({ privateKey }: Party, { to, name, xml, relayState }: Message): string {
  const pairs = [
    [name, deflateRawSync(xml).toString('base64')],
    ...(relayState === null ? [] : [['RelayState', relayState]]),
    ['SigAlg', rsaSha256],
  ] as [string, string][]
  const query = pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')
  const signature = createSign('RSA-SHA256').update(query).sign(privateKey, 'base64')
  return `${to}${to.includes('?') ? '&' : '?'}${query}&Signature=${encodeURIComponent(signature)}`
}

/** The POST binding with its signature in the message, after the issuer (SAML Bindings 3.5.4, Core 5.4). */
function signedForm({ connection, privateKey }: Party, { name, xml, relayState }: Message): Record<string, string> {
  const signer = new SignedXml({
    privateKey,
    publicCert: toPem(connection.settings.spCertificate),
    signatureAlgorithm: rsaSha256,
    canonicalizationAlgorithm: exclusiveCanonicalization,
  })
  signer.addReference({
    xpath: '/*',
    transforms: [envelopedSignature, exclusiveCanonicalization],
    digestAlgorithm: `${encryptionNamespace}sha256`,
  })
  const location = { reference: "/*/*[local-name(.)='Issuer']", action: 'after' } as const
  signer.computeSignature(xml, { prefix: 'ds', location })
  const message = Buffer.from(signer.getSignedXml()).toString('base64')
  return { [name]: message, ...(relayState === null ? {} : { RelayState: relayState }) }
}
