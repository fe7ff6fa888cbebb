// The management API, typed by its OpenAPI document: requests that are sent again until they are done once, and lists by page.
import { errorOf, RolecallError, unreached } from './errors.ts'
import type { Paths } from './openapi.ts'

export { RolecallError } from './errors.ts'
export type { Paths, Schemas } from './openapi.ts'

export type ManagementSettings = {
  /** The address of Rolecall. */
  issuer: string
  /** An API key of an organization (`rck_…`), or of the platform (`rpk_…`). */
  key: string
  /** Id or slug of the organization that is meant, for a platform key. */
  organization?: string
  /** How often a request is sent at most; 5 unless told otherwise. */
  attempts?: number
  /** How long a request may wait in all before it is sent again; 60,000 unless told otherwise. */
  patienceMillis?: number
  /** How long one answer may take; 30,000 unless told otherwise. */
  timeoutMillis?: number
  fetch?: typeof fetch
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

type PathsOf<M extends Method> = { [P in keyof Paths]: Paths[P] extends Record<M, unknown> ? P : never }[keyof Paths]

type Operation<P extends keyof Paths, M extends Method> = Paths[P] extends Record<M, infer O> ? O : never

type Answer<O> = O extends { answer: infer A } ? A : never

export type RequestOptions = {
  signal?: AbortSignal
  headers?: Record<string, string>
  /** For a POST; a new one for each call unless given. The same one says that it is the same task. */
  idempotencyKey?: string
}

type Input<O> = Omit<O, 'answer'> & RequestOptions

type Arguments<O> = Record<never, never> extends Input<O> ? [input?: Input<O>] : [input: Input<O>]

type Call<M extends Method> = <P extends PathsOf<M>>(
  path: P,
  ...input: Arguments<Operation<P, M>>
) => Promise<Answer<Operation<P, M>>>

type ListPaths = {
  [P in PathsOf<'get'>]: Answer<Operation<P, 'get'>> extends { items: unknown[]; nextCursor: string | null } ? P : never
}[PathsOf<'get'>]

type Item<P extends ListPaths> = Answer<Operation<P, 'get'>> extends { items: Array<infer I> } ? I : never

/** Each throws RolecallError, with the code of the API or `unavailable`. */
export type Management = { [M in Method]: Call<M> } & {
  /** Every item of a list, page by page as they are asked for. */
  list<P extends ListPaths>(path: P, ...input: Arguments<Operation<P, 'get'>>): AsyncIterableIterator<Item<P>>
  /**
   * What changes, in its order, without an end: what there is after a cursor, and then what comes. Keep the `cursor` of each one that
   * you are done with, and begin there the next time. Throws RolecallError, `gone` where the cursor is older than events are kept.
   */
  events(options?: EventOptions): AsyncIterableIterator<RolecallEvent>
  /** The same key, for another organization. */
  forOrganization(organization: string): Management
}

/** An event, and where to go on behind it. */
export type RolecallEvent = Answer<Operation<'/events', 'get'>>['items'][number]

export type EventOptions = {
  /** The cursor of the last event that was dealt with; `latest` unless given: what comes from now on. */
  after?: string
  types?: readonly string[]
  /** Ends it. */
  signal?: AbortSignal
}

type Given = RequestOptions & {
  params?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
  contentType?: string
}

/** How long a question for events waits for one; less than an answer may take. */
const waitSeconds = 20

export function createManagement(settings: ManagementSettings): Management {
  const call =
    (method: Method) =>
    (path: string, given: Given = {}): Promise<unknown> =>
      request(settings, method, path, given)
  const get = call('get')
  async function* list(path: string, given: Given = {}): AsyncGenerator<unknown> {
    let cursor: string | null | undefined
    do {
      const query = { ...given.query, ...(cursor == null ? {} : { cursor }) }
      const page = (await get(path, { ...given, query })) as { items: unknown[]; nextCursor: string | null }
      yield* page.items
      cursor = page.nextCursor
    } while (cursor !== null)
  }
  async function* events({ after, types, signal }: EventOptions = {}): AsyncGenerator<RolecallEvent> {
    let from: string | undefined = after ?? 'latest'
    const only = types === undefined ? {} : { types: types.join(',') }
    const more = signal === undefined ? {} : { signal }
    while (signal?.aborted !== true) {
      const query = { ...only, after: from, limit: 500, wait: from === 'latest' ? 0 : waitSeconds }
      const page = (await get('/events', { query, ...more })) as Answer<Operation<'/events', 'get'>>
      yield* page.items
      from = page.next ?? goingOn(from)
    }
  }
  const methods = { get, post: call('post'), put: call('put'), patch: call('patch'), delete: call('delete') }
  const forOrganization = (organization: string): Management => createManagement({ ...settings, organization })
  return { ...methods, list, events, forOrganization } as unknown as Management
}

/** Where nothing has ever happened, all that comes is new; `latest` anew would leave out what came in between. */
const goingOn = (from: string | undefined): string | undefined => (from === 'latest' ? undefined : from)

async function request(settings: ManagementSettings, method: Method, path: string, given: Given): Promise<unknown> {
  const { params = {}, query = {}, idempotencyKey = crypto.randomUUID() } = given
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const asked = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (one === undefined ? [] : [[name, String(one)] as [string, string]])),
  )
  const search = asked.length === 0 ? '' : `?${new URLSearchParams(asked)}`
  const response = await sendUntilDone(settings, method, `${settings.issuer}/api/v1${filled}${search}`, {
    headers: headersOf(settings, given, method === 'post' ? { 'Idempotency-Key': idempotencyKey } : {}),
    ...(given.body === undefined
      ? {}
      : { body: typeof given.body === 'string' ? given.body : JSON.stringify(given.body) }),
    ...(given.signal === undefined ? {} : { signal: given.signal }),
  })
  if (response.status === 204) return undefined
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json')
  return isJson ? response.json() : response.text()
}

