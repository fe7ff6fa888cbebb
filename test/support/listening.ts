// An application on a loopback port, for what only a real connection shows: browsers, redirects, cookies.
import type { Server } from 'node:http'
import { type ServerType, serve } from '@hono/node-server'
import { startTestApp, type TestApp, type TestAppOptions } from './app.ts'

type Fetch = Parameters<typeof serve>[0]['fetch']

export type Listening = { origin: string; close(): Promise<void> }

/**
 * Listens on a free port of 127.0.0.1 and builds the application for the origin that it got.
 * @param hostname how it is called: passkeys need a name, so `localhost` unless told otherwise
 */
export async function listen(
  build: (origin: string) => { fetch: Fetch } | Promise<{ fetch: Fetch }>,
  hostname: 'localhost' | '127.0.0.1' = 'localhost',
): Promise<Listening> {
  let fetch: Fetch = () => new Response('Not there yet', { status: 503 })
  const server = await new Promise<ServerType>((resolve, reject) => {
    const started = serve({ fetch: (request, env) => fetch(request, env), hostname: '127.0.0.1', port: 0 }, () =>
      resolve(started),
    )
    started.once('error', reject)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The test server has no port')
  const origin = `http://${hostname}:${address.port}`
  fetch = (await build(origin)).fetch
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      ;(server as Server).closeAllConnections()
    })
  return { origin, close }
}

/** The whole application, listening, with its own origin. `close` ends both. */
export async function startListeningApp(
  options: Omit<TestAppOptions, 'origin'> = {},
): Promise<TestApp & { origin: string }> {
  let app: TestApp | undefined
  const listening = await listen(async (origin) => {
    app = await startTestApp({ ...options, origin })
    return app
  })
  const started = app as unknown as TestApp
  const close = async (): Promise<void> => {
    await listening.close()
    await started.close()
  }
  return { ...started, origin: listening.origin, close }
}
