// What people paste in place of metadata, told by what it looks like, with what to paste instead.
import { dateInWords } from '#words/times.ts'
import { certificateIn, otherKeyIn, privateKeyIn } from './recognize-keys.ts'
import { looksLikeMetadata } from './unwrap.ts'

const instead = 'Paste the metadata of the provider: XML that begins with <EntityDescriptor>, certificate included'
const atTheAddress = 'Enter the address of the metadata, or paste the metadata itself'

type Kind = {
  /** What the text is called; undefined where it is something else. */
  is(text: string, now: Date): string | undefined
  instead?: string
}

/** None of these is long, and what is long is not searched through again and again. */
const beginning = 4_000

const fitting = (form: RegExp, is: string, advice?: string): Kind => ({
  is: (text) => (form.test(text.slice(0, beginning)) ? is : undefined),
  ...(advice === undefined ? {} : { instead: advice }),
})

const isOpenId = 'an OpenID Connect configuration (JSON), and this connection speaks SAML'

/** First what could be taken for something that follows. */
const kinds: readonly Kind[] = [
  { is: privateKeyIn },
  {
    is: (text) => (text.startsWith('PK\u0003\u0004') || text.startsWith('UEsDB') ? 'a ZIP archive' : undefined),
    instead: `Unpack it. ${instead}`,
  },
  { is: (text) => (isBinary(text) ? 'a binary file, and no text' : undefined) },
  { is: documentIn },
  fitting(/(^|[?&])SAML(Request|Response)=/, 'a message of a sign-in (SAMLRequest or SAMLResponse), and no metadata'),
  { is: certificateWords },
  { is: otherKeyIn },
  fitting(
    /^https?:\/\/\S*openid-configuration/i,
    'the address of an OpenID Connect configuration, and this connection speaks SAML',
  ),
  fitting(
    /^(view-source:)?(https?:\/\/)?[\w-]+(\.[\w-]+)+(:\d+)?\/\S*metadata\S*$/i,
    'the address of the metadata',
    'Enter it in the field “Address of the metadata”',
  ),
  fitting(/^(view-source:)?https?:\/\/\S+$/i, 'an address, such as that of the sign-in page'),
  fitting(/^urn:\S+$/i, 'a name alone, such as an entity ID'),
  fitting(/^[^\s@<>"]+@[^\s@<>"]+\.[a-z]{2,}$/i, 'an e-mail address'),
  fitting(/^[\w-]+(\.[\w-]+)+(:\d+)?(\/\S*)?$/, 'an address without its https://, or the name of a file'),
  fitting(/^(file:\/\/|[a-z]:\\|~?\/)\S/i, 'the place of a file', `Open the file, and paste what it holds. ${instead}`),
  { is: (text) => jsonWords(text) },
  fitting(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'an id'),
  fitting(/https?:\/\//i, 'a text with addresses in it, and no XML'),
  fitting(/^[^<]/, 'a text, and no XML'),
]

/**
 * What somebody pasted who did not paste metadata, in words, with what to paste instead; undefined for what may be it.
 * @param place where the text comes from: a field, or the answer of an address
 */
export function otherThanMetadata(text: string, now: Date, place: 'field' | 'address' = 'field'): string | undefined {
  if (text === '')
    return place === 'field'
      ? `There is nothing in it. ${instead}`
      : `The answer of the address is empty. ${atTheAddress}`
  if (looksLikeMetadata(text) && privateKeyIn(text) === undefined) return undefined
  for (const kind of kinds) {
    const is = kind.is(text, now)
    if (is === undefined) continue
    return place === 'field'
      ? `This is ${is}. ${kind.instead ?? instead}`
      : `At the address there is ${is}. ${atTheAddress}`
  }
  return undefined
}

/** What somebody entered in place of the address of metadata, in words; undefined for what may be one. */
export function otherThanAddress(text: string, now: Date): string | undefined {
  if (looksLikeMetadata(text)) return 'This is the metadata itself, which goes into the field for its text'
  if (/^https?:\/\/\S+$/i.test(text) && !/openid-configuration/i.test(text)) return undefined
  const is = kinds.map((kind) => kind.is(text, now)).find((each) => each !== undefined)
  return is === undefined
    ? undefined
    : `This is ${is}. Enter an address that begins with https://, or paste the metadata itself`
}

/** Metadata of the wrong side: of an application, our own included. */
export const applicationMetadata = `This is the metadata of an application, such as our own, and not of an identity provider. ${instead}`

/** What a provider says that knows the older protocol alone. */
export const federationMetadata =
  'This is metadata of WS-Federation alone, which describes no identity provider (IDPSSODescriptor) for SAML 2.0. Choose SAML 2.0 at the provider, and bring the metadata again'

const documents: Record<string, string> = {
  html: 'a web page, such as the sign-in page',
  Response: 'the answer of a sign-in (SAML Response), which holds what is said of a person',
  ArtifactResponse: 'the answer of a sign-in (SAML Response), which holds what is said of a person',
  Assertion: 'what is said of a person (SAML Assertion)',
  EncryptedAssertion: 'what is said of a person (SAML Assertion)',
  AuthnRequest: 'the request of a sign-in (SAML AuthnRequest)',
  LogoutRequest: 'the request of a sign-out (SAML LogoutRequest)',
  LogoutResponse: 'the answer of a sign-out (SAML LogoutResponse)',
  definitions: 'the description of a web service (WSDL)',
  Metadata: 'the description of a web service (WS-MetadataExchange)',
  Envelope: 'a message of a web service (SOAP)',
  RequestSecurityTokenResponse: 'the answer of a sign-in by WS-Federation',
  RequestSecurityTokenResponseCollection: 'the answer of a sign-in by WS-Federation',
  RSAKeyValue: 'a key alone',
  plist: 'a property list of Apple',
}

const pieces = new Set(
  [
    'IDPSSODescriptor',
    'SPSSODescriptor',
    'RoleDescriptor',
    'KeyDescriptor',
    'KeyInfo',
    'Signature',
    'Organization',
  ].concat(['X509Data', 'X509Certificate', 'SingleSignOnService', 'SingleLogoutService', 'ContactPerson']),
)

/** What a document is called, by its first element. */
function documentIn(text: string): string | undefined {
  if (!text.startsWith('<')) return undefined
  if (/^<(!doctype\s+)?html\b/i.test(text)) return documents['html']
  const name = /<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)/.exec(withoutProlog(text))?.[1]
  if (name === undefined) return undefined
  if (pieces.has(name)) return 'a piece of metadata, and not the whole of it'
  return (
    documents[name] ??
    documents[name.toLowerCase()] ??
    `XML that describes no identity provider: it begins with <${name.slice(0, 60)}>`
  )
}

const withoutProlog = (text: string): string =>
  text.replace(/^(\s*<\?[^>]*>|\s*<!--[\s\S]*?-->|\s*<!doctype[^>[]*>)+/i, '')

function certificateWords(text: string, now: Date): string | undefined {
  const found = certificateIn(text)
  if (found === undefined) return undefined
  return found.notAfter !== '' && new Date(found.notAfter) <= now
    ? `a certificate, which ended on ${dateInWords(found.notAfter)}: have the provider make a new one`
    : 'a certificate alone'
}

function jsonWords(text: string): string | undefined {
  if (!/^[[{]/.test(text)) return undefined
  if (/"(authorization_endpoint|issuer|client_id)"\s*:/.test(text)) return isOpenId
  if (/"(keys|kty)"\s*:/.test(text)) return 'a set of keys of OpenID Connect (JWKS), and this connection speaks SAML'
  return 'JSON'
}

/** Characters that no text has; also what comes of a certificate in binary form (DER) that was read as a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const isBinary = (text: string): boolean => /[\u0000-\u0008\u000e-\u001f]/.test(text.slice(0, beginning))
