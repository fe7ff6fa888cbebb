// Random filters, PATCH messages and bodies: nothing is answered with a 5xx.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { runs } from '../support/property.ts'
import { enterprise, patchOp, type ScimAnswer, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
let userId: string
let groupId: string
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  userId = await scim.user('victim@example.com')
  groupId = await scim.group('Victims', [userId])
})
afterAll(() => app.close())

describe('fuzz: nothing is answered with a 5xx', () => {
  const pieces = fc.constantFrom(
    ...[
      'userName',
      'emails',
      'name.givenName',
      'active',
      'meta.created',
      'and',
      'or',
      'not',
      'eq',
      'ne',
      'co',
      'pr',
      'gt',
      '(',
      ')',
    ],
    ...[
      '[',
      ']',
      '.value',
      '"x"',
      '"\\u0000"',
      'true',
      'null',
      '1e999',
      '-5',
      '""',
      '"2020-01-01T00:00:00Z"',
      'type',
      '__proto__',
      enterprise,
    ],
    ...[
      'members',
      'groups',
      'schemas',
      'id',
      'groups.value',
      'roles.primary',
      "'",
      '\\',
      '%',
      '\u0000',
      '$1',
      ';--',
      `${enterprise}:manager`,
    ],
  )
  const noisy = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((list) => list.join(' ')),
    fc.string({ unit: 'binary' }),
  )
  const fine = ({ status, body: answered }: ScimAnswer, what: unknown) => {
    expect(status, `${JSON.stringify(what)}: ${JSON.stringify(answered)}`).toBeLessThan(500)
  }

  test('for 300 filters', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(noisy, fc.constantFrom('Users', 'Groups'), async (filter, resource) => {
      fine(await scim.list(resource as 'Users', filter, { sortBy: filter.slice(0, 40) }), filter)
      fine(await scim.list(resource as 'Users', filter), filter)
      fine(await scim.post(`/${resource}/.search`, { schemas: [], filter, sortBy: 'id' }), filter)
    })
    await fc.assert(property, runs(300))
  })

  const anything = fc.jsonValue({ stringUnit: 'binary' })
  const key = fc.oneof(
    fc.constantFrom(
      'userName',
      'name',
      'emails',
      'active',
      'members',
      'displayName',
      'urn:x:y',
      enterprise,
      'value',
      'type',
      'id',
      'schemas',
      'externalId',
      'groups',
      'meta',
    ),
    fc.string(),
  )
  const json = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      anything,
      fc.dictionary(key, tie('node'), { maxKeys: 4 }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  })).node

  test('for 200 PATCH bodies', { timeout: 60_000 }, async () => {
    const operation = fc.record(
      {
        op: fc.oneof(fc.constantFrom('add', 'replace', 'remove'), json),
        path: fc.oneof(noisy, key, json),
        value: json,
      },
      { requiredKeys: ['op'] },
    )
    const property = fc.asyncProperty(fc.array(operation, { maxLength: 3 }), async (operations) => {
      const message = { schemas: [patchOp], Operations: operations }
      fine(await scim.send('PATCH', `/Users/${userId}`, message), message)
      fine(await scim.send('PATCH', `/Groups/${groupId}`, message), message)
    })
    await fc.assert(property, runs(200))
  })

  test('for 200 JSON bodies', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(fc.dictionary(key, json), fc.string(), async (over, name) => {
      for (const message of [
        over,
        { userName: `fuzz-${name}@example.com`, ...over },
        { displayName: 'Fuzz', ...over },
      ]) {
        fine(await scim.post('/Users', message), message)
        fine(await scim.post('/Groups', message), message)
        fine(await scim.put(`/Users/${userId}`, message), message)
        fine(await scim.post('/.search', message), message)
      }
    })
    await fc.assert(property, runs(200))
  })
})
