// The one way out (W-044, O-026, R-015): where it does not go, what it does not follow, and when it gives up.
import dns from 'node:dns'
import { createServer, type RequestListener, type Server } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createOutgoing } from '#platform/outgoing.ts'

let server: Server
let origin: string
let hits = 0
const answers: Record<string, RequestListener> = {
  '/ok': (_, answer) => answer.end('hello'),
  '/redirect': (_, answer) => answer.writeHead(302, { location: '/ok' }).end(),
  '/large': (_, answer) => answer.end('x'.repeat(5_000)),
  '/endless': (_, answer) => {
    const write = (): void => {
      while (!answer.destroyed && answer.write('x'.repeat(65_536)));
      answer.once('drain', write)
    }
    write()
  },
  '/hang': () => {},
  '/drip': (_, answer) => {
    const timer = setInterval(() => answer.write('x'), 50)
    answer.once('close', () => clearInterval(timer))
  },
}
beforeAll(async () => {
  server = createServer((request, answer) => {
    hits += 1
    answers[request.url ?? '']?.(request, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const development = () => createOutgoing({ isLoopbackAllowed: true, timeoutMillis: 500 })
const production = () => createOutgoing({ isLoopbackAllowed: false, timeoutMillis: 500 })

test('what is allowed is fetched, with its status and text', async () => {
  const answer = await development().fetch(`${origin}/ok`)
  expect([answer.status, await answer.text()]).toEqual([200, 'hello'])
})

describe('W-044 nothing inside of the network is reached', () => {
  const port = (): string => new URL(origin).port
  const inside = [
    'http://127.0.0.1',
    'https://127.0.0.1',
    'https://localhost',
    'https://localhost.',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://2130706433',
    'https://0177.0.0.1',
    'https://0x7f000001',
  ]
  test.each(inside)('%s', async (start) => {
    const before = hits
    await expect(production().fetch(`${start}:${port()}/ok`)).rejects.toMatchObject({
      code: 'invalid',
      reason: 'address',
    })
    expect(hits).toBe(before)
  })

  test.each([
    'https://10.0.0.1',
    'https://192.168.0.1',
    'https://169.254.169.254',
    'https://[fd00::1]',
    'https://100.64.0.1',
    'https://0.0.0.0',
    'https://224.0.0.1',
  ])('not in development either: %s', async (url) => {
    await expect(development().fetch(url)).rejects.toMatchObject({ reason: 'address' })
  })

  test.each([
    'file:///etc/passwd',
    'gopher://example.com',
    'ftp://example.com',
    'http://example.com',
    'https://a:b@example.com',
    'not a url',
    '',
  ])('no other scheme, and no credentials: %j', (url) => {
    expect(() => development().check(url)).toThrow(/URL|https|public/)
  })
})

describe('W-044 what counts is the address that a name leads to', () => {
  const real = dns.lookup
  /** A resolver that says what somebody else wants it to. */
  const resolveTo = (...addresses: string[]): void => {
    const answer = addresses.map((address) => ({ address, family: 4 }))
    const lookup = (_: string, __: object, callback: (error: null, found: typeof answer) => void) =>
      callback(null, answer)
    dns.lookup = lookup as unknown as typeof dns.lookup
    syncBuiltinESMExports()
  }
  afterEach(() => {
    dns.lookup = real
    syncBuiltinESMExports()
  })

  test.each([['127.0.0.1'], ['10.0.0.1'], ['169.254.169.254'], ['192.0.2.1', '10.0.0.1']])(
    '%s is refused under a public name',
    async (...addresses) => {
      resolveTo(...addresses)
      const fetched = production().fetch(`https://public.example.com:${new URL(origin).port}/ok`)
      await expect(fetched).rejects.toMatchObject({ reason: 'address' })
    },
  )

  test('positive control: where loopback is allowed it is connected to, though not by plain http', async () => {
    resolveTo('127.0.0.1')
    const fetched = development().fetch(`https://public.example.com:${new URL(origin).port}/ok`)
    await expect(fetched).rejects.toMatchObject({ reason: 'unreachable' })
  })
})

test('a redirect is not followed', async () => {
  await expect(development().fetch(`${origin}/redirect`)).rejects.toMatchObject({
    reason: 'address',
    message: expect.stringContaining('redirects'),
  })
})

test('W-044 an answer without end stops at its limit', async () => {
  for (const path of ['/large', '/endless']) {
    await expect(development().fetch(`${origin}${path}`, { maxBytes: 1_000 })).rejects.toMatchObject({
      message: expect.stringContaining('larger than 1000'),
    })
  }
})

test.each(['/hang', '/drip'])('R-015 an answer that does not come is given up: %s', async (path) => {
  await expect(development().fetch(`${origin}${path}`)).rejects.toMatchObject({ reason: 'unreachable' })
})

test('an address where nobody listens is unreachable, not an error of ours', async () => {
  await expect(development().fetch('http://127.0.0.1:1/')).rejects.toMatchObject({
    code: 'invalid',
    reason: 'unreachable',
  })
})
