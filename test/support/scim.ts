// Short forms for SCIM requests in tests.

type Json = Record<string, unknown>

export type ScimAnswer = {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  body: any
  headers: Headers
}

export type ScimClient = {
  base: string
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer>
  get(path: string, headers?: Record<string, string>): Promise<ScimAnswer>
  /** The list of a filter; `rest` are further parameters. */
  list(resource: 'Users' | 'Groups', filter: string, rest?: Record<string, string>): Promise<ScimAnswer>
  post(path: string, body: unknown): Promise<ScimAnswer>
  put(path: string, body: unknown): Promise<ScimAnswer>
  patch(path: string, ...operations: Json[]): Promise<ScimAnswer>
  delete(path: string): Promise<ScimAnswer>
  /** Creates a user and returns its id. */
  user(userName: string, attributes?: Json): Promise<string>
  /** Creates a group and returns its id. */
  group(displayName: string, members?: readonly string[]): Promise<string>
}

export const core = 'urn:ietf:params:scim:schemas:core:2.0'
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export function scimClient(
  request: (path: string, init: RequestInit) => Promise<Response>,
  { directoryId, token }: { directoryId: string; token: string },
): ScimClient {
  const base = `/scim/v2/${directoryId}`

  const send: ScimClient['send'] = async (method, path, body, headers = {}) => {
    const response = await request(base + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers }
  }

  const created = async (path: string, body: Json): Promise<string> => {
    const answer = await send('POST', path, body)
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body.id
  }

  return {
    base,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    list: (resource, filter, rest = {}) => send('GET', `/${resource}?${new URLSearchParams({ filter, ...rest })}`),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    patch: (path, ...operations) => send('PATCH', path, { schemas: [patchOp], Operations: operations }),
    delete: (path) => send('DELETE', path),
    user: (userName, attributes = {}) => created('/Users', { schemas: [`${core}:User`], userName, ...attributes }),
    group: (displayName, members = []) =>
      created('/Groups', { schemas: [`${core}:Group`], displayName, members: members.map((value) => ({ value })) }),
  }
}
