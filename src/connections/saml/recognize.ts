// What people paste in place of metadata, told by what it looks like, with what to paste instead.
import { dateInWords } from '#words/times.ts'
import { readCertificate } from './certificates.ts'

const instead = 'Paste the metadata of the provider: XML that begins with <EntityDescriptor>, certificate included'

type Kind = { fits(text: string): boolean; is(text: string, now: Date): string; instead?: string }

const kinds: readonly Kind[] = [
  {
    fits: (text) => text.includes('PRIVATE KEY-----'),
    is: () => 'This is a private key, which must not leave its owner: have it replaced',
  },
  { fits: (text) => certificateIn(text) !== undefined, is: certificateWords },
  {
    fits: (text) => /^https?:\/\/\S*openid-configuration/i.test(text),
    is: () => 'This is the address of an OpenID Connect configuration, and this connection speaks SAML',
  },
  {
    fits: (text) => /^https?:\/\/\S*metadata\S*$/i.test(text),
    is: () => 'This is the address of the metadata',
    instead: 'Enter it in the field “Address of the metadata”',
  },
  {
    fits: (text) => /^https?:\/\/\S+$/i.test(text),
    is: () => 'This is an address, such as that of the sign-in page',
  },
  { fits: isOpenIdJson, is: () => 'This is an OpenID Connect configuration (JSON), and this connection speaks SAML' },
  { fits: (text) => jsonOf(text) !== undefined, is: () => 'This is JSON' },
  { fits: (text) => /^(<!doctype html|<html)\b/i.test(text), is: () => 'This is a web page, such as the sign-in page' },
]

/** What somebody pasted who did not paste metadata, in words, with what to paste instead; undefined for what may be it. */
export function otherThanMetadata(pasted: string, now: Date): string | undefined {
  const text = pasted.replace(/^\uFEFF/, '').trim()
  const kind = kinds.find(({ fits }) => fits(text))
  return kind === undefined ? undefined : `${kind.is(text, now)}. ${kind.instead ?? instead}`
}

/** Metadata of the wrong side: of an application, our own included. */
export const applicationMetadata = `This is the metadata of an application, such as our own, and not of an identity provider. ${instead}`

function certificateIn(text: string): { notAfter: string } | undefined {
  if (text.startsWith('<') || !/^(-----BEGIN CERTIFICATE-----|MII)/.test(text)) return undefined
  try {
    return readCertificate(text, 'trusted')
  } catch {
    return text.startsWith('-----') ? { notAfter: '' } : undefined
  }
}

function certificateWords(text: string, now: Date): string {
  const notAfter = certificateIn(text)?.notAfter ?? ''
  return notAfter !== '' && new Date(notAfter) <= now
    ? `This is a certificate, which ended on ${dateInWords(notAfter)}: have the provider make a new one`
    : 'This is a certificate alone'
}

function jsonOf(text: string): object | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}

function isOpenIdJson(text: string): boolean {
  const json = jsonOf(text)
  return json !== undefined && ('authorization_endpoint' in json || 'issuer' in json || 'client_id' in json)
}
