// W-037, W-039: secrets are sealed under a key that the server proves to have when it starts.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { applicationSecretPlace } from '#access/applications/applications.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { rotateSigningKeys } from '#access/applications/signing-keys.ts'
import { systemContext } from '#access/ground/system-context.ts'
import { mailBodyPlace, queueMail } from '#access/notices/mail/queue-mail.ts'
import { requireSealingKeys } from '#access/organizations/sealing-check.ts'
import { countSecretsByKey, resealSecrets, sealedColumns } from '#access/upkeep/reseal-secrets.ts'
import { getConnection, openConnectionSecret } from '#connections/sign-in/connections.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { startWorker } from '#jobs/worker.ts'
import { systemRandom } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { keysFromFile, writtenKeys } from '#platform/key-file.ts'
import { createLog } from '#platform/log.ts'
import { createSealing, type SealPlace } from '#platform/sealing.ts'
import { Secret } from '#platform/secret.ts'
import { enterInstance, inTransaction } from '#src/context.ts'
import { runCommand } from '../support/access.ts'
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
  const sameName = { ...app.services, sealing: createSealing([key('test', 9)], systemRandom) }
  await expect(requireSealingKeys(sameName)).rejects.toThrow(/with another key that is called test, too/)
})

test('the key file is made once, for its owner alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-key-'))
  const keys = await Promise.all(Array.from({ length: 8 }, async () => writtenKeys(keysFromFile(folder, systemRandom))))
  expect(new Set(keys).size).toBe(1)
  expect(readdirSync(folder)).toEqual(['encryption.key'])
  expect(statSync(join(folder, 'encryption.key')).mode & 0o777).toBe(0o600)
  rmSync(folder, { recursive: true })
})

describe('W-039 another key', () => {
  const oldKey = key('old', 1)
  const newKey = key('new', 2)

  /** As a node has it that was started with these keys. */
  const withKeys = (...keys: ReturnType<typeof key>[]) => ({
    ...app.services,
    sealing: createSealing(keys, systemRandom),
  })

  async function sealedThings() {
    const services = withKeys(oldKey)
    const organization = await app.createOrganization()
    const ctx = { ...organization.ctx, sealing: services.sealing }
    const connection = await createConnection(
      ctx,
      { type: 'oidc', issuer: 'https://op.example.net', clientId: 'a', clientSecret: 'the-client-secret' },
      async () => {},
    )
    const { application, clientSecret } = await createApplication(ctx, {
      ...{ name: 'Studio', redirectUris: ['https://studio.example.com/callback'] },
    })
    const letter = { subject: 'Hello', paragraphs: ['The body'], closing: [] }
    await inTransaction(ctx, (tx) => queueMail(tx, ctx, { kind: 'test', to: 'ada@example.com', targetId: 'x', letter }))
    const [id] = await rotateSigningKeys({ ...instance(), sealing: services.sealing })
    return { organization, connection, application, clientSecret, kid: id?.kid ?? '' }
  }
  const instance = () => ({ ...systemContext(app.services, ''), entry: enterInstance({}) })
  const countsOf = async (services: typeof app.services): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      (await countSecretsByKey(services)).map(({ keyId, status, secrets }) => [keyId, [status, secrets]]),
    )

  test('every column that holds secrets is known', async () => {
    const rows =
      await app.owner`select table_name || '.' || column_name as name from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = 'public' and table_type = 'BASE TABLE' and column_name like '%\\_sealed' order by 1`
    const known = sealedColumns.map(([table, column]) => `${table}.${column}`)
    // What waits for a sign-in, and answers of a day, run out by themselves.
    const others = ['instance_keys.value_sealed', 'sign_in_requests.secret_sealed', 'idempotent_answers.answer_sealed']
    expect(rows.map((row) => row['name'])).toEqual([...known, ...others].toSorted())
  })

  test('takes over what was sealed under the old one, which can then be removed', async () => {
    const { organization, connection, application, clientSecret, kid } = await sealedThings()
    const both = withKeys(newKey, oldKey, key('test', 7))
    const before = await countsOf(both)
    expect(before).toMatchObject({ old: ['old', 5], new: ['current', 0] })
    expect((await resealSecrets(both)).count).toBeGreaterThanOrEqual(5)
    expect(await countsOf(both)).toMatchObject({ old: ['old', 0] })
    expect(await resealSecrets(both)).toEqual({ count: 0, unopened: [] })

    const alone = { ...organization.ctx, sealing: createSealing([newKey], systemRandom) }
    expect(openConnectionSecret(alone, await getConnection(alone, connection.id))).toBe('the-client-secret')
    const [row] = await app.owner`select secret_sealed as sealed from applications where id = ${application.id}`
    const { id } = organization
    expect(alone.sealing.open(row?.['sealed'], applicationSecretPlace(id, application.id))).toBe(clientSecret)
    const [mail] = await app.owner`select id, body_sealed as sealed from mails where organization_id = ${id}`
    expect(alone.sealing.open(mail?.['sealed'], mailBodyPlace(id, mail?.['id']))).toContain('The body')
    const [signing] = await app.owner`select value_sealed as sealed from instance_keys where id = ${kid}`
    expect(alone.sealing.open(signing?.['sealed'], ['instance_keys', 'value_sealed', 'instance', kid])).toContain(kid)
    await requireSealingKeys({ ...app.services, sealing: alone.sealing })
  })

  test('leaves what is under a key that is not configured, and says so', async () => {
    await sealedThings()
    const without = withKeys(newKey)
    expect(await countsOf(without)).toMatchObject({ old: ['missing', 5] })
    expect((await resealSecrets(without)).count).toBe(0)
    expect((await resealSecrets(withKeys(newKey, key('third', 3)))).count).toBe(0)
    await resealSecrets(withKeys(newKey, oldKey))
  })

  test('leaves what was sealed with another key of the same name, names it, and goes on with the rest', async () => {
    const { connection } = await sealedThings()
    const impostor = createSealing([key('old', 9)], systemRandom)
    const { id } = connection
    const [row] = await app.owner`select organization_id as org from connections where id = ${id}`
    const sealed = impostor.seal('x', ['connections', 'secret_sealed', String(row?.['org']), id])
    await app.owner`update connections set secret_sealed = ${sealed} where id = ${id}`
    const done = await resealSecrets(withKeys(newKey, oldKey))
    expect(done).toEqual({ count: 4, unopened: [`connections ${id}`] })
    await app.owner`update connections set secret_sealed = null where id = ${id}`
  })

  test('is taken up by the worker, and counted and done by command', async () => {
    await sealedThings()
    const services = withKeys(newKey, oldKey, key('test', 7))
    const list = await runCommand({ ...services, urls: app.services.urls }, ['keys', 'secrets', '--json'])
    expect(list.json.items).toContainEqual({ keyId: 'old', status: 'old', secrets: 5 })
    const worker = startWorker(services, createLog('silent'), { tickMillis: 20 })
    await vi.waitFor(async () => expect(await countsOf(services)).toMatchObject({ old: ['old', 0] }), 10_000)
    await worker.stop()
    await sealedThings()
    const done = await runCommand({ ...services, urls: app.services.urls }, ['keys', 'reseal'])
    expect(done.lines).toEqual(['5 secrets are sealed anew'])
  })
})
