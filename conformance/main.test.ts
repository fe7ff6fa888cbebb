// The runner against a tiny server on loopback: it must see wrong answers as failures and right ones as passes.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runConformance } from './main.ts'

interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

const received: { line: string; headers: http.IncomingHttpHeaders; body: string }[] = []
let answer: (request: http.IncomingMessage) => Answer
let server: http.Server
let folder: string
let url: string

beforeEach(async () => {
  received.length = 0
  server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
      const { status, body: reply, headers } = answer(request)
      response.writeHead(status, { 'Content-Type': 'application/scim+json', ...headers })
      response.end(reply === undefined ? '' : JSON.stringify(reply))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim`
  folder = await mkdtemp(path.join(tmpdir(), 'conformance-'))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

async function writeFixture(name: string, extra: object): Promise<void> {
  const fixture = { format: 'idp-replay/1', kind: 'scim', name, ...extra }
  await writeFile(path.join(folder, `${name}.json`), JSON.stringify(fixture))
}

async function run(...flags: string[]): Promise<{ code: number; lines: string[]; text: string }> {
  const lines: string[] = []
  const argv = ['--url', url, '--token', 't0', '--fixtures', folder, '--suite', 'replay', ...flags]
  // Joins surplus arguments too: console.log would print them.
  const code = await runConformance(argv, (...texts) => lines.push(texts.join(' ')))
  return { code, lines, text: lines.join('\n') }
}

const createAndRead = {
  defaults: { headers: { Authorization: 'Bearer {{token}}', 'User-Agent': '' } },
  steps: [
    {
      id: 's01',
      request: { method: 'POST', path: '/Users', body: { userName: 'ann' } },
      expect: { status: 201, body: { id: { $nonEmpty: true } } },
      capture: { userId: '$.id' },
    },
    {
      id: 's02',
      request: { method: 'GET', path: '/Users/{{userId}}', rawQuery: '' },
      expect: { statusIn: [200], headers: { 'content-type': { $regex: 'json' } }, body: { userName: 'ann' } },
    },
  ],
}

describe('a replay', () => {
  it('passes when every answer is as expected', async () => {
    await writeFixture('create-and-read', createAndRead)
    answer = ({ method }) => ({
      status: method === 'POST' ? 201 : 200,
      body: { id: 'u7', userName: 'ann' },
    })
    const { code, lines } = await run()
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped')
    expect(code).toBe(0)
    expect(received.map(({ line }) => line)).toEqual(['POST /scim/Users', 'GET /scim/Users/u7?'])
    expect(received[0]?.headers).toMatchObject({ authorization: 'Bearer t0', 'user-agent': '', 'content-length': '18' })
    expect(received[0]?.body).toBe('{"userName":"ann"}')
  })

  it('fails with step, expected and received when an answer is wrong', async () => {
    await writeFixture('create-and-read', createAndRead)
    answer = ({ method }) => ({ status: method === 'POST' ? 201 : 200, body: { id: 'u7', userName: 'bob' } })
    const { code, lines, text } = await run()
    expect(lines.find((line) => line.startsWith('FAIL'))).toBe(
      'FAIL replay: create-and-read [s02] expected $.userName "ann", received "bob"',
    )
    expect(text).not.toContain('t0')
    expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped')
    expect(code).toBe(1)
  })

  it('stops at the first failing step', async () => {
    await writeFixture('create-and-read', createAndRead)
    answer = () => ({ status: 500 })
    const { text } = await run()
    expect(text).toContain('[s01] expected status 201, received status 500')
    expect(received).toHaveLength(1)
  })

  it('fails on a body that has to be empty, on slowness and on a missing capture', async () => {
    const request = { method: 'GET', path: '/Users' }
    await writeFixture('body', { steps: [{ id: 'a', request, expect: { status: 200, bodyEmpty: true } }] })
    await writeFixture('time', { steps: [{ id: 'b', request, expect: { status: 200, maxMillis: -1 } }] })
    await writeFixture('capture', { steps: [{ id: 'c', request, expect: { status: 200 }, capture: { x: '$.x' } }] })
    answer = () => ({ status: 200, body: {} })
    const { text, code } = await run('--concurrency', '3')
    expect(text).toContain('body [a] expected an empty body, received "{}"')
    expect(text).toMatch(/time \[b\] expected at most -1 ms, received \d+ ms/)
    expect(text).toContain('capture [c] expected $.x a value to capture, received (missing)')
    expect(code).toBe(1)
  })

  it('fails when the server cannot be reached', async () => {
    await writeFixture('create-and-read', createAndRead)
    const { text, code } = await run('--url', 'http://127.0.0.1:1/scim')
    expect(text).toContain('[s01] expected an answer, received POST /scim/Users: connect ECONNREFUSED')
    expect(code).toBe(1)
  })

  it('is skipped when the server lacks a feature it requires', async () => {
    await writeFixture('cursor', { ...createAndRead, requires: ['cursor-pagination'] })
    answer = ({ method, url: target }) =>
      target?.includes('ServiceProviderConfig')
        ? { status: 200, body: { pagination: { cursor: true } } }
        : { status: method === 'POST' ? 201 : 200, body: { id: 'u7', userName: 'ann' } }
    expect((await run()).lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped')
    const skipped = await run('--skip-feature', 'cursor-pagination')
    expect(skipped.text).toContain('SKIP replay: cursor: needs cursor-pagination: --skip-feature')
    expect(skipped.code).toBe(2)
    answer = () => ({ status: 200, body: { pagination: { cursor: false } } })
    const { text, lines } = await run()
    expect(text).toContain('pagination.cursor is not true')
    expect(lines.at(-1)).toBe('0 passed, 0 failed, 1 skipped')
  })

  it('gets a new directory from the --fresh command', async () => {
    await writeFixture('create-and-read', createAndRead)
    answer = ({ method, headers }) => ({
      status: headers.authorization === 'Bearer t1' ? (method === 'POST' ? 201 : 200) : 401,
      body: { id: 'u7', userName: 'ann' },
    })
    const line = JSON.stringify({ baseUrl: url, token: 't1', directoryId: 'd' })
    const lines: string[] = []
    const argv = ['--fresh', `echo starting; echo '${line}'`, '--fixtures', folder, '--suite', 'replay']
    expect(await runConformance(argv, (text) => lines.push(text))).toBe(0)
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped')
    argv[1] = 'echo no; exit 3'
    expect(await runConformance(argv, (text) => lines.push(text))).toBe(1)
    expect(lines.join('\n')).toContain('the --fresh command ended with 3')
  })
})

describe('the command line', () => {
  it.each([
    ['no target', []],
    ['an unknown flag', ['--url', 'http://127.0.0.1:1', '--token', 't', '--bogus']],
    ['a URL that is none', ['--url', 'scim', '--token', 't']],
    ['an unknown suite', ['--url', 'http://127.0.0.1:1', '--token', 't', '--suite', 'x']],
    ['both targets', ['--url', 'http://127.0.0.1:1', '--token', 't', '--fresh', 'true']],
  ])('ends with 2 for %s', async (_, argv) => {
    expect(await runConformance(argv, () => undefined)).toBe(2)
  })

  it('ends with 2 when there is no fixture or none is wanted', async () => {
    expect(await run()).toMatchObject({ code: 2, text: expect.stringContaining('no SCIM fixture') })
    await writeFixture('create-and-read', createAndRead)
    expect((await run('--only', 'nothing-like-this')).code).toBe(2)
  })

  it('ends with 2 for a fixture with a misspelt key', async () => {
    const step = { id: 'a', request: { method: 'GET', path: '/' }, expect: { status: 200, bodi: {} } }
    await writeFixture('broken', { steps: [step] })
    expect(await run()).toMatchObject({ code: 2, text: expect.stringContaining('unknown keys: bodi') })
  })

  it('writes JUnit XML', async () => {
    await writeFixture('create-and-read', createAndRead)
    answer = () => ({ status: 500, body: '<&">' })
    const file = path.join(folder, 'junit.out')
    await run('--junit', file)
    const xml = await readFile(file, 'utf8')
    expect(xml).toContain('<testsuite name="replay" tests="1" failures="1" skipped="0"')
    expect(xml).toContain('<failure message="[s01] expected status 201, received status 500">')
    expect(xml).toContain('&lt;&amp;')
  })
})

describe('the RFC list', () => {
  it('fails on a server that answers 200 and nothing to everything', async () => {
    answer = () => ({ status: 200, body: {} })
    const { code, lines } = await run('--suite', 'rfc', '--concurrency', '8')
    const passed = Number(/^(\d+) passed/.exec(lines.at(-1) ?? '')?.[1])
    expect(passed).toBeLessThan(5)
    expect(received.length).toBeGreaterThan(200)
    expect(code).toBe(1)
  })
})
