// Public keys as somebody brings them: a key set (RFC 7517 §5), a list of keys, or a single one.
import { AppError } from '#platform/errors.ts'
import { invalidField } from '#platform/input.ts'
import { isRecord, parseJson } from '#platform/json.ts'
import { certificateIn, otherKeyIn, privateKeyIn } from '../saml/recognize-keys.ts'

/**
 * The keys that a text holds; whether each is a public one, the verb that takes them sees.
 * @throws AppError invalid naming `keys`
 */
export function readPublicKeys(text: string): Record<string, unknown>[] {
  const trimmed = text.trim()
  const other = otherThanJwk(trimmed)
  if (other !== undefined) throw invalidField('keys', other)
  const value = jsonOf(trimmed)
  const keys = Array.isArray(value) ? value : isRecord(value) && Array.isArray(value['keys']) ? value['keys'] : [value]
  if (!keys.every(isRecord)) throw invalidField('keys', 'A key is a JSON object (JWK)')
  return keys
}

const instead = 'Bring the public key as JSON (JWK), with the kid that the client names'

/** What stands in place of keys in JSON, in words. Private keys in JSON are seen by the verb that takes them. */
function otherThanJwk(text: string): string | undefined {
  if (text.startsWith('{') || text.startsWith('[')) return undefined
  const secret = privateKeyIn(text)
  if (secret !== undefined) return `This is ${secret}, and bring the public one`
  if (certificateIn(text) !== undefined) return `This is a certificate. ${instead}`
  const key = otherKeyIn(text)
  if (key !== undefined) return `This is ${key}${text.startsWith('-----') ? ', as PEM' : ''}. ${instead}`
  return /^https?:\/\/\S+$/.test(text)
    ? `This is an address. Open it, and paste the keys that it answers with`
    : undefined
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw invalidField(
      'keys',
      'This is no JSON: bring the public keys as a key set (JWKS), a list, or a single key (JWK)',
    )
  }
}
