// One origin for a server on one's own machine: what is printed, and where its other names lead.
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import type { AppEnv } from '#http/env.ts'
import { oneOrigin } from '#http/one-origin.ts'
import { lineForPeople } from '#platform/log.ts'
import { originOf } from '#src/services.ts'

const ask = async (origin: string, host: string, init: RequestInit = {}) => {
  const app = new Hono<AppEnv>()
  app.use(oneOrigin({ origin }))
  app.all('*', (c) => c.text('here'))
  const headers = { host, accept: 'text/html', ...(init.headers as Record<string, string>) }
  const answer = await app.request(`http://${host}/first/a?b=c`, { ...init, headers })
  return [answer.status, answer.headers.get('location')]
}

test('one’s own machine goes by its name, by which passkeys can be made', () => {
  for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::'])
    expect(originOf({ host, port: 8080, publicUrl: undefined })).toBe('http://localhost:8080')
  expect(originOf({ host: '192.0.2.1', port: 80, publicUrl: undefined })).toBe('http://192.0.2.1:80')
  expect(originOf({ host: '127.0.0.1', port: 8080, publicUrl: 'https://id.example.com' })).toBe(
    'https://id.example.com',
  )
})

describe('pages by another name of the machine', () => {
  test.each([
    ...['127.0.0.1:8080', '[::1]:8080', 'localhost:9090', '0.0.0.0:8080', '[::]:8080', '127.1:8080', '127.0.0.2:8080'],
    ...['[::ffff:127.0.0.1]:8080', 'localhost.:8080', 'LOCALHOST:8080', '0:8080', 'app.localhost:8080'],
  ])('%s leads to the origin', async (host) => {
    expect(await ask('http://localhost:8080', host)).toEqual([307, 'http://localhost:8080/first/a?b=c'])
  })

  test('the origin itself, requests of programs, forms and other hosts are left alone', async () => {
    const here = [200, null]
    expect(await ask('http://localhost:8080', 'localhost:8080')).toEqual(here)
    expect(await ask('http://localhost:8080', '127.0.0.1:8080', { headers: { accept: '*/*' } })).toEqual(here)
    expect(await ask('http://localhost:8080', '127.0.0.1:8080', { method: 'POST' })).toEqual(here)
    expect(await ask('http://localhost:8080', 'evil.example.com')).toEqual(here)
    expect(await ask('https://id.example.com', '127.0.0.1:8080')).toEqual(here)
    expect(await ask('http://127.0.0.1:8080', 'localhost:8080')).toEqual([307, 'http://127.0.0.1:8080/first/a?b=c'])
  })
})

test('on a terminal a line of the log is a sentence', () => {
  const line = { level: 'info', time: '2030-01-31T12:00:05.123Z', port: 8080, msg: 'Rolecall listens' }
  expect(lineForPeople(JSON.stringify(line))).toBe('12:00:05 Rolecall listens\n')
  const asked = {
    ...line,
    requestId: 'req_1',
    method: 'GET',
    path: '/console/users',
    status: 200,
    durationMillis: 12.4,
  }
  expect(lineForPeople(JSON.stringify({ ...asked, msg: 'GET answered 200' }))).toBe(
    '12:00:05 GET /console/users answered 200 in 12 ms\n',
  )
  expect(lineForPeople(JSON.stringify({ ...asked, path: '/a\u001b[2J\n\r\u009b' }))).toContain('GET /a[2J answered 200')
  const warning = { ...line, level: 'warn', state: 'restored', msg: 'Look' }
  expect(lineForPeople(JSON.stringify(warning))).toBe('12:00:05 WARN Look port=8080 state=restored\n')
})
