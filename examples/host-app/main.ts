// Starts the host application of host-app.ts on PORT.
import { serve } from '@hono/node-server'
import { port, settings } from '../settings.ts'
import { createHostApp } from './host-app.ts'

serve({ fetch: createHostApp(settings()).fetch, hostname: '127.0.0.1', port })
process.stdout.write(`Newsroom listens on http://localhost:${port}\n`)
