// HTTP as the identity providers speak it: path, query and headers leave byte for byte as given. fetch would
// normalise the URL, drop a trailing "?" and fill in a User-Agent, so this uses node:http directly.
import http from 'node:http'
import https from 'node:https'

export interface HttpRequest {
  readonly method: string
  readonly origin: string
  /** Path and query, sent as they are. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpResponse {
  readonly request: HttpRequest
  readonly status: number
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly millis: number
}

const timeoutMillis = 60_000
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
}

/** Sends one request and reads the whole answer. Never follows redirects. */
export async function send(request: HttpRequest): Promise<HttpResponse> {
  try {
    return await sendOnce(request)
  } catch (error) {
    // The server may close an idle connection at the moment we reuse it; nothing was processed then.
    if (error instanceof StaleConnection) return await sendOnce(request)
    throw error
  }
}

class StaleConnection extends Error {}

function sendOnce(request: HttpRequest): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>()
  const startedAt = performance.now()
  const url = new URL(request.origin)
  const isSecure = url.protocol === 'https:'
  const outgoing = (isSecure ? https : http).request({
    agent: isSecure ? agents['https:'] : agents['http:'],
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port || (isSecure ? 443 : 80),
    method: request.method,
    path: request.target,
    headers: withLength(request),
    signal: AbortSignal.timeout(timeoutMillis),
  })
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (outgoing.reusedSocket && error.code === 'ECONNRESET') reject(new StaleConnection(error.message))
    else reject(new Error(describe(request, error), { cause: error }))
  })
  outgoing.on('response', (incoming) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('error', reject)
    incoming.on('end', () =>
      resolve({
        request,
        status: incoming.statusCode ?? 0,
        headers: flatten(incoming.headers),
        text: Buffer.concat(chunks).toString('utf8'),
        millis: performance.now() - startedAt,
      }),
    )
  })
  outgoing.end(request.body)
  return promise
}

function withLength(request: HttpRequest): Record<string, string> {
  if (request.body === undefined) return { ...request.headers }
  return { ...request.headers, 'Content-Length': String(Buffer.byteLength(request.body)) }
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}

function describe(request: HttpRequest, error: NodeJS.ErrnoException): string {
  const reason = error.name === 'AbortError' ? `no answer within ${timeoutMillis / 1000} s` : error.message
  return `${request.method} ${request.target}: ${reason || (error.code ?? 'connection failed')}`
}

/** The body as JSON, or undefined when it is empty or not JSON. */
export function jsonOf(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.text)
  } catch {
    return undefined
  }
}

/** The exchange as a few lines for a failure report, without the credentials. */
export function describeExchange(response: HttpResponse): string {
  const { request } = response
  const lines = [`${request.method} ${request.target}`]
  if (request.body !== undefined) lines.push(`sent ${shorten(request.body)}`)
  lines.push(`got ${response.status} ${shorten(response.text) || '(empty body)'}`)
  return lines.join('\n')
}

function shorten(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' ')
  return line.length > 800 ? `${line.slice(0, 800)}…` : line
}
