// Public keys as somebody brings them: a key set (RFC 7517 §5), a list of keys, or a single one.
import { AppError } from '#platform/errors.ts'
import { invalidField } from '#platform/input.ts'
import { isRecord, parseJson } from '#platform/json.ts'

/**
 * The keys that a text holds; whether each is a public one, the verb that takes them sees.
 * @throws AppError invalid naming `keys`
 */
export function readPublicKeys(text: string): Record<string, unknown>[] {
  const trimmed = text.trim()
  if (trimmed.includes('PRIVATE KEY'))
    throw invalidField(
      'keys',
      'This is a private key, which must not leave its owner: have it replaced, and bring the public one',
    )
  if (trimmed.startsWith('-----'))
    throw invalidField('keys', 'This is PEM. Bring the public key as JSON (JWK), with the kid that the client names')
  const value = jsonOf(trimmed)
  const keys = Array.isArray(value) ? value : isRecord(value) && Array.isArray(value['keys']) ? value['keys'] : [value]
  if (!keys.every(isRecord)) throw invalidField('keys', 'A key is a JSON object (JWK)')
  return keys
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
