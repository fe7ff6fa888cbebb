// Starts the single-page application of single-page.ts on PORT.
import { serve } from '@hono/node-server'
import { port, setting } from '../settings.ts'
import { createSinglePageApp } from './single-page.ts'

const app = await createSinglePageApp({ issuer: setting('ISSUER'), clientId: setting('CLIENT_ID') })
serve({ fetch: app.fetch, hostname: '127.0.0.1', port })
process.stdout.write(`Newsroom listens on http://localhost:${port}\n`)
