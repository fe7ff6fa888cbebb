// The one way out: whatever Rolecall fetches for a customer (metadata, discovery, keys, logout deliveries) goes through
// here. https only, public addresses only (checked on the address that is connected to), no redirects, bounded in time and
// size. For development, loopback alone can be allowed, and there http too.
import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, fetch as undiciFetch } from 'undici'
import { AppError } from './errors.ts'
import { inSpan, traceHeaders } from './tracing.ts'

export type OutgoingRequest = {
  method?: string
  headers?: Record<string, string>
  body?: string
  /** In bytes; the default is 1 MiB. */
  maxBytes?: number
  /** What is beyond `maxBytes`, or breaks off, is left out: where only the status counts. Without it, such an answer is refused. */
  isCutOff?: boolean
  /** For the whole answer; no longer than the way out allows anyway. */
  timeoutMillis?: number
}

export type Outgoing = {
  /** @throws AppError invalid (reason `address`) for what may not be fetched, `unreachable` where it did not answer in time */
  fetch(url: string, request?: OutgoingRequest): Promise<Response>
  /** @throws AppError invalid for a URL that may not be fetched, as far as that shows without a look-up */
  check(url: string): void
  /** The address of a host to connect to by another protocol than http. @throws AppError invalid (reasons `address`, `unreachable`) */
  resolve(host: string): Promise<string>
  close(): Promise<void>
}

export type OutgoingOptions = {
  /** Lets loopback addresses through, for development and tests. */
  isLoopbackAllowed: boolean
  timeoutMillis?: number
}

const defaultMaxBytes = 1_048_576
const defaultTimeoutMillis = 5_000

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { isLoopbackAllowed, timeoutMillis = defaultTimeoutMillis } = options
  const mayConnect = (address: string): boolean => isReachable(address, isLoopbackAllowed)
  const lookup = guardedLookup(mayConnect)
  const agent = new Agent({
    connect: { lookup, timeout: timeoutMillis },
    connections: 20,
    headersTimeout: timeoutMillis,
    bodyTimeout: timeoutMillis,
  })
  const check = (text: string): void => checkUrl(text, { mayConnect, isLoopbackAllowed })
  return {
    check,
    resolve: (host) => addressOf(host, { mayConnect, isLoopbackAllowed, lookup }),
    fetch: async (
      url,
      { maxBytes = defaultMaxBytes, isCutOff = false, timeoutMillis: wanted = timeoutMillis, ...request } = {},
    ) => {
      check(url)
      const millis = Math.min(wanted, timeoutMillis)
      return outgoingSpan(url, request, (headers) =>
        ask(url, { ...request, headers }, { agent, maxBytes, isCutOff, millis }),
      )
    },
    close: () => agent.close(),
  }
}

type Bounds = { agent: Agent; maxBytes: number; isCutOff: boolean; millis: number }

async function ask(
  url: string,
  request: OutgoingRequest,
  { agent, maxBytes, isCutOff, millis }: Bounds,
): Promise<Response> {
  const signal = AbortSignal.timeout(millis)
  try {
    const answer = await undiciFetch(url, { ...request, redirect: 'manual', dispatcher: agent, signal })
    if (answer.status >= 300 && answer.status < 400)
      throw refused('The address redirects elsewhere, which is not followed')
    const body = await (isCutOff ? readBeginning : readCapped)(answer.body, maxBytes)
    const hasBody = ![101, 204, 205, 304].includes(answer.status)
    return new Response(hasBody ? body : null, { status: answer.status, headers: [...answer.headers] })
  } catch (error) {
    throw asUnreachable(error)
  }
}

/** Whom we ask by their host alone: addresses have ids and secrets of customers in them. */
const outgoingSpan = (
  url: string,
  { method = 'GET', headers = {} }: OutgoingRequest,
  work: (headers: Record<string, string>) => Promise<Response>,
): Promise<Response> => {
  const attributes = { 'http.request.method': method, 'server.address': new URL(url).hostname }
  return inSpan(`outgoing ${method}`, { kind: 'client', attributes }, async (span) => {
    const answer = await work({ ...headers, ...traceHeaders() })
    span.set({ 'http.response.status_code': answer.status })
    return answer
  })
}

