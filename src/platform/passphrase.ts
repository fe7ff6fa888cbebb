// What a passphrase seals, for a file that leaves the machine: argon2id makes the key, as dear as a person waits for once.
import { z } from 'zod'
import type { RandomBytes } from './crypto.ts'
import { AppError } from './errors.ts'
import { deriveKey } from './password.ts'
import { createSealing, type Sealing, type SealPlace } from './sealing.ts'
import { Secret } from './secret.ts'

/** Sixteen letters at least, since whoever has the file may try as long as they like. */
export const passphraseMinLength = 16

const cost = { memory: 65_536, passes: 4, parallelism: 1 }

const sealedSchema = z.object({
  kdf: z.literal('argon2id'),
  // Bounded, so that a file cannot ask for more memory than there is.
  memory: z.int().min(8).max(1_048_576),
  passes: z.int().min(1).max(64),
  parallelism: z.int().min(1).max(16),
  salt: z.string().regex(/^[\w-]{22}$/),
  sealed: z.string(),
})

export type SealedByPassphrase = z.infer<typeof sealedSchema>

type Settings = Omit<SealedByPassphrase, 'sealed' | 'kdf'>

async function sealingOf(passphrase: string, settings: Settings, randomBytes: RandomBytes): Promise<Sealing> {
  const key = await deriveKey(passphrase, Buffer.from(settings.salt, 'base64url'), settings)
  return createSealing([{ id: 'passphrase', key: new Secret(key.toString('base64')) }], randomBytes)
}

/** @param place what the text belongs to; it opens nowhere else */
export async function sealByPassphrase(
  plain: string,
  { passphrase, place, randomBytes }: { passphrase: string; place: SealPlace; randomBytes: RandomBytes },
): Promise<SealedByPassphrase> {
  const settings = { ...cost, salt: randomBytes(16).toString('base64url') }
  const sealing = await sealingOf(passphrase, settings, randomBytes)
  return { kdf: 'argon2id', ...settings, sealed: sealing.seal(plain, place) }
}

/** @throws AppError invalid where the passphrase is another one, or the text was sealed for another place */
export async function openByPassphrase(
  found: unknown,
  { passphrase, place, randomBytes }: { passphrase: string; place: SealPlace; randomBytes: RandomBytes },
): Promise<string> {
  try {
    const { sealed, ...settings } = sealedSchema.parse(found)
    return (await sealingOf(passphrase, settings, randomBytes)).open(sealed, place)
  } catch (cause) {
    throw new AppError('invalid', 'The passphrase is wrong, or the backup was altered', { cause })
  }
}
