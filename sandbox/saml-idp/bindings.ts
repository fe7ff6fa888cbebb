// How messages travel (SAML Bindings §3.4 HTTP-Redirect, §3.5 HTTP-POST).
import { sign, verify } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { SigningKey } from './keys.ts'
import { signatureAlgorithms } from './names.ts'

export type MessageParameter = 'SAMLRequest' | 'SAMLResponse'
type QueryAlgorithm = 'rsa-sha1' | 'rsa-sha256' | 'rsa-sha512'

export type RedirectMessage = {
  parameter: MessageParameter
  xml: string
  relayState?: string | undefined
  /** Signs the query string; without it the message is unsigned. */
  key?: SigningKey | undefined
  signatureAlgorithm?: QueryAlgorithm
}

export type ReceivedMessage = { parameter: MessageParameter; xml: string; relayState: string | undefined }

const digests = { 'rsa-sha1': 'sha1', 'rsa-sha256': 'sha256', 'rsa-sha512': 'sha512' } as const

/** The value of the form field in the POST binding. */
export const encodePost = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64')

export const decodePost = (value: string): string => Buffer.from(value, 'base64').toString('utf8')

/** The value of the query parameter in the redirect binding, before percent-encoding. */
export const encodeRedirect = (xml: string): string => deflateRawSync(Buffer.from(xml, 'utf8')).toString('base64')

/** @throws Error if it is not deflated. */
export const decodeRedirect = (value: string): string => inflateRawSync(Buffer.from(value, 'base64')).toString('utf8')

/** `SAMLRequest=…&RelayState=…&SigAlg=…&Signature=…`; signed as in SAML Bindings §3.4.4.1. */
export function redirectQuery(message: RedirectMessage): string {
  const pairs: [string, string][] = [[message.parameter, encodeRedirect(message.xml)]]
  if (message.relayState !== undefined) pairs.push(['RelayState', message.relayState])
  if (message.key === undefined) return queryOf(pairs)
  return signQuery(queryOf(pairs), message.key, message.signatureAlgorithm)
}

/** Adds SigAlg and Signature to any query string. */
export function signQuery(query: string, key: SigningKey, algorithm: QueryAlgorithm = 'rsa-sha256'): string {
  const signed = `${query}&${queryOf([['SigAlg', signatureAlgorithms[algorithm]]])}`
  const signature = sign(digests[algorithm], Buffer.from(signed), key.privateKey).toString('base64')
  return `${signed}&${queryOf([['Signature', signature]])}`
}

/** The address to send the browser to. */
export function redirectUrl(destination: string, message: RedirectMessage): string {
  return `${destination}${destination.includes('?') ? '&' : '?'}${redirectQuery(message)}`
}

/** Reads a message from an address. @throws Error if there is none. */
export function readRedirect(url: string): ReceivedMessage {
  const query = new URL(url).searchParams
  const parameter = parameterIn(query)
  return {
    parameter,
    xml: decodeRedirect(query.get(parameter) ?? ''),
    relayState: query.get('RelayState') ?? undefined,
  }
}

/** Reads a message from the fields of a form. @throws Error if there is none. */
export function readPost(form: URLSearchParams): ReceivedMessage {
  const parameter = parameterIn(form)
  return { parameter, xml: decodePost(form.get(parameter) ?? ''), relayState: form.get('RelayState') ?? undefined }
}

/** True if the query string of an address is signed with the key of one of the certificates (PEM). */
export function isRedirectSigned(url: string, certificates: readonly string[]): boolean {
  const raw = new Map(
    new URL(url).search
      .slice(1)
      .split('&')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair] as const),
  )
  const query = new URL(url).searchParams
  const signature = query.get('Signature')
  const algorithm = (Object.keys(digests) as QueryAlgorithm[]).find(
    (name) => signatureAlgorithms[name] === query.get('SigAlg'),
  )
  if (signature === null || algorithm === undefined) return false
  // The bytes as they were sent: encoders differ in case and in what they encode.
  const content = [parameterIn(query), 'RelayState', 'SigAlg'].flatMap((name) => raw.get(name) ?? []).join('&')
  return certificates.some((certificate) =>
    verify(digests[algorithm], Buffer.from(content), certificate, Buffer.from(signature, 'base64')),
  )
}

function parameterIn(parameters: URLSearchParams): MessageParameter {
  if (parameters.has('SAMLRequest')) return 'SAMLRequest'
  if (parameters.has('SAMLResponse')) return 'SAMLResponse'
  throw new Error('There is neither SAMLRequest nor SAMLResponse')
}

const queryOf = (pairs: readonly [string, string][]): string =>
  pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
