// Express, under products that are its middleware: as much of its types as they need. It is installed for the run.
import type { RequestListener } from 'node:http'
import { listenOnLoopback } from '#sandbox/sign-in/loopback.ts'

/** What is installed beside a product that needs it. */
export const expressPackage = 'express@4.22.3'

export type ExpressRequest = {
  originalUrl: string
  query: Record<string, string | undefined>
  body: Record<string, string | undefined>
  session: Record<string, unknown>
}

export type ExpressResponse = {
  status(code: number): ExpressResponse
  type(name: string): ExpressResponse
  send(text: string): void
  redirect(code: number, url: string): void
}

export type Handler = (request: ExpressRequest, response: ExpressResponse, next: (error?: unknown) => void) => void

export type ExpressApp = RequestListener & {
  use(handler: Handler): void
  get(path: string, handler: Handler): void
  post(path: string, handler: Handler): void
}

export type Express = { default: (() => ExpressApp) & { urlencoded(options: { extended: boolean }): Handler } }

/** Listens first, since most products have to know their own origin. */
export async function serveExpress(express: Express, routesOf: (app: ExpressApp, origin: string) => Promise<void>) {
  const app = express.default()
  const listening = await listenOnLoopback(app)
  try {
    await routesOf(app, listening.origin)
    return listening
  } catch (error) {
    await listening.close()
    throw error
  }
}
