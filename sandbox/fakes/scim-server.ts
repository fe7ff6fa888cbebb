// An in-memory SCIM server that records what it is asked and can be told to misbehave; for this room's tests only.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { at, isObject, objectsIn } from '../json.ts'
import { applyOperation, type MutableResource } from './scim-patch.ts'

type Recorded = {
  method: string
  /** Path and query, byte for byte. */
  url: string
  headers: IncomingMessage['headers']
  body: unknown
}

type Answer = { status: number; body?: unknown; headers?: Record<string, string> }

export type FakeScimServer = {
  baseUrl: string
  token: string
  requests: Recorded[]
  resources: Map<string, MutableResource>
  /** Answers first; what it leaves undefined is answered truthfully. */
  interfere(hook: (request: Recorded) => Answer | undefined): void
  close(): Promise<void>
}

/** Starts the server on a free loopback port. */
export async function startFakeScimServer(): Promise<FakeScimServer> {
  const token = 'right-secret'
  const requests: Recorded[] = []
  const resources = new Map<string, MutableResource>()
  let hook: (request: Recorded) => Answer | undefined = () => undefined
  const server = createServer(async (request, response) => {
    const recorded = await record(request)
    requests.push(recorded)
    const isKnown = recorded.headers.authorization === `Bearer ${token}`
    const answer = isKnown ? (hook(recorded) ?? answerTo(recorded, resources)) : failure(401)
    send(response, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The fake server has no port')
  return {
    baseUrl: `http://127.0.0.1:${address.port}/scim/v2/dir_1`,
    token,
    requests,
    resources,
    interfere: (newHook) => {
      hook = newHook
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // node:http yields Buffers unless an encoding is set
  const text = Buffer.concat(chunks).toString('utf8')
  const url = (request.url ?? '').replace('/scim/v2/dir_1', '')
  return {
    method: request.method ?? '',
    url,
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'Content-Type': 'application/scim+json', ...answer.headers })
  response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
}

function failure(status: number, scimType?: string): Answer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  return { status, body: { schemas, status: String(status), scimType, detail: `The fake says ${status}` } }
}

function answerTo(request: Recorded, resources: Map<string, MutableResource>): Answer {
  const url = new URL(request.url, 'http://fake.example.com')
  const [, type = '', id] = url.pathname.split('/')
  if (id === undefined) {
    return request.method === 'POST' ? create(request, type, resources) : list(url.searchParams, type, resources)
  }
  const current = resources.get(id)
  if (current === undefined) return failure(404)
  if (request.method === 'DELETE') {
    resources.delete(id)
    return { status: 204 }
  }
  if (request.method === 'PUT' && isObject(request.body)) resources.set(id, { ...request.body, id, type })
  if (request.method !== 'PATCH') return { status: 200, body: shown(resources.get(id) ?? {}, url.searchParams) }
  for (const operation of objectsIn(at(request.body, 'Operations'))) applyOperation(current, operation)
  return type === 'Groups' ? { status: 204 } : { status: 200, body: shown(current, url.searchParams) }
}

function create(request: Recorded, type: string, resources: Map<string, MutableResource>): Answer {
  const userName = at(request.body, 'userName')
  const isTaken = [...resources.values()].some(
    (resource) => userName !== undefined && resource['userName'] === userName,
  )
  if (isTaken) return failure(409, 'uniqueness')
  const id = randomUUID()
  const resource: MutableResource = { ...(isObject(request.body) ? request.body : {}), id, type }
  resources.set(id, resource)
  return { status: 201, body: shown(resource, new URLSearchParams()) }
}

function list(query: URLSearchParams, type: string, resources: Map<string, MutableResource>): Answer {
  const all = [...resources.values()].filter((resource) => resource['type'] === type)
  const matching = all.filter((resource) => matches(resource, query.get('filter')))
  const startIndex = Number(query.get('startIndex') ?? 1)
  const page = matching.slice(startIndex - 1, startIndex - 1 + Number(query.get('count') ?? 100))
  const Resources = page.map((resource) => shown(resource, query))
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse']
  const body = { schemas, totalResults: matching.length, startIndex, itemsPerPage: page.length, Resources }
  return { status: 200, body }
}

function matches(resource: MutableResource, filter: string | null): boolean {
  const terms = (filter ?? '').split(' and ').filter((term) => term !== '')
  return terms.every((term) => {
    const [attribute = '', literal = '""'] = term.split(' eq ')
    const value: unknown = JSON.parse(literal)
    if (attribute === 'members') return objectsIn(resource['members']).some((member) => member['value'] === value)
    return resource[attribute] === value
  })
}

function shown(resource: MutableResource, query: URLSearchParams): MutableResource {
  const { password: _password, type: _type, ...rest } = resource
  if (query.get('excludedAttributes') === 'members') delete rest['members']
  return rest
}
