// What people are found by is stored, so that the short way which plain text takes must come to what the long one comes to.
import fc from 'fast-check'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cloneTemplate } from '../support/database.ts'

let owner: postgres.Sql
beforeAll(async () => {
  owner = postgres((await cloneTemplate()).ownerUrl, { max: 1, onnotice: () => {} })
})
afterAll(() => owner.end())

test('text without accents is folded to what the long way would fold it to', async () => {
  const texts = fc.sample(fc.string({ unit: fc.constantFrom(...ascii) }), { numRuns: 500, seed: 1 })
  const wrong = await owner`select v from unnest(${[...texts, ascii.join('')]}::text[]) v
    where bare(v) is distinct from fold(regexp_replace(normalize(v, NFKD), U&'[\\0300-\\036F]', '', 'g'))`
  expect(wrong).toEqual([])
  expect(await owner`select bare('Zoë ÅNGSTRÖM ﬁ İ') as bare`).toEqual([{ bare: 'zoe angstrom fi i' }])
})

test('a plain address is its own key, and whatever providers write around one still goes', async () => {
  const same =
    await owner`select v, address_key(v) as key from unnest(${['Ada.L+x@North.example.com', 'ADA', '@', 'a@b@c.example']}::text[]) v`
  for (const { v, key } of same) expect(key).toBe(String(v).toLowerCase())
  const keys = await owner`select address_key(v) as key from unnest(${[
    ...['ada@example.com.', 'MAILTO:Ada@example.com', 'Ada <ada@example.com>', '"ada@example.com"', ' ada@example.com'],
    ...['ada@example.com...', 'ada@ex\u00adample.com', 'ＡＤＡ@example。com'],
  ]}::text[]) v`
  for (const { key } of keys) expect(key).toBe('ada@example.com')
})

/** Without the null character, which PostgreSQL has in no text. */
const ascii = Array.from({ length: 127 }, (_, at) => String.fromCharCode(at + 1))
