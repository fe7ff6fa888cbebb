// Traces: what is sent to a collector, in which order it belongs together, and that nobody is named in it. And that nothing of it is
// loaded where nobody collects.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { startTracing } from '#platform/otlp.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { arriveBySaml, expectSignedIn, person } from '../support/arrivals.ts'
import { cloneTemplate } from '../support/database.ts'
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { scimClient } from '../support/scim.ts'
import { launch } from '../support/server-process.ts'
import { createSamlConnection, verifyDomain } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
})
afterAll(() => app.close())

/** @returns what the collector has got of `work` */
async function collected(work: () => Promise<void>, sampler = 'parentbased_always_on'): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver()
  const tracing = startTracing({ url: `${receiver.origin}/v1/traces`, serviceName: 'rolecall-test', sampler, ratio: 1 })
  try {
    await work()
  } finally {
    await tracing.stop()
    await receiver.close()
  }
  return receiver
}

const childrenOf = (spans: readonly ReceivedSpan[], parent: ReceivedSpan | undefined): ReceivedSpan[] =>
  spans.filter(({ parentSpanId, traceId }) => parentSpanId === parent?.spanId && traceId === parent?.traceId)

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test('a request is a span, goes on from its caller, and has its units of work below it', async () => {
  const { directoryId, token } = await app.createDirectory(organization)
  const scim = scimClient((path, init) => app.request(path, init), { directoryId, token })
  const { spans } = await collected(async () => {
    const headers = { traceparent: `00-${traceId}-${spanId}-01`, 'x-request-id': 'req_of_a_caller' }
    expect((await scim.get('/Users?filter=userName eq "ada@example.com"', headers)).status).toBe(200)
  })
  const request = spans.find(({ kind }) => kind === 2)
  expect(request).toMatchObject({ traceId, parentSpanId: spanId, service: 'rolecall-test', isFailed: false })
  expect(request?.name).toMatch(/^GET \/scim\/v2\//)
  expect(request?.attributes).toEqual({
    'http.request.method': 'GET',
    'http.route': request?.name.slice('GET '.length),
    'http.response.status_code': 200,
    'rolecall.request_id': 'req_of_a_caller',
    'rolecall.organization_id': organization.id,
  })
  const units = childrenOf(spans, request)
  expect(units.map(({ name }) => name)).toContain('unit of work')
  expect(units.some(({ attributes }) => attributes['rolecall.organization_id'] === organization.id)).toBe(true)
})

test('a sign-in by SAML has its verification, and names nobody', async () => {
  await verifyDomain(organization, 'example.com')
  const userId = await person(organization, 'amara.okonkwo@example.com')
  const connection = await createSamlConnection(organization)
  let cookies: string[] = []
  const { spans, text } = await collected(async () => {
    const arrival = await arriveBySaml(app, organization, connection, { nameId: 'amara.okonkwo@example.com' })
    await expectSignedIn(arrival, userId)
    cookies = [...arrival.browser.cookies.values()]
    await app.request('/login?email=amara.okonkwo@example.com&token=tell-nobody', { headers: { accept: 'text/html' } })
    await app.request('/invitation/tell-nobody', { headers: { accept: 'text/html' } })
  })
  const verification = spans.find(({ name }) => name === 'SAML verification')
  expect(verification?.attributes).toEqual({ 'rolecall.saml.message': 'response', 'rolecall.saml.valid': true })
  const post = spans.find(({ spanId: id }) => id === verification?.parentSpanId)
  expect([post?.name, post?.attributes['http.response.status_code']]).toEqual(['POST /saml/:connectionId/acs', 303])
  expect(cookies.length).toBeGreaterThan(0)
  for (const secret of [...cookies, 'amara', 'okonkwo', 'example.com', 'tell-nobody', userId])
    expect(text()).not.toContain(secret)
})

test('whoever is asked gets the trace along, and is named by their host alone', async () => {
  const seen: string[] = []
  const provider = createServer((request, response) => {
    seen.push(String(request.headers['traceparent']))
    response.end('{}')
  })
  await new Promise<void>((done) => provider.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/of/a-customer?secret=tell-nobody`
  const { spans, text } = await collected(async () => {
    await app.services.outgoing.fetch(url)
    await expect(app.services.outgoing.fetch('http://127.0.0.1:1/')).rejects.toThrow()
  })
  await app.services.outgoing.fetch(url)
  provider.closeAllConnections()
  provider.close()
  const [asked, failed] = spans
  expect(seen).toEqual([`00-${asked?.traceId}-${asked?.spanId}-01`, 'undefined'])
  expect(asked).toMatchObject({ name: 'outgoing GET', kind: 3, isFailed: false })
  expect(asked?.attributes).toMatchObject({ 'server.address': '127.0.0.1', 'http.response.status_code': 200 })
  expect(failed).toMatchObject({ isFailed: true, attributes: { 'error.type': 'invalid' } })
  expect(text()).not.toMatch(/a-customer|tell-nobody/)
})

test('work of the worker is a span with its units of work', async () => {
  const { spans } = await collected(async () => {
    const worker = startWorker(app.services, createLog('silent'), { tickMillis: 20, upkeepMillis: 1, sealMillis: 1 })
    await new Promise((done) => setTimeout(done, 1_500))
    await worker.stop()
  })
  const jobs = spans.filter(({ name }) => name.startsWith('job '))
  const job = jobs.find((each) => childrenOf(spans, each).length > 0)
  expect(job?.parentSpanId).toBe('')
  expect(job?.attributes).toEqual({
    'rolecall.job': job?.name.slice('job '.length),
    'rolecall.organization_id': organization.id,
  })
})

test('a sampler that takes none sends none', async () => {
  const { spans } = await collected(async () => {
    await app.request('/healthz')
  }, 'always_off')
  expect(spans).toEqual([])
})

/** Says which packages of OpenTelemetry are loaded, as they are. */
const watching = `data:text/javascript,${encodeURIComponent(`import { registerHooks } from 'node:module'
registerHooks({ load: (url, context, next) => {
  const found = /@opentelemetry\\/((?!api)[\\w-]+)/.exec(url)
  if (found !== null) process.stderr.write('loads ' + found[1] + '\\n')
  return next(url, context)
} })`)}`

test.each([
  ['nothing is loaded where nobody collects', {}, false],
  ['by the standard setting it is', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, true],
] as const)('%s', { timeout: 60_000 }, async (_title, settings, isLoaded) => {
  const { databaseUrl, ownerUrl } = await cloneTemplate()
  const environment = {
    ...{ DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: ownerUrl, PORT: '0', SHUTDOWN_SECONDS: '1' },
    ...{ ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 1).toString('base64')}`, NODE_OPTIONS: `--import=${watching}` },
    ...settings,
  }
  const { child, output, finished } = launch(environment, ['serve'])
  await expect.poll(() => output.stderr, { timeout: 50_000 }).toContain('Rolecall listens on')
  child.kill('SIGTERM')
  const { code, stderr } = await finished
  expect([code, /^loads sdk-trace$/m.test(stderr), /^loads /m.test(stderr)]).toEqual([0, isLoaded, isLoaded])
})
