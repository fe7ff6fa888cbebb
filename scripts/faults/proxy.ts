// Something in front of nodes that sends each request to one that is healthy, as load balancers do: by asking /readyz.
import { createServer, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export type HealthProxy = { origin: string; close(): Promise<void> }

const checkMillis = 200

export async function healthProxy(origins: readonly string[]): Promise<HealthProxy> {
  const healthy = new Set(origins)
  let [isOver, turn] = [false, 0]

  const checking = (async () => {
    while (!isOver) {
      for (const origin of origins) {
        const isOk = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
          (response) => response.body?.cancel().then(() => response.ok),
          () => false,
        )
        if (isOk) healthy.add(origin)
        else healthy.delete(origin)
      }
      await sleep(checkMillis)
    }
  })()

  const server = createServer((incoming, outgoing) => {
    turn += 1
    const origin = [...healthy][turn % Math.max(1, healthy.size)]
    const fail = (): void => {
      if (origin !== undefined) healthy.delete(origin)
      if (!outgoing.headersSent) outgoing.writeHead(502)
      outgoing.end()
    }
    if (origin === undefined) return fail()
    const forwarded = request(
      `${origin}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
        answer.on('error', fail)
      },
    )
    forwarded.on('error', fail)
    incoming.pipe(forwarded)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: async () => {
      isOver = true
      await checking
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
