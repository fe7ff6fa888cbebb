// Passwords at rest: argon2id (RFC 9106) in PHC form, by node:crypto, off the main thread and few at a time.
import { argon2, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from './crypto.ts'
import { AppError } from './errors.ts'
import { verifyForeign } from './foreign-password.ts'

type Cost = { memory: number; passes: number; parallelism: number }

const cost: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const saltBytes = 16
const tagBytes = 32

/** Nobody types more; what is longer is not hashed. */
export const passwordMaxLength = 200

const derive = (message: Buffer, nonce: Buffer, { memory, passes, parallelism }: Cost, tagLength: number) =>
  new Promise<Buffer>((resolve, reject) => {
    argon2('argon2id', { message, nonce, memory, passes, parallelism, tagLength }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })

/** The same text typed on different keyboards is the same password (RFC 8265 §4). */
const bytesOf = (password: string): Buffer => Buffer.from(password.normalize('NFC'), 'utf8')

const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

export async function hashPassword(password: string, randomBytes: RandomBytes): Promise<string> {
  const salt = randomBytes(saltBytes)
  const tag = await deriveKey(password, salt, cost)
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${text(salt)}$${text(tag)}`
}

/** A key of 32 bytes from what somebody typed. */
export const deriveKey = (password: string, salt: Buffer, of: Cost): Promise<Buffer> =>
  inTurn(() => derive(bytesOf(password), salt, of, tagBytes))

/** False also for a hash that is not one. Takes as long for a wrong password as for the right one. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const parsed = parse(hash)
  const typed = password.length > passwordMaxLength ? '' : password
  if (parsed === undefined) return (await inTurn(() => verifyForeign(typed, hash))) && typed === password
  const tag = await inTurn(() => derive(bytesOf(typed), parsed.salt, parsed.cost, parsed.tag.length))
  return timingSafeEqual(tag, parsed.tag) && typed === password
}

// Of no password: what is verified against where there is nobody, so that the answer takes as long as for somebody.
const nobodys = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${text(Buffer.alloc(saltBytes))}$${text(Buffer.alloc(tagBytes))}`

/** The time of one verification, for nothing. */
export async function verifyNobody(password: string): Promise<void> {
  await verifyPassword(password, nobodys)
}

/** True where the hash is weaker than those made today. */
export function needsRehash(hash: string): boolean {
  const parsed = parse(hash)
  if (parsed === undefined) return true
  const { memory, passes } = parsed.cost
  return memory < cost.memory || passes < cost.passes || parsed.salt.length < saltBytes || parsed.tag.length < tagBytes
}

function parse(hash: string): { cost: Cost; salt: Buffer; tag: Buffer } | undefined {
  const form = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]{11,88})\$([\w+/]{16,172})$/
  const [, memory, passes, parallelism, salt = '', tag = ''] = form.exec(hash) ?? []
  if (memory === undefined) return undefined
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

// Each hash takes a thread of the few that Node has, and 19 MB: files and look-ups must get their turn, too.
const atOnce = 2
const longestQueue = 200
let running = 0
const waiting: (() => void)[] = []

/** @throws AppError too_many where so many wait that the last one would give up anyway */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) {
    if (waiting.length >= longestQueue) throw new AppError('too_many', 'Too many people sign in at this moment')
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}
