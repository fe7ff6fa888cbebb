import { constants, createHash, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { decryptOaep } from './oaep.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const secret = randomBytes(32)

/** RFC 8017 B.2.1, a block at a time. */
function mask(seed: Buffer, length: number, hash: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 20) }, (_, index) =>
    createHash(hash)
      .update(seed)
      .update(Buffer.from([0, 0, 0, index]))
      .digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

const xor = (one: Buffer, other: Buffer) => Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)))

/** RFC 8017 7.1.1, with hashes that may differ; `change` spoils the block before it is masked. */
function encrypt(digest: string, maskHash: string, change = (block: Buffer) => block): Buffer {
  const label = createHash(digest).digest()
  const filled = Buffer.alloc(256 - 2 - 2 * label.length - secret.length)
  const block = change(Buffer.concat([label, filled, Buffer.from([1]), secret]))
  const seed = randomBytes(label.length)
  const maskedBlock = xor(block, mask(seed, block.length, maskHash))
  const maskedSeed = xor(seed, mask(maskedBlock, seed.length, maskHash))
  const encoded = Buffer.concat([Buffer.from([0]), maskedSeed, maskedBlock])
  return publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, encoded)
}

test.each([
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha256', 'sha1'],
  ['sha512', 'sha1'],
  ['sha1', 'sha256'],
])('the digest %s with a mask by %s', (digest, maskHash) => {
  expect(decryptOaep(key, encrypt(digest, maskHash), { digest, mask: maskHash })).toEqual(secret)
})

test('another label, other hashes, a spoilt padding and another key are all the same failure', () => {
  const hashes = { digest: 'sha256', mask: 'sha1' }
  const spoilt = (at: number) => (block: Buffer) => Buffer.from(block.map((byte, index) => (index === at ? 7 : byte)))
  expect(() => decryptOaep(key, encrypt('sha256', 'sha1', spoilt(0)), hashes)).toThrow('Not decrypted')
  expect(() => decryptOaep(key, encrypt('sha256', 'sha1', spoilt(40)), hashes)).toThrow('Not decrypted')
  expect(() => decryptOaep(key, encrypt('sha512', 'sha1'), hashes)).toThrow()
  expect(() => decryptOaep(key, randomBytes(256), hashes)).toThrow()
})
