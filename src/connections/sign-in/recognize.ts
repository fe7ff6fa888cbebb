// What texts of a provider's console look like, whatever field they were pasted into.
import { markedKeyIn, privateKeyIn } from '../saml/recognize-keys.ts'

/** The form of ids of Entra, of tenants, applications and secrets alike. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** `{tenant}`, `<your-domain>`, `your-domain`: of an example, and not filled in. */
const placeholder = String.raw`\{[\w -]*\}|%7B[\w-]*%7D|<[\w -]+>|your[-_ ]?(?:tenant|domain|okta|org|client|app|realm|secret)[\w-]*`

export const hasPlaceholder = (text: string): boolean => new RegExp(placeholder, 'i').test(text)

export const isPlaceholder = (text: string): boolean => new RegExp(`^(?:${placeholder})$`, 'i').test(text)

export type Pasted = {
  /** A sentence without its end: what it is. */
  is: string
  kind: 'text' | 'address' | 'ours' | 'json' | 'mail'
}

type Kind = Pasted & { fits(text: string, origin: string): boolean }

const kinds: readonly Kind[] = [
  {
    fits: (text) => /^-----BEGIN |^MII[A-Za-z0-9+/=\s]{60}/.test(text),
    is: 'This is a certificate, which OpenID Connect does without',
    kind: 'text',
  },
  {
    fits: (text) => text.startsWith('<') && /<(\w+:)?Entit(y|ies)Descriptor\b/.test(text),
    is: 'This is SAML metadata, and this connection speaks OpenID Connect',
    kind: 'text',
  },
  { fits: (text) => /^(<!doctype html|<html)\b/i.test(text), is: 'This is a web page', kind: 'text' },
  {
    fits: (text) => /^<(\?xml|[\w.:-]+\s[^>]*\bxmlns)/.test(text),
    is: 'This is XML, which OpenID Connect does without',
    kind: 'text',
  },
  {
    fits: (text, origin) => text === origin || text.startsWith(`${origin}/`),
    is: 'This is an address of ours, which is entered at the provider',
    kind: 'ours',
  },
  { fits: (text) => /^https?:\/\//i.test(text), is: 'This is an address', kind: 'address' },
  { fits: (text) => /^\{\s*"/.test(text), is: 'This is JSON', kind: 'json' },
  {
    fits: (text) => /^[^\s@<>"]+@[^\s@<>"]+\.[a-z]{2,}$/i.test(text),
    is: 'This is an e-mail address',
    kind: 'mail',
  },
]

/** What a text surely is, whoever gave it out; undefined for what may be an id or a secret. @param origin ours */
export function recognized(text: string, origin: string): Pasted | undefined {
  const key = privateKeyIn(text) ?? markedKeyIn(text)
  return key === undefined ? kinds.find(({ fits }) => fits(text, origin)) : { is: `This is ${key}`, kind: 'text' }
}
