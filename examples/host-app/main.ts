// Starts the host application of host-app.ts on PORT.
import { serve } from '@hono/node-server'
import { createHostApp } from './host-app.ts'

// biome-ignore lint/style/noProcessEnv: an example has no configuration of its own
const environment = process.env

const port = Number(environment['PORT'] ?? 3000)

const setting = (name: string): string => {
  const value = environment[name]
  if (value !== undefined && value !== '') return value
  throw new Error(`Set ${name}`)
}

const app = await createHostApp({
  issuer: setting('ISSUER'),
  clientId: setting('CLIENT_ID'),
  clientSecret: setting('CLIENT_SECRET'),
  apiKey: setting('API_KEY'),
  origin: `http://localhost:${port}`,
})
serve({ fetch: app.fetch, hostname: '127.0.0.1', port })
process.stdout.write(`Newsroom listens on http://localhost:${port}\n`)
