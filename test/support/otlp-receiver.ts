// What collects spans by OTLP over HTTP, in JSON (OpenTelemetry Protocol, 1.0).

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export type ReceivedSpan = {
  traceId: string
  spanId: string
  /** Empty where there is none. */
  parentSpanId: string
  name: string
  kind: number
  attributes: Record<string, unknown>
  service: unknown
  isFailed: boolean
}

type Attribute = { key: string; value: Record<string, unknown> }
type Sent = Pick<ReceivedSpan, 'traceId' | 'spanId' | 'name' | 'kind'> & {
  parentSpanId?: string
  attributes?: Attribute[]
  status?: { code?: number }
}
type Message = { resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Sent[] }[] }[] }

export type OtlpReceiver = {
  origin: string
  spans: ReceivedSpan[]
  /** All that came, as text. */
  text(): string
  close(): Promise<void>
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const messages: Message[] = []
  const server = createServer(async (request, response) => {
    const message = (await json(request)) as Message
    if (request.url === '/v1/traces') {
      messages.push(message)
      spans.push(...spansIn(message))
    }
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => JSON.stringify(messages),
    close: () => new Promise((done) => server.close(() => done()).closeAllConnections()),
  }
}

const spansIn = ({ resourceSpans }: Message): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = valuesOf(resource.attributes)['service.name']
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ parentSpanId = '', attributes = [], status, ...span }) => ({
        ...{ ...span, parentSpanId, service, attributes: valuesOf(attributes), isFailed: status?.code === 2 },
      })),
    )
  })

const valuesOf = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
