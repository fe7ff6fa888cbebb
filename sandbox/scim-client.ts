// A small SCIM 2.0 client (RFC 7644 section 3), as an identity provider would hold one: bearer token, own headers,
// patience with 429 and 503, and an observer for every exchange.
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { at, isObject, type JsonObject } from './json.ts'

/** One request that has been answered (status 0: the connection failed). */
export type Exchange = { method: string; path: string; status: number; millis: number }

export type ScimClientOptions = {
  /** SCIM base URL; a query typed behind it (Entra's `?aadOptscim062020`) is sent with every request. */
  baseUrl: string
  token: string
  headers?: Readonly<Record<string, string>>
  onExchange?: ((exchange: Exchange) => void) | undefined
  /** How often 429 or 503 is met with another try. */
  maxRetries?: number
  maxWaitSeconds?: number
  timeoutSeconds?: number
}

export type ScimRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  /** In the order in which the identity provider writes them. */
  query?: Readonly<Record<string, string>>
  body?: JsonObject
  /** Sent instead of the client's own token, to see a wrong one refused. */
  token?: string
}

export type ScimResponse = { status: number; body: JsonObject | undefined; text: string }

export type ScimClient = { send(request: ScimRequest): Promise<ScimResponse>; exchanges(): number }

/** A refusal by the server, or (status 0) a request that got no answer. */
export class ScimError extends Error {
  readonly status: number
  readonly scimType: string | undefined
  readonly detail: string
  readonly request: string

  constructor(
    answer: { status: number; scimType?: string | undefined; detail: string; request: string },
    cause?: Error,
  ) {
    super(`${answer.request}: ${answer.status === 0 ? 'no answer' : answer.status}, ${answer.detail}`, { cause })
    this.name = 'ScimError'
    this.status = answer.status
    this.scimType = answer.scimType
    this.detail = answer.detail
    this.request = answer.request
  }
}

/**
 * Makes a client for one SCIM directory. Connections are kept alive. `send` resolves with any answer below 400.
 * @throws {ScimError} from `send`, when the server refuses, keeps saying 429 or 503, or cannot be reached.
 */
export function createScimClient(options: ScimClientOptions): ScimClient {
  const { maxRetries = 8, maxWaitSeconds = 30 } = options
  let exchanges = 0

  async function exchange(request: ScimRequest): Promise<{ answer: ScimResponse; retryAfter: string | null }> {
    const started = performance.now()
    let status = 0
    try {
      const response = await fetch(urlOf(options.baseUrl, request), fetchOptions(options, request))
      const text = await response.text()
      status = response.status
      return { answer: { status, text, body: parseObject(text) }, retryAfter: response.headers.get('retry-after') }
    } catch (error) {
      throw new ScimError({ status: 0, detail: reasonOf(error), request: lineOf(request) }, asError(error))
    } finally {
      exchanges += 1
      options.onExchange?.({
        method: request.method,
        path: request.path,
        status,
        millis: performance.now() - started,
      })
    }
  }

  async function send(request: ScimRequest): Promise<ScimResponse> {
    for (let attempt = 0; ; attempt += 1) {
      const { answer, retryAfter } = await exchange(request)
      if (answer.status < 400) return answer
      const isBusy = answer.status === 429 || answer.status === 503
      if (!isBusy || attempt >= maxRetries) throw refusal(request, answer)
      await sleep(Math.min(waitSeconds(retryAfter, attempt), maxWaitSeconds) * 1000)
    }
  }

  return { send, exchanges: () => exchanges }
}

/** Waiting time from a Retry-After header (RFC 9110 section 10.2.3: seconds or a date); without one it doubles. */
export function waitSeconds(retryAfter: string | null, attempt: number, now: number = Date.now()): number {
  if (retryAfter !== null && /^\d+$/.test(retryAfter.trim())) return Number(retryAfter)
  const date = retryAfter === null ? Number.NaN : Date.parse(retryAfter)
  return Number.isNaN(date) ? 0.25 * 2 ** attempt : Math.max(0, (date - now) / 1000)
}

function urlOf(baseUrl: string, request: ScimRequest): string {
  const [base = '', suffix = ''] = baseUrl.split('?', 2)
  const pairs = Object.entries(request.query ?? {})
  const encoded = pairs.map((pair) => pair.map(encodeURIComponent).join('='))
  const query = [...encoded, suffix].filter((part) => part !== '').join('&')
  return `${base.replace(/\/$/, '')}${request.path}${query === '' ? '' : `?${query}`}`
}

function fetchOptions(options: ScimClientOptions, request: ScimRequest): RequestInit {
  const headers: Record<string, string> = {
    Accept: 'application/scim+json',
    ...options.headers,
    Authorization: `Bearer ${request.token ?? options.token}`,
  }
  const timeout = AbortSignal.timeout((options.timeoutSeconds ?? 60) * 1000)
  const init: RequestInit = { method: request.method, headers, redirect: 'error', signal: timeout }
  if (request.body === undefined) return init
  headers['Content-Type'] ??= 'application/scim+json; charset=utf-8'
  return { ...init, body: JSON.stringify(request.body) }
}

function refusal(request: ScimRequest, answer: ScimResponse): ScimError {
  const scimType = at(answer.body, 'scimType')
  const detail = at(answer.body, 'detail')
  return new ScimError({
    status: answer.status,
    scimType: typeof scimType === 'string' ? scimType : undefined,
    detail: typeof detail === 'string' ? detail : answer.text.slice(0, 200) || 'an empty body',
    request: lineOf(request),
  })
}

function lineOf(request: ScimRequest): string {
  const query = Object.entries(request.query ?? {})
    .map((pair) => pair.join('='))
    .join('&')
  return `${request.method} ${request.path}${query === '' ? '' : `?${query}`}`
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

function reasonOf(error: unknown): string {
  const { message, cause } = asError(error)
  return cause instanceof Error ? `${message} (${cause.message})` : message
}
