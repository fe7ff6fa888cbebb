// Passwords that another system hashed: as its export writes them, kept in one text each, and verified until the person signs in
// for the first time, when the password is hashed anew. Whoever imports them chooses their cost, so there are bounds.
import { argon2, createCipheriv, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { compare } from 'bcryptjs'
import { z } from 'zod'
import { invalid } from './errors.ts'

const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

// Also as passlib writes it, with a dot for the plus.
const bytesOf = (base64: string): Buffer => Buffer.from(base64.replaceAll('.', '+'), 'base64')

/** What is bearable for one sign-in: bytes of memory, and rounds. */
const most = { memory: 256 * 1024 * 1024, rounds: 5_000_000, bcrypt: 15, kibibytePasses: 1_048_576 }

type Derive = (password: Buffer) => Promise<Buffer>
type Foreign = { tag: Buffer; derive: Derive }

const pbkdf2Async = promisify(pbkdf2)
const scryptAsync = promisify<Buffer, Buffer, number, object, Buffer>(scrypt)

function readArgon2(hash: string): Foreign | undefined {
  const form = /^\$(argon2(?:id|i|d))\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]{11,88})\$([\w+/]{16,172})$/
  const [, kind, memory = '', passes = '', parallelism = '', salt = '', stored = ''] = form.exec(hash) ?? []
  if (kind === undefined) return undefined
  const tag = bytesOf(stored)
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  // RFC 9106 §3.1: eight blocks a lane at least.
  const isPossible = cost.passes > 0 && cost.parallelism > 0 && cost.memory >= 8 * cost.parallelism
  const isBearable = cost.memory * 1024 <= most.memory && cost.memory * cost.passes <= most.kibibytePasses
  if (!isPossible || !isBearable) return undefined
  const derive: Derive = (message) =>
    new Promise((resolve, reject) => {
      const options = { message, nonce: bytesOf(salt), ...cost, tagLength: tag.length }
      argon2(kind as 'argon2id', options, (error, key) => (error === null ? resolve(key) : reject(error)))
    })
  return { tag, derive }
}

function readPbkdf2(hash: string): Foreign | undefined {
  const form = /^\$pbkdf2-(sha1|sha256|sha512)\$i=(\d{1,8})\$([\w+/.]{4,172})\$([\w+/.]{20,700})$/
  const [, digest, iterations = '', salt = '', stored = ''] = form.exec(hash) ?? []
  if (digest === undefined || Number(iterations) < 1 || Number(iterations) > most.rounds) return undefined
  const tag = bytesOf(stored)
  return { tag, derive: (password) => pbkdf2Async(password, bytesOf(salt), Number(iterations), tag.length, digest) }
}

const scryptCost = (ln: string, r: string, p: string) => {
  const [N, blocks, parallel] = [2 ** Number(ln), Number(r), Number(p)]
  const memory = 128 * N * blocks * parallel
  if (N < 2 || blocks < 1 || parallel < 1) return undefined
  return memory > most.memory ? undefined : { N, r: blocks, p: parallel, maxmem: memory * 2 + 1024 * 1024 }
}

function readScrypt(hash: string): Foreign | undefined {
  const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([\w+/.]{4,172})\$([\w+/.]{20,700})$/
  const [, ln, r = '', p = '', salt = '', stored = ''] = form.exec(hash) ?? []
  const cost = ln === undefined ? undefined : scryptCost(ln, r, p)
  if (cost === undefined) return undefined
  const tag = bytesOf(stored)
  return { tag, derive: (password) => scryptAsync(password, bytesOf(salt), tag.length, cost) }
}

/** Firebase encrypts the project’s signer key by a key that scrypt makes of the password (github.com/firebase/scrypt). */
function readFirebase(hash: string): Foreign | undefined {
  const form =
    /^\$firebase\$m=(\d{1,2}),r=(\d{1,2})\$([\w+/]{4,88})\$([\w+/]{2,88})\$([\w+/]{20,200})\$([\w+/]{20,200})$/
  const [, ln, r = '', salt = '', separator = '', signer = '', stored = ''] = form.exec(hash) ?? []
  const cost = ln === undefined ? undefined : scryptCost(ln, r, '1')
  if (cost === undefined) return undefined
  const derive: Derive = async (password) => {
    const key = await scryptAsync(password, Buffer.concat([bytesOf(salt), bytesOf(separator)]), 32, cost)
    const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
    return Buffer.concat([cipher.update(bytesOf(signer)), cipher.final()])
  }
  return { tag: bytesOf(stored), derive }
}

const bcryptForm = /^\$2[aby]\$(\d\d)\$[./A-Za-z\d]{53}$/
const isBcrypt = (hash: string): boolean => {
  const cost = Number(bcryptForm.exec(hash)?.[1] ?? 0)
  return cost >= 4 && cost <= most.bcrypt
}

const read = (hash: string): Foreign | undefined =>
  readArgon2(hash) ?? readPbkdf2(hash) ?? readScrypt(hash) ?? readFirebase(hash)

/** Whether it is the password of a hash that was imported; false also for a text that is none. */
export async function verifyForeign(password: string, hash: string): Promise<boolean> {
  // Other systems hash what is typed as it is typed.
  if (isBcrypt(hash)) return compare(password, hash)
  const foreign = read(hash)
  if (foreign === undefined) return false
  const key = await foreign.derive(Buffer.from(password, 'utf8'))
  return key.length === foreign.tag.length && timingSafeEqual(key, foreign.tag)
}

const json = z.string().transform((value, context): unknown => {
  try {
    return JSON.parse(value)
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON' })
    return z.NEVER
  }
})

