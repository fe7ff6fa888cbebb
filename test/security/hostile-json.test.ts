// Bodies that two readers of JSON could take for two different things are refused, wherever JSON is taken: SCIM, the management
// API, AuthZEN (RFC 7493).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonLimits } from '#platform/json.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { paced } from '../support/pace.ts'
import { core, type ScimClient, scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let scim: ScimClient
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  const directory = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
  scim = scimClient((path, init) => stage.request(path, init), directory)
})
afterAll(() => stage.close())

type Sent = { status: number; body: { scimType?: string; reason?: string } }

const raw = async (path: string, body: string): Promise<Sent> => {
  const headers = { Authorization: `Bearer ${client.key}`, 'Content-Type': 'application/json' }
  const answer = await stage.request(path, { method: 'POST', headers, body })
  return { status: answer.status, body: (await answer.json()) as Sent['body'] }
}

let people = 0
const question = '"subject":{"type":"user","id":"x"},"action":{"name":"a.b"},"resource":{"type":"brand","id":"b"}'

/** Each place that takes JSON, with a body into which a member of any kind can be put. */
const places: [string, (extra: string) => Promise<Sent>][] = [
  [
    'SCIM, by POST',
    (extra) =>
      scim.send('POST', '/Users', `{"schemas":["${core}:User"],"userName":"p${people++}@example.com","x":{}${extra}}`),
  ],
  ['SCIM, by .search', (extra) => scim.send('POST', '/Users/.search', `{"count":1,"x":{}${extra}}`)],
  ['the management API', (extra) => raw('/api/v1/users', `{"userName":"p${people++}@example.com","x":{}${extra}}`)],
  ['AuthZEN, one question', (extra) => raw('/access/v1/evaluation', `{${question},"x":{}${extra}}`)],
  ['AuthZEN, several', (extra) => raw('/access/v1/evaluations', `{"evaluations":[{${question},"x":{}${extra}}]}`)],
]

const refusedAs = (answer: Sent): string | undefined => answer.body.scimType ?? answer.body.reason

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const nestedObjects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

describe.each(places)('%s', (name, send) => {
  test('a body as it should be is answered', async () => {
    const fine = [
      '',
      ',"y":{"a":1,"b":{"a":1}},"z":[{"a":1},{"a":1}]',
      ',"A":1,"a":1,"text":"{\\"a\\":1,\\"a\\":1e999} [[[ ::: \\\\"',
      `,"y":${nested(40)},"z":${nestedObjects(40)}`,
      ',"y":[9007199254740993.5,1e308,-1.5e-300,1000000000000000000,-9007199254740992,12345678901234567890e0]',
    ]
    for (const extra of fine) {
      const answer = await send(extra)
      // The management API has no members that it does not know.
      const isTaken = answer.status < 300 || (name === 'the management API' && refusedAs(answer) === 'invalidValue')
      expect(isTaken, `${extra} ${JSON.stringify(answer)}`).toBe(true)
    }
  })

  test.each([
    ['at the top', ',"x":1'],
    ['with the same value', ',"y":1,"y":1'],
    ['written with escapes', ',"a":1,"\\u0061":2'],
    ['deep inside', ',"y":[{"z":{"a":1,"b":2,"a":3}}]'],
    ['the empty name', ',"":1,"":2'],
    ['behind text that looks like structure', ',"y":"\\":{","y":1'],
    ['names with colons', ',"a:b":1,"a:b":2'],
  ])('the same name twice, %s', async (_, extra) => {
    const answer = await send(extra)
    expect([answer.status, refusedAs(answer)]).toEqual([400, 'invalidSyntax'])
  })

  test.each(['1e400', '-1e400', '1e309', '[1,[-1E+999]]', '9007199254740993', '-123456789012345678', '9'.repeat(400)])(
    'a number that no double holds: %s',
    async (number) => {
      const answer = await send(`,"y":${number}`)
      expect([answer.status, refusedAs(answer)]).toEqual([400, 'invalidSyntax'])
    },
  )

  test.each([jsonLimits.depth, 10_000, 100_000])('%i lists or objects in one another', async (depth) => {
    for (const extra of [nested(depth), nestedObjects(depth), '['.repeat(depth), '{"a":['.repeat(depth / 2)]) {
      const { answer, millis } = await paced(() => send(`,"y":${extra}`), 50)
      expect([answer.status, refusedAs(answer)]).toEqual([400, 'invalidSyntax'])
      expect(millis).toBeLessThan(50)
    }
  })

  test('names that reach for prototypes', async () => {
    for (const extra of [',"__proto__":{"a":1}', ',"y":{"constructor":{"prototype":{}}}']) {
      const answer = await send(extra)
      expect([answer.status, refusedAs(answer)]).toEqual([400, 'invalidSyntax'])
    }
  })
})

test('the management API, with nothing beside what it knows', async () => {
  expect((await raw('/api/v1/users', '{"userName":"plain@example.com","emails":["a@example.com"]}')).status).toBe(201)
  expect((await raw('/api/v1/users', '{"userName":"a@example.com","userName":"b@example.com"}')).status).toBe(400)
})

test('more values than anybody needs, in a body that is not too large', async () => {
  const body = `{"displayName":"X","members":[${Array(jsonLimits.values + 1).fill('1')}]}`
  expect((await scim.send('POST', '/Groups', body)).status).toBe(413)
})
