// The kit as a plugin and hooks of Fastify.
import type { Place } from './decisions.ts'
import { receive, refusalOf } from './middleware.ts'
import { headersOf, type NodeRequest, webRequest } from './node.ts'
import type { Rolecall } from './rolecall.ts'
import type { Session } from './sessions.ts'

type FastifyRequest = { raw: NodeRequest; url: string; params: unknown }

type FastifyReply = {
  code(status: number): unknown
  header(name: string, value: string | string[]): unknown
  send(body: string): unknown
}

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

type Fastify = { addHook(name: 'onRequest', hook: Hook): unknown }

const sessions = new WeakMap<object, Session>()

/** Who is signed in. */
export const sessionOf = (request: { raw: object }): Session | undefined => sessions.get(request.raw)

/** A plugin: answers what is for the kit, and finds the session of everything else. */
export function withRolecall(rolecall: Rolecall): (fastify: Fastify) => Promise<void> {
  const plugin = async (fastify: Fastify): Promise<void> => {
    fastify.addHook('onRequest', async (request, reply) => {
      const received = await receive(rolecall, await webOf(rolecall, request))
      if (!('setCookies' in received)) return answer(reply, received)
      if (received.session !== undefined) sessions.set(request.raw, received.session)
      if (received.setCookies.length > 0) reply.header('set-cookie', received.setCookies)
      return undefined
    })
  }
  // The hook is for the routes of whoever registers the plugin, not for its own alone.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}

/** A preHandler that lets in whoever is signed in. */
export const requireSignIn = (rolecall: Rolecall): Hook => guard(rolecall, () => ({}))

/** A preHandler that lets in whoever has the permission: in the place that it says of the request, or in the organization. */
export const requirePermission = (
  rolecall: Rolecall,
  permission: string,
  place?: (request: FastifyRequest) => Place,
): Hook => guard(rolecall, (request) => ({ permission, place: place?.(request) }))

const guard =
  (rolecall: Rolecall, wanted: (request: FastifyRequest) => { permission?: string; place?: Place | undefined }): Hook =>
  async (request, reply) => {
    const asked = { session: sessionOf(request), ...wanted(request) }
    const refusal = await refusalOf(rolecall, await webOf(rolecall, request), asked)
    return refusal === undefined ? undefined : answer(reply, refusal)
  }

const webOf = (rolecall: Rolecall, { raw, url }: FastifyRequest): Promise<Request> =>
  webRequest(rolecall, { request: raw, path: url })

async function answer(reply: FastifyReply, from: Response): Promise<unknown> {
  reply.code(from.status)
  for (const [name, value] of headersOf(from)) reply.header(name, value)
  return reply.send(await from.text())
}
