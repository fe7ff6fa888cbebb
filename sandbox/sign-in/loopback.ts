// Listens on a free loopback port.
import { createServer, type RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'

export type Listening = { origin: string; close(): Promise<void> }

/** Listens with a node:http listener. `port` 0 takes a free one. @throws Error if the port is taken. */
export async function listenOnLoopback(listener: RequestListener, port = 0): Promise<Listening> {
  const server = createServer(listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The listener has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type FetchHandler = (request: Request) => Response | Promise<Response>

/** Listens first and asks for the handler afterwards, since most handlers have to know their own origin. */
export async function serveOnLoopback(
  handlerOf: (origin: string) => FetchHandler | Promise<FetchHandler>,
  port = 0,
): Promise<Listening> {
  let handler: FetchHandler = () => new Response('Not ready', { status: 503 })
  const listening = await listenOnLoopback(
    getRequestListener((request) => handler(request)),
    port,
  )
  try {
    handler = await handlerOf(listening.origin)
  } catch (error) {
    await listening.close()
    throw error
  }
  return listening
}
