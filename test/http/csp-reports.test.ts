// Reports of browsers about our content security policy: counted and told to the operator, whatever form they come in, and nothing
// of them is kept that could let somebody in.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'

const apps: TestApp[] = []
let app: TestApp
beforeEach(async () => {
  app = await startTestApp({ lanes: 1, trustedProxies: 1 })
  apps.push(app)
})
afterAll(() => Promise.all(apps.map((each) => each.close())))

const page = 'https://id.example.com'
let addresses = 0

async function send(body: unknown, type = 'application/csp-report', ip?: string): Promise<number> {
  addresses += 1
  const from = ip ?? `192.0.2.${addresses % 250}`
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': type, 'x-forwarded-for': from }
  return (await app.request('/csp-reports', { method: 'POST', headers, body: text })).status
}

const older = (over: object = {}) => ({
  'csp-report': {
    ...{ 'document-uri': `${page}/console/users?q=ada`, 'effective-directive': 'script-src-elem' },
    ...{ 'blocked-uri': 'https://evil.example.com/x.js?token=abc', ...over },
  },
})

const newer = (over: object = {}, type = 'csp-violation') => ({
  ...{ type, age: 1, url: `${page}/login`, user_agent: 'x' },
  body: { documentURL: `${page}/login`, effectiveDirective: 'style-src', blockedURL: 'inline', ...over },
})

const total = async (): Promise<number> =>
  ((await (await app.request('/healthz')).json()) as { cspReports?: number }).cspReports ?? 0

type Line = { msg: string; directive: string; page: string; blocked: string; reports: number; total: number }
const told = (): Line[] =>
  app.log.lines.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg.startsWith('A browser reports'))

describe('a report is counted, and told once a minute by directive and kind of page', () => {
  test('in the older form', async () => {
    expect(await total()).toBe(0)
    for (let times = 0; times < 3; times += 1) expect(await send(older())).toBe(204)
    expect(await total()).toBe(3)
    const kind = { directive: 'script-src-elem', page: 'console', blocked: 'another origin' }
    expect(told()).toMatchObject([{ ...kind, reports: 1, total: 1 }])
    app.clock.advance(61_000)
    await send(older({ 'effective-directive': undefined, 'violated-directive': "script-src-elem 'self'" }))
    expect(told()).toMatchObject([{ total: 1 }, { ...kind, reports: 3, total: 4 }])
  })

  test('in the newer form, several at once', async () => {
    const list = [newer(), newer({ documentURL: `${page}/setup/stp_secret-token` }), newer({}, 'deprecation')]
    expect(await send(list, 'application/reports+json; charset=utf-8')).toBe(204)
    expect(await total()).toBe(2)
    expect(told().map(({ directive, page: kind, blocked }) => [directive, kind, blocked])).toEqual([
      ['style-src', 'login', 'inline'],
      ['style-src', 'setup', 'inline'],
    ])
  })

  test('what is no directive and no page of ours makes no kinds of its own', async () => {
    for (let index = 0; index < 50; index += 1) {
      await send(older({ 'effective-directive': `x-${index}`, 'document-uri': `${page}/x-${index}/y` }))
    }
    expect(await total()).toBe(50)
    expect(told()).toMatchObject([{ directive: 'other', page: 'other' }])
    await send(older({ 'document-uri': 'https://elsewhere.example.com/console' }))
    await send(older({ 'document-uri': 'about:blank' }))
    expect(await total()).toBe(50)
  })
})

test('no address of a report is kept: no query, no token in a path, nothing of the page that was blocked', async () => {
  const secret = 'tok-4711'
  await send(
    older({
      'document-uri': `${page}/invitation/${secret}?x=${secret}#${secret}`,
      'blocked-uri': `https://${secret}.example.com/${secret}`,
    }),
  )
  await send(
    [
      newer({
        documentURL: `${page}/login/reset/${secret}`,
        sample: secret,
        referrer: secret,
        blockedURL: secret,
        sourceFile: secret,
      }),
    ],
    'application/reports+json',
  )
  expect(await total()).toBe(2)
  expect(app.log.lines.join('')).not.toContain(secret)
})

describe('what is no report is refused', () => {
  test.each<[string, unknown, string, number]>([
    ['no JSON', '{', 'application/csp-report', 400],
    ['the same name twice', '{"csp-report":{},"csp-report":{}}', 'application/csp-report', 400],
    ['another object', { report: 1 }, 'application/csp-report', 400],
    ['a text', '"x"', 'application/csp-report', 400],
    ['another media type', older(), 'application/json', 415],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['too large', older({ sample: 'x'.repeat(16_384) }), 'application/csp-report', 413],
  ])('%s', async (_, body, type, status) => {
    expect(await send(body, type)).toBe(status)
    expect(await total()).toBe(0)
    expect(await send(older())).toBe(204)
  })

  test('too many from one address, and others are heard all the same', async () => {
    const statuses: number[] = []
    for (let index = 0; index < 70; index += 1) statuses.push(await send(older(), undefined, '198.51.100.7'))
    expect(statuses.slice(0, 55).every((status) => status === 204)).toBe(true)
    expect(statuses.at(-1)).toBe(429)
    expect(await send(older(), undefined, '198.51.100.8')).toBe(204)
    app.clock.advance(5_000)
    expect(await send(older(), undefined, '198.51.100.7')).toBe(204)
  })
})
