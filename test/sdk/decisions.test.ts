// The kit's questions about access: what is asked at once goes in one request, and whatever goes wrong means no.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { createDecisions, type DecisionSettings } from '#sdk/decisions.ts'
import { createRolecall } from '#sdk/rolecall.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { listen } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { createPlatformKey } from '../support/platform.ts'
import { cookieSecret } from '../support/product.ts'

let stage: AccessStage
let one: Client
let other: Client
let issuer: string
let close: () => Promise<void>
let requests = 0
let undecided: string[]

beforeAll(async () => {
  stage = await startStage()
  one = await stage.createClient()
  other = await stage.createClient()
  const listening = await listen(() => ({
    fetch: (request: Request) => stage.app.request(new URL(request.url).pathname, request),
  }))
  issuer = listening.origin
  close = listening.close
})
afterAll(async () => {
  await close()
  await stage.close()
})
beforeEach(() => {
  requests = 0
  undecided = []
})

const count: typeof fetch = (input, init) => {
  requests += 1
  return fetch(input, init)
}

const decisions = (settings: Partial<DecisionSettings> = {}) =>
  createDecisions({
    ...{ issuer, key: one.key, fetch: count },
    onUndecided: ({ code, reason }) => undecided.push(reason ?? code),
    ...settings,
  })

async function editorOf(client: Client, brand: string): Promise<{ userId: string; organizationId: string }> {
  const userId = await createPerson(client, `editor-${brand}@example.com`)
  const { id: brandId } = await createBrand(client.ctx, { slug: brand, name: brand })
  await giveRole(client, { userId, role: 'editor', brandId })
  return { userId, organizationId: client.organizationId }
}

describe('asked', () => {
  test('in a brand, in the organization and about a thing, in one request', async () => {
    const { can } = decisions()
    const subject = await editorOf(one, 'harbor')
    const article = { type: 'article', id: '42', properties: { brand: 'harbor' } }
    const answers = await Promise.all([
      can(subject, 'content.publish', { brand: 'harbor' }),
      can(subject, 'content.publish', { brand: 'elsewhere' }),
      can(subject, 'content.edit', article),
      can(subject, 'content.publish'),
      can(undefined, 'content.publish', { brand: 'harbor' }),
      can.all(subject, [
        ['content.view', { brand: 'harbor' }],
        ['content.publish', { brand: 'harbor' }],
      ]),
      can.all(subject, [['content.view', { brand: 'harbor' }], ['users.manage']]),
    ])
    expect(answers).toEqual([true, false, true, false, false, true, false])
    expect([requests, undecided]).toEqual([1, []])
    expect(await can.all(subject, [])).toBe(false)
  })

  test('twelve hundred at once, in two requests', async () => {
    const { can } = decisions()
    const subject = await editorOf(one, 'tide')
    const answers = await Promise.all(
      Array.from({ length: 1_200 }, (_, index) =>
        can(subject, 'content.view', { brand: index % 2 === 0 ? 'tide' : 'none' }),
      ),
    )
    expect([answers.filter(Boolean).length, answers[0], answers[1_199], requests]).toEqual([600, true, false, 2])
  })

  test('with a platform key, in whichever organization somebody is, or in one alone', async () => {
    const [ours, theirs] = [await editorOf(one, 'aurora'), await editorOf(other, 'aurora')]
    const { key } = await createPlatformKey(stage, { scopes: [], access: 'decisions' })
    const anywhere = decisions({ key })
    const place = { brand: 'aurora' }
    expect(await Promise.all([ours, theirs].map((who) => anywhere.can(who, 'content.publish', place)))).toEqual([
      true,
      true,
    ])
    expect(requests).toBe(1)
    const here = decisions({ key, organization: one.slug })
    expect(await Promise.all([ours, theirs].map((who) => here.can(who, 'content.publish', place)))).toEqual([
      true,
      false,
    ])
  })

  test('required, it says why not', async () => {
    const { requirePermission } = decisions()
    const subject = await editorOf(one, 'delta')
    await requirePermission(subject, 'content.publish', { brand: 'delta' })
    const refused = { code: 'forbidden', status: 403 }
    await expect(requirePermission(subject, 'users.manage', { brand: 'delta' })).rejects.toMatchObject(refused)
    await expect(requirePermission(undefined, 'content.view')).rejects.toMatchObject({
      code: 'unauthenticated',
      status: 401,
    })
  })
})

describe('without an answer it is no', () => {
  const nobodyListens = 'http://127.0.0.1:9'
  const answering = (answer: () => Response): Partial<DecisionSettings> => ({ fetch: async () => answer() })
  test.each<[string, () => Partial<DecisionSettings>, string]>([
    ['nobody listens', () => ({ issuer: nobodyListens }), 'unavailable'],
    ['the key is wrong', () => ({ key: 'rck_wrong' }), 'unauthenticated'],
    ['the server has a fault', () => answering(() => new Response('down', { status: 500 })), 'unavailable'],
    ['the answer is no JSON', () => answering(() => new Response('{"evaluations":[{"dec')), 'unavailable'],
    ['the answer is a page', () => answering(() => new Response('<h1>Wi-Fi</h1>')), 'unavailable'],
    ['there are too few answers', () => answering(() => Response.json({ evaluations: [] })), 'unavailable'],
    [
      'there are too many',
      () => answering(() => Response.json({ evaluations: [{ decision: true }, { decision: true }] })),
      'unavailable',
    ],
    [
      'it takes too long',
      () => ({
        timeoutMillis: 50,
        fetch: (_, init) =>
          new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
      }),
      'unavailable',
    ],
  ])('%s', async (_, settings, told) => {
    const { can, requirePermission } = decisions(settings())
    const subject = { userId: 'usr_1', organizationId: one.organizationId }
    expect(await can(subject, 'content.view')).toBe(false)
    expect(await can.all(subject, [['content.view']])).toBe(false)
    expect(undecided).toEqual([told, told])
    await expect(requirePermission(subject, 'content.view')).rejects.toMatchObject({ code: told })
  })

  test.each([['yes'], [1], [null], [undefined]])('a decision that is %s is none', async (decision) => {
    const { can } = decisions(answering(() => Response.json({ evaluations: [{ decision }] })))
    expect(await can({ userId: 'usr_1', organizationId: 'org_1' }, 'content.view')).toBe(false)
  })

  test('without a key it is an error of the product', async () => {
    const redirectUri = 'https://news.example.com/callback'
    const { can } = createRolecall({ issuer, clientId: 'app_1', redirectUri, cookieSecret })
    await expect(can({ userId: 'usr_1', organizationId: 'org_1' }, 'x')).rejects.toMatchObject({
      code: 'misconfigured',
    })
  })
})
