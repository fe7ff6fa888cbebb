// Password hashes: against another implementation’s result, and what is no hash.
import { argon2Sync, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'

test('a hash opens for its password alone, composed or not', async () => {
  const hash = await hashPassword('caf\u00e9 lantern', randomBytes)
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await verifyPassword('cafe\u0301 lantern', hash)).toBe(true)
  expect(await verifyPassword('cafe lantern', hash)).toBe(false)
  expect(await verifyPassword('', hash)).toBe(false)
  expect(needsRehash(hash)).toBe(false)
})

// The reference implementation (phc-winner-argon2, test.c): argon2id, v=19, t=2, m=65536, p=1, "password", "somesalt".
test('hashes of others are read', async () => {
  const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await verifyPassword('password', hash)).toBe(true)
  expect(await verifyPassword('Password', hash)).toBe(false)
})

test('what is not such a hash opens for nothing', async () => {
  for (const hash of [
    '',
    'password',
    '$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA',
    '$2b$10$abcdefghijklmnopqrstuv',
  ])
    expect(await verifyPassword('password', hash)).toBe(false)
})

test('a password that is too long is refused without being hashed', async () => {
  const long = 'x'.repeat(201)
  const hash = await hashPassword(long, randomBytes)
  expect(await verifyPassword(long, hash)).toBe(false)
})

test('lower costs are noticed', () => {
  const tag = (memory: number, passes: number): string => {
    const bytes = argon2Sync('argon2id', {
      ...{ message: 'x', nonce: Buffer.alloc(16), parallelism: 1, tagLength: 32, memory, passes },
    })
    return `$argon2id$v=19$m=${memory},t=${passes},p=1$AAAAAAAAAAAAAAAAAAAAAA$${bytes.toString('base64').replace('=', '')}`
  }
  expect(needsRehash(tag(8_192, 2))).toBe(true)
  expect(needsRehash(tag(19_456, 1))).toBe(true)
  expect(needsRehash(tag(19_456, 2))).toBe(false)
  expect(needsRehash(tag(32_768, 3))).toBe(false)
  expect(needsRehash('nonsense')).toBe(true)
})

test('hashing leaves the main thread free', async () => {
  let longest = 0
  let last = performance.now()
  const ticking = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 2)
  await Promise.all(Array.from({ length: 10 }, () => hashPassword('mossy lantern', randomBytes)))
  clearInterval(ticking)
  expect(longest).toBeLessThan(200)
})
