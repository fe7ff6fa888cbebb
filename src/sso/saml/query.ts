// The query of the redirect binding, read as the signature wants it: the very characters, each parameter once and under its
// own name (SAML Bindings 3.4.4.1). Frameworks decode `SAML%52equest` and keep the last of two; here both are refused.
import { invalid } from '#platform/errors.ts'

export type RedirectQuery = {
  name: 'SAMLRequest' | 'SAMLResponse'
  message: string
  relayState: string | null
  signed: { signedText: string; signature: string; algorithm: string } | null
}

const known = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature']
const maxLength = 400_000

/** @param query what follows the `?` of the URL, undecoded. @throws AppError invalid */
export function readRedirectQuery(query: string): RedirectQuery {
  if (query.length > maxLength) throw wrong('too long')
  const raw = rawParameters(query)
  const name = raw.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse'
  const message = raw.get(name)
  if (message === undefined || (raw.has('SAMLRequest') && raw.has('SAMLResponse'))) {
    throw wrong('there is not exactly one message')
  }
  const relayState = raw.get('RelayState')
  return {
    name,
    message: decoded(message),
    relayState: relayState === undefined ? null : decoded(relayState),
    signed: signedPart(raw, name),
  }
}

function rawParameters(query: string): Map<string, string> {
  const raw = new Map<string, string>()
  for (const part of query.split('&')) {
    const at = part.indexOf('=')
    const name = at < 0 ? part : part.slice(0, at)
    if (known.includes(name)) {
      if (raw.has(name)) throw wrong(`${name} is there twice`)
      raw.set(name, part.slice(at + 1))
    } else if (known.includes(decoded(name))) {
      throw wrong('a parameter is written in disguise')
    }
  }
  return raw
}

function signedPart(raw: Map<string, string>, name: string): RedirectQuery['signed'] {
  const [algorithm, signature] = [raw.get('SigAlg'), raw.get('Signature')]
  if (algorithm === undefined && signature === undefined) return null
  if (algorithm === undefined || signature === undefined) throw wrong('the signature is not complete')
  const parts = [name, 'RelayState', 'SigAlg'].filter((part) => raw.has(part)).map((part) => `${part}=${raw.get(part)}`)
  return { signedText: parts.join('&'), signature: decoded(signature), algorithm: decoded(algorithm) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'))
  } catch {
    throw wrong('it is not properly encoded')
  }
}

const wrong = (why: string) => invalid(`The message cannot be read: ${why}`, 'malformed')
