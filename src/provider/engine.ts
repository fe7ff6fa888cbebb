// oidc-provider on the current signing keys. It takes its keys when it is made, so other keys mean another one.
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { ClientReader } from '#access/applications/clients.ts'
import { loadSigningKeys } from '#access/applications/signing-keys.ts'
import { AppError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import type { Services } from '#src/context.ts'
import { configurationOf, ownClaims } from './configuration.ts'
import { visitOf } from './visits.ts'

export type ProviderServices = Services & { log: Log; trustedProxies: number }

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export type Engine = {
  /** The provider with the keys of this minute. @throws AppError unavailable before it was ever made */
  current(): Promise<Answer>
}

const keysLastMillis = 60_000

export function createEngine(services: ProviderServices, clients: ClientReader): Engine {
  let made: { answer: Answer; kids: string; checkedAt: number } | undefined
  let making: Promise<Answer> | undefined

  async function renew(): Promise<Answer> {
    const before = made
    const keys = await loadSigningKeys(services)
    const kids = keys.map(({ kid }) => kid).join()
    const answer =
      before?.kids === kids ? before.answer : create(services, clients, configurationOf(services, clients, keys))
    made = { answer, kids, checkedAt: services.clock.now().getTime() }
    return answer
  }

  return {
    current: async () => {
      if (made !== undefined && services.clock.now().getTime() - made.checkedAt < keysLastMillis) return made.answer
      const known = made?.answer
      making ??= renew().finally(() => {
        making = undefined
      })
      return making.catch((error: unknown) => {
        if (known === undefined) throw error
        return known
      })
    },
  }
}

function create(
  { urls, log }: ProviderServices,
  clients: ClientReader,
  configuration: ConstructorParameters<typeof Provider>[1],
): Answer {
  const provider = new Provider(urls.provider.issuer, configuration)
  // The addresses that it gives out are made from what provider.ts writes into these headers.
  provider.proxy = true
  provider.use(atTheDoor(clients))
  sayMapped(provider)
  provider.on('server_error', (ctx, error) => {
    const { code } = error instanceof AppError ? error : { code: 'internal' }
    if (code === 'unavailable') {
      ctx.status = 503
      ctx.set('Retry-After', '2')
    }
    log.error({ error, requestId: String(ctx.res.getHeader('X-Request-Id')) }, 'The OpenID provider failed')
  })
  const koa: EventEmitter = provider
  koa.on('error', (error: unknown) => log.error({ error }, 'The OpenID provider failed'))
  return provider.callback()
}

/** The names of an application's own claims are known for each of its people alone, so that no list of the provider's has them. */
function sayMapped({ Claims }: Provider): void {
  const { result } = Claims.prototype
  Claims.prototype.result = async function withMapped(this: InstanceType<typeof Claims>) {
    const said = await result.call(this)
    const { available } = this as unknown as { available: Record<string, unknown> }
    const mapped = Object.entries(available).filter(([name]) => !ownClaims.has(name))
    return { ...Object.fromEntries(mapped), ...said }
  }
}

const corsHeaders = ['Allow-Origin', 'Allow-Methods', 'Allow-Headers', 'Allow-Credentials', 'Expose-Headers', 'Max-Age']

type DoorContext = Pick<KoaContextWithOIDC, 'req' | 'path' | 'status' | 'type' | 'body' | 'respond' | 'remove' | 'get'>

type Door = (ctx: DoorContext, next: () => Promise<unknown>) => Promise<void>

/**
 * The provider sets no cookie, since the browser's session is not its own and where a request waits is in the address. It lets no page
 * read an answer but those of public applications: others call from their servers.
 */
const atTheDoor =
  (clients: ClientReader): Door =>
  async (ctx, next) => {
    const origin = ctx.get('Origin')
    const isKnown = origin !== '' && (await clients.isBrowserOrigin(origin))
    await next()
    ctx.remove('Set-Cookie')
    if (!isKnown) for (const name of corsHeaders) ctx.remove(`Access-Control-${name}`)
    settle(ctx)
  }

/** What becomes of an answer that is no JSON. */
function settle(ctx: DoorContext): void {
  if (ctx.path.startsWith('/.well-known/') && ctx.status === 200) {
    ctx.body = { ...(ctx.body as object), response_modes_supported: ['query'] }
  }
  const visit = visitOf(ctx)
  // What came of a user code becomes a page of ours, too.
  if (visit.device !== undefined) {
    ctx.respond = false
    return
  }
  // What it has for pages are forms that post themselves, for response modes that no application may use.
  if (ctx.type === 'text/html' && (ctx.status < 300 || ctx.status > 399)) {
    visit.failure ??= { status: 400, code: 'invalid_request', description: 'this response_mode is not supported' }
  }
  // A failure becomes a page of ours (provider.ts).
  if (visit.failure !== undefined) ctx.respond = false
}
