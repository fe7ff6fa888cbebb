// What is issued: enough randomness, a prefix where it has one, and nothing at rest but a hash.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { issueSecret, issueToken, systemRandom } from './crypto.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

test.each(['rcs', 'rck', 'rca'] as const)('a secret %s_… has 256 random bits, and is kept by its hash', (prefix) => {
  const [first, second] = [issueSecret(prefix, systemRandom), issueSecret(prefix, systemRandom)]
  expect(first.plain).toMatch(new RegExp(`^${prefix}_[\\w-]{43}$`))
  expect(Buffer.from(first.plain.slice(4), 'base64url')).toHaveLength(32)
  expect(first).toEqual({ plain: first.plain, hash: sha256(first.plain), lastFour: first.plain.slice(-4) })
  expect(second.plain).not.toBe(first.plain)
})

test('a token for cookies and links has 256 random bits, and is kept by its hash', () => {
  const [first, second] = [issueToken(systemRandom), issueToken(systemRandom)]
  expect(Buffer.from(first.plain, 'base64url')).toHaveLength(32)
  expect(first.hash).toBe(sha256(first.plain))
  expect(second.plain).not.toBe(first.plain)
})