type Rules = { mayConnect(address: string): boolean; isLoopbackAllowed: boolean }

/** What shows without a look-up: scheme, credentials, and addresses that are written out. @throws AppError invalid */
function checkUrl(text: string, { mayConnect, isLoopbackAllowed }: Rules): void {
  const url = parse(text)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isLoopback = checkHost(host, { mayConnect, isLoopbackAllowed })
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)
  if (!isSecure) throw refused('The URL must begin with https://')
  if (url.username !== '' || url.password !== '') throw refused('The URL must not contain a user name or password')
}

/** @returns whether it is a loopback that may be reached. @throws AppError invalid for what is no public host, as it is written */
function checkHost(host: string, { mayConnect, isLoopbackAllowed }: Rules): boolean {
  const isLiteral = ipaddr.isValid(host)
  const isNamedLoopback = isLiteral ? isLoopbackAddress(host) : host === 'localhost'
  const isLoopback = isLoopbackAllowed && isNamedLoopback
  const isElsewhere = isLiteral ? mayConnect(host) : !isLocalName(host)
  if (!isLoopback && !isElsewhere) throw refused('The address is not a public one')
  return isLoopback
}

/** What is connected to is this very address, so that no second look-up says something else. */
async function addressOf(host: string, { lookup, ...rules }: Rules & { lookup: LookupFunction }): Promise<string> {
  checkHost(host, rules)
  return new Promise((resolve, reject) => {
    lookup(host, {}, (error, address) => (error === null ? resolve(String(address)) : reject(asUnreachable(error))))
  })
}

function parse(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw refused('This is not a URL')
  }
}

/** Names that mean this machine or its network, whatever a resolver says of them. */
const isLocalName = (host: string): boolean =>
  host.replace(/\.$/, '') === 'localhost' ||
  /(^|\.)(localhost|local|internal|home\.arpa)\.?$/.test(host) ||
  !host.includes('.')

const isLoopbackAddress = (address: string): boolean => ipaddr.process(address).range() === 'loopback'

/** A host of its cloud that only virtual machines of it reach, and which answers them with what they may do. */
const insideOfAzure = '168.63.129.16'

/**
 * `unicast` is what remains when private, link-local, shared, reserved, multicast and embedded ranges are taken away; of IPv6, only
 * 2000::/3 is public (RFC 4291 §2.4, IANA's registry), so that `::7f00:1` is not.
 */
function isReachable(address: string, isLoopbackAllowed: boolean): boolean {
  const parsed = ipaddr.process(address)
  const range = parsed.range()
  if (isLoopbackAllowed && range === 'loopback') return true
  const isGlobal =
    parsed instanceof ipaddr.IPv6 ? ((parsed.parts[0] ?? 0) & 0xe000) === 0x2000 : address !== insideOfAzure
  return range === 'unicast' && isGlobal
}

const guardedLookup =
  (mayConnect: (address: string) => boolean): LookupFunction =>
  (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, '', 0)
      const first = addresses[0]
      if (first === undefined || !addresses.every(({ address }) => mayConnect(address)))
        return callback(refused('The address is not a public one'), '', 0)
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }

async function readCapped(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw refused(`The answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return joined(chunks)
}

/** As much of it as there is, and no more than that. */
async function readBeginning(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let left = maxBytes
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk.subarray(0, left))
      left -= chunk.byteLength
      if (left <= 0) break
    }
  } catch {
    // It broke off, took too long, or is not encoded as it says.
  }
  return joined(chunks)
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

const refused = (message: string): AppError => new AppError('invalid', message, { reason: 'address' })

/** undici wraps what the look-up refused with; that is still a refusal. Everything else means: not reached. */
function asUnreachable(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof Error && error.cause instanceof AppError) return error.cause
  return new AppError('invalid', 'The address did not answer in time or refused the connection', {
    reason: 'unreachable',
    cause: error,
  })
}