const headersOf = (
  { key, organization }: ManagementSettings,
  { body, contentType = 'application/json', headers = {} }: Given,
  more: Record<string, string>,
): Record<string, string> => ({
  Authorization: `Bearer ${key}`,
  ...(organization === undefined ? {} : { 'Rolecall-Organization': organization }),
  ...(body === undefined ? {} : { 'Content-Type': contentType }),
  ...more,
  ...headers,
})

/** Sends it again where that does no harm. @throws RolecallError as the last answer says */
async function sendUntilDone(
  { attempts = 5, patienceMillis = 60_000, timeoutMillis = 30_000, fetch: send = fetch }: ManagementSettings,
  method: Method,
  url: string,
  init: RequestInit & { signal?: AbortSignal },
): Promise<Response> {
  let waited = 0
  for (let attempt = 1; ; attempt += 1) {
    const signals = [AbortSignal.timeout(timeoutMillis), ...(init.signal === undefined ? [] : [init.signal])]
    const sent = { ...init, method: method.toUpperCase(), redirect: 'error' as const, signal: AbortSignal.any(signals) }
    const answer = await send(url, sent).catch((cause: unknown) =>
      init.signal?.aborted ? givenUp(init.signal) : unreached(cause),
    )
    // Frameworks put a Response of their own in the place of the global one, so that only the error is told by its class.
    const error = answer instanceof RolecallError ? answer : answer.ok ? undefined : await errorOf(answer)
    if (error === undefined) return answer as Response
    const pause = pauseMillis(error, attempt)
    waited += pause
    const isWorthIt = attempt < attempts && waited <= patienceMillis && init.signal?.aborted !== true
    if (!isWorthIt || !mayBeSentAgain(method, error)) throw error
    await sleep(pause, init.signal)
  }
}

/** Without an answer nobody knows whether it was done: what may be done twice, or has an Idempotency-Key, is sent again. */
function mayBeSentAgain(method: Method, { status, reason, cause }: RolecallError): boolean {
  if (status === 429 || reason === 'idempotency_in_progress') return true
  if (status === 503 && cause === undefined) return true
  return status !== undefined && status >= 502 && ['get', 'put', 'post'].includes(method)
}

/** What the server asks for; otherwise longer each time, and not the same for everybody. */
const pauseMillis = ({ retryAfterSeconds }: RolecallError, attempt: number): number =>
  retryAfterSeconds === undefined ? 100 * 2 ** attempt * (0.5 + Math.random() / 2) : retryAfterSeconds * 1000

const sleep = (millis: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, millis)
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(givenUp(signal))
      },
      { once: true },
    )
  })

const givenUp = ({ reason }: AbortSignal): RolecallError =>
  new RolecallError('aborted', 'The request was given up', { cause: reason })
