// The load generator: keep-alive connections, a number of workers, a fixed time; and single requests for set-up.
import { Agent, request } from 'node:http'

export type Call = { method: string; path: string; body?: unknown }

export type Answer = { status: number; text: string }

export type Client = {
  /** @throws Error where the status is 400 or above */
  send(call: Call): Promise<Answer>
  close(): void
}

/** A client of one server that adds the headers to each request. `base` may have a path. */
export function createClient(base: string, headers: Record<string, string>): Client {
  const { hostname, port, pathname } = new URL(base)
  const prefix = pathname === '/' ? '' : pathname
  const agent = new Agent({ keepAlive: true })
  return { send, close: () => agent.destroy() }

  function send(call: Call): Promise<Answer> {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const entity = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const options = { hostname, port, agent, method: call.method, path: prefix + call.path }
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...options, headers: { ...headers, ...entity } }, (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0
          if (status < 400) resolve({ status, text })
          else reject(new Error(`${call.method} ${call.path} answered ${status}: ${text.slice(0, 300)}`))
        })
        incoming.on('error', reject)
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}

/** `concurrency` workers that call `once` again and again for `seconds`. */
export async function throughput(
  once: () => Promise<unknown>,
  { concurrency, seconds }: { concurrency: number; seconds: number },
): Promise<{ done: number; perSecond: number }> {
  const started = performance.now()
  const end = started + seconds * 1000
  let done = 0
  const work = async () => {
    while (performance.now() < end) {
      await once()
      done += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { done, perSecond: (done * 1000) / (performance.now() - started) }
}

/** Milliseconds that one call takes. */
export async function duration(once: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await once()
  return performance.now() - started
}
