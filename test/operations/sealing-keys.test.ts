// W-037, W-039: secrets are sealed under a key that the server proves to have when it starts.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requireSealingKeys } from '#access/organizations/sealing-check.ts'
import { systemRandom } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { keysFromFile, writtenKeys } from '#platform/key-file.ts'
import { createSealing, type SealPlace } from '#platform/sealing.ts'
import { Secret } from '#platform/secret.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const key = (id: string, byte: number) => ({ id, key: new Secret(Buffer.alloc(32, byte).toString('base64')) })
const place: SealPlace = ['connections', 'secret_sealed', 'org_1', 'con_1']

test('W-037 a sealed value opens in its own place alone, and never twice alike', () => {
  const sealing = createSealing([key('a', 1)], systemRandom)
  const [first, second] = [sealing.seal('secret', place), sealing.seal('secret', place)]
  expect(first).not.toBe(second)
  expect(first).not.toContain('secret')
  expect(sealing.open(first, place)).toBe('secret')
  for (const position of place.keys()) {
    const elsewhere = place.map((part, index) => (index === position ? 'other' : part)) as unknown as SealPlace
    expect(() => sealing.open(first, elsewhere)).toThrow(AppError)
  }
  const changed = `${first.slice(0, -2)}${first.endsWith('AA') ? 'BB' : 'AA'}`
  expect(() => sealing.open(changed, place)).toThrow(AppError)
})

test('W-039 a new key seals while the old one still opens; without the old one its values do not', () => {
  const sealed = createSealing([key('old', 1)], systemRandom).seal('secret', place)
  const both = createSealing([key('new', 2), key('old', 1)], systemRandom)
  expect([both.open(sealed, place), both.seal('x', place).split('.')[1]]).toEqual(['secret', 'new'])
  const alone = createSealing([key('new', 2)], systemRandom)
  expect(() => alone.open(sealed, place)).toThrow(AppError)
  const sameId = createSealing([key('old', 3)], systemRandom)
  expect(() => sameId.open(sealed, place)).toThrow(AppError)
})

test('W-039 the start says which key is missing', async () => {
  await requireSealingKeys(app.services)
  await requireSealingKeys(app.services)
  const other = { ...app.services, sealing: createSealing([key('other', 9)], systemRandom) }
  await expect(requireSealingKeys(other)).rejects.toThrow(/sealed with the key test.*ENCRYPTION_KEYS/)
})

test('the key file is made once, for its owner alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-key-'))
  const keys = await Promise.all(Array.from({ length: 8 }, async () => writtenKeys(keysFromFile(folder, systemRandom))))
  expect(new Set(keys).size).toBe(1)
  expect(readdirSync(folder)).toEqual(['encryption.key'])
  expect(statSync(join(folder, 'encryption.key')).mode & 0o777).toBe(0o600)
  rmSync(folder, { recursive: true })
})