const number = z.coerce.number().int().min(1)

/** A credential of a Keycloak export: `secretData` and `credentialData` are JSON in a text. */
const Keycloak = z.object({
  secretData: json.pipe(z.object({ value: z.string(), salt: z.string() })),
  credentialData: json.pipe(
    z.object({
      algorithm: z.string(),
      hashIterations: number,
      additionalParameters: z.record(z.string(), z.array(z.string())).optional(),
    }),
  ),
})

const Firebase = z.object({ passwordHash: z.string(), salt: z.string() })

/** `custom_password_hash` of Auth0, where the value says everything. */
const Auth0 = z.object({ algorithm: z.enum(['bcrypt', 'argon2', 'pbkdf2']), hash: z.object({ value: z.string() }) })

/** Any of the algorithms, with salt and hash in Base64 or hex. */
const Plain = z.object({
  algorithm: z.enum(['pbkdf2-sha1', 'pbkdf2-sha256', 'pbkdf2-sha512', 'scrypt']),
  hash: z.string(),
  salt: z.string(),
  encoding: z.enum(['base64', 'hex']).default('base64'),
  iterations: number.optional(),
  n: number.optional(),
  r: number.optional(),
  p: number.optional(),
})

/** The hash parameters of a Firebase project, as its console shows them. */
export const FirebaseProject = z.object({
  base64_signer_key: z.string(),
  base64_salt_separator: z.string().default(''),
  rounds: z.coerce.number().int().min(1).max(32),
  mem_cost: z.coerce.number().int().min(1).max(20),
})

export type FirebaseProject = z.output<typeof FirebaseProject>

function fromKeycloak({ secretData, credentialData }: z.output<typeof Keycloak>): string {
  const { algorithm, hashIterations, additionalParameters = {} } = credentialData
  const [salt, tag] = [text(bytesOf(secretData.salt)), text(bytesOf(secretData.value))]
  if (algorithm !== 'argon2')
    return `$${algorithm === 'pbkdf2' ? 'pbkdf2-sha1' : algorithm}$i=${hashIterations}$${salt}$${tag}`
  const first = (name: string, otherwise: string): string => additionalParameters[name]?.[0] ?? otherwise
  const cost = `m=${first('memory', '7168')},t=${hashIterations},p=${first('parallelism', '1')}`
  return `$argon2${first('type', 'id')}$v=19$${cost}$${salt}$${tag}`
}

function fromPlain({ algorithm, hash, salt, encoding, ...cost }: z.output<typeof Plain>): string {
  const [nonce, tag] = [text(Buffer.from(salt, encoding)), text(Buffer.from(hash, encoding))]
  if (algorithm !== 'scrypt') return `$${algorithm}$i=${cost.iterations ?? 0}$${nonce}$${tag}`
  return `$scrypt$ln=${Math.log2(cost.n ?? 16_384)},r=${cost.r ?? 8},p=${cost.p ?? 1}$${nonce}$${tag}`
}

const fromFirebase = ({ passwordHash, salt }: z.output<typeof Firebase>, project: FirebaseProject): string => {
  const parts = [salt, project.base64_salt_separator, project.base64_signer_key, passwordHash]
  const [nonce, separator, signer, tag] = parts.map((part) => text(Buffer.from(part, 'base64')))
  return `$firebase$m=${project.mem_cost},r=${project.rounds}$${nonce}$${separator}$${signer}$${tag}`
}

/** Of texts: PHC forms and passlib's, Django's, and bcrypt as everybody (Auth0 among them) writes it. */
function fromText(hash: string): string {
  const django = /^pbkdf2_(sha1|sha256|sha512)\$(\d+)\$([^$]+)\$([\w+/=]+)$/.exec(hash)
  if (django !== null) {
    const [, digest, iterations, salt = '', tag = ''] = django
    return `$pbkdf2-${digest}$i=${iterations}$${text(Buffer.from(salt))}$${text(bytesOf(tag))}`
  }
  return hash.replace(/^\$pbkdf2-(sha\d+)\$(?:i=)?(\d+)(?:,l=\d+)?\$/, '$pbkdf2-$1$i=$2$')
}

/**
 * The text under which an exported hash is kept.
 * @param firebase of the project, where they come from one
 * @throws AppError invalid (reason `invalidValue`) for what is no hash that could be verified here, or costs too much
 */
export function importedHash(input: unknown, { firebase }: { firebase?: FirebaseProject | undefined } = {}): string {
  const hash = textOf(input, firebase)
  if (isBcrypt(hash) || read(hash) !== undefined) return hash
  const known = 'bcrypt, argon2, scrypt, PBKDF2, or the shape of an export of Auth0, Keycloak or Firebase'
  throw invalid(`The password hash is none that is known here, or costs too much: ${known}`, 'invalidValue')
}

function textOf(input: unknown, firebase: FirebaseProject | undefined): string {
  if (typeof input === 'string') return fromText(input)
  const keycloak = Keycloak.safeParse(input)
  if (keycloak.success) return fromKeycloak(keycloak.data)
  const exported = Firebase.safeParse(input)
  if (exported.success && firebase === undefined)
    throw invalid('A hash of Firebase needs the hash parameters of its project', 'invalidValue')
  if (exported.success && firebase !== undefined) return fromFirebase(exported.data, firebase)
  const custom = Auth0.safeParse(input)
  if (custom.success) return fromText(custom.data.hash.value)
  const plain = Plain.safeParse(input)
  return plain.success ? fromPlain(plain.data) : ''
}
