// Secrets at rest: AES-256-GCM under a key with an id, bound by its additional data to the row and column that it is for, so
// that a sealed value moved elsewhere does not open. The first key seals, all of them open: that is how keys are changed.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import type { RandomBytes } from './crypto.ts'
import { AppError } from './errors.ts'
import type { Secret } from './secret.ts'

export type SealingKey = { id: string; key: Secret }

/** Where a sealed value belongs: table, column, organization, row. */
export type SealPlace = readonly [table: string, column: string, organizationId: string, rowId: string]

export type Sealing = {
  seal(plain: string, place: SealPlace): string
  /** @throws AppError internal where the value was not sealed for this place, or its key is not configured */
  open(sealed: string, place: SealPlace): string
  /** The id of the key that seals; values under another id are old. */
  currentKeyId: string
  /** The ids of all keys that open, the current one first. */
  keyIds: readonly string[]
}

const version = 'v1'
const nonceLength = 12
const tagLength = 16

/** @param keys each 32 bytes in base64, the current one first */
export function createSealing(keys: readonly SealingKey[], randomBytes: RandomBytes): Sealing {
  const known = new Map(keys.map(({ id, key }) => [id, keyObject(key)]))
  const current = keys[0]
  if (current === undefined) throw new Error('There is no key to seal secrets with')
  return {
    currentKeyId: current.id,
    keyIds: keys.map(({ id }) => id),
    seal: (plain, place) => {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', known.get(current.id) as KeyObject, nonce)
      cipher.setAAD(additionalData(place, current.id))
      const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${version}.${current.id}.${sealed.toString('base64url')}`
    },
    open: (sealed, place) => {
      const [form, keyId = '', text = ''] = sealed.split('.')
      const key = known.get(keyId)
      if (form !== version || key === undefined) throw cannotOpen(`The sealing key ${keyId} is not configured`)
      const bytes = Buffer.from(text, 'base64url')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceLength), {
          authTagLength: tagLength,
        })
        decipher.setAAD(additionalData(place, keyId))
        decipher.setAuthTag(bytes.subarray(-tagLength))
        return decipher.update(bytes.subarray(nonceLength, -tagLength), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw cannotOpen(cause)
      }
    },
  }
}

const keyObject = (key: Secret): KeyObject => createSecretKey(Buffer.from(key.reveal(), 'base64'))

const additionalData = (place: SealPlace, keyId: string): Buffer => Buffer.from(JSON.stringify([...place, keyId]))

const cannotOpen = (cause: unknown): AppError =>
  new AppError('internal', 'A stored secret cannot be opened; the request id leads to the details', { cause })
