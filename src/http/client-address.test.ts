// Where a request comes from: the socket, or what our own proxies say.
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { addressKey } from '#access/ground/count-attempts.ts'
import { clientAddress } from './client-address.ts'

async function addressOf(options: { trusted: number; socket?: string; header?: string }): Promise<string | null> {
  let found: string | null = null
  const app = new Hono().get('/', (c) => {
    found = clientAddress(c, options.trusted)
    return c.text('')
  })
  const headers: Record<string, string> = options.header === undefined ? {} : { 'x-forwarded-for': options.header }
  const env = options.socket === undefined ? {} : { incoming: { socket: { remoteAddress: options.socket } } }
  await app.request('/', { headers }, env)
  return found
}

describe('the address of a client', () => {
  test.each([
    [
      'the socket’s, where no proxy is trusted',
      { trusted: 0, socket: '192.0.2.1', header: '203.0.113.9' },
      '192.0.2.1',
    ],
    ['IPv4 in its own form', { trusted: 0, socket: '::ffff:192.0.2.1' }, '192.0.2.1'],
    ['what the one proxy wrote', { trusted: 1, socket: '10.0.0.1', header: '203.0.113.9' }, '203.0.113.9'],
    [
      'not what the client wrote before it',
      { trusted: 1, socket: '10.0.0.1', header: '198.51.100.7, 203.0.113.9' },
      '203.0.113.9',
    ],
    [
      'what the outer of two proxies wrote',
      { trusted: 2, socket: '10.0.0.1', header: '198.51.100.7, 203.0.113.9, 10.0.0.2' },
      '203.0.113.9',
    ],
    ['the socket’s, where the proxy wrote nothing', { trusted: 1, socket: '10.0.0.1' }, '10.0.0.1'],
    ['the socket’s, where it went past a proxy', { trusted: 2, socket: '10.0.0.1', header: '203.0.113.9' }, '10.0.0.1'],
    ['the socket’s, where the header is nonsense', { trusted: 1, socket: '10.0.0.1', header: 'evil' }, '10.0.0.1'],
    ['nothing, where nothing tells', { trusted: 0 }, null],
  ] as const)('is %s', async (_, options, expected) => {
    expect(await addressOf(options)).toBe(expected)
  })
})

describe('an address as it is counted', () => {
  test.each([
    [null, 'unknown'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1'],
    ['2001:db8:0:1::9', '2001:db8:0:1'],
    ['2001:0DB8:0000:0001:ffff::', '2001:db8:0:1'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s is %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key)
  })
})
