// Requests and answers of Node's HTTP server as those of the web, for Express and Fastify.
import { readText } from './body.ts'
import type { Rolecall } from './rolecall.ts'

export type NodeRequest = AsyncIterable<Uint8Array> & {
  method?: string | undefined
  headers: Record<string, string | string[] | undefined>
}

/**
 * The address is taken from the kit's own origin, not from what the request says of itself. The body is read where the kit
 * answers the request, and left alone otherwise.
 * @param parsed what the framework has already made of the body
 */
export async function webRequest(
  rolecall: Rolecall,
  { request, path, parsed }: { request: NodeRequest; path: string; parsed?: unknown },
): Promise<Request> {
  const { method = 'GET' } = request
  const url = new URL(path.replace(/^\/+/, '/'), rolecall.origin)
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !name.startsWith(':')) headers.set(name, [value].flat().join(', '))
  const hasBody = method === 'POST' && rolecall.serves(method, url.pathname)
  return new Request(url, { method, headers, ...(hasBody ? { body: await bodyOf(request, parsed) } : {}) })
}

const bodyOf = async (request: NodeRequest, parsed: unknown): Promise<string> =>
  typeof parsed === 'object' && parsed !== null
    ? new URLSearchParams(parsed as Record<string, string>).toString()
    : readText(request)

/** Set-Cookie, which may be there many times, apart from the others. */
export const headersOf = ({ headers }: Response): Array<[name: string, value: string | string[]]> => [
  ...[...headers].filter(([name]) => name !== 'set-cookie'),
  ...(headers.getSetCookie().length === 0 ? [] : [['set-cookie', headers.getSetCookie()] as [string, string[]]]),
]
