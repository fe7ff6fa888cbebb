// better-auth with its plugin for SCIM behind node:http, on its own adapter for PostgreSQL.
import { createServer } from 'node:http'
import { connections, databaseUrl, keepAliveMillis, load, port, token } from './setting.ts'

const { betterAuth } = load('better-auth')
const { getMigrations } = load('better-auth/db/migration')
const { toNodeHandler } = load('better-auth/node')
const { scim } = load('@better-auth/scim')
const { Pool } = load('pg')

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: 'a-secret-of-the-benchmark-and-of-nothing-else',
  database: new Pool({ connectionString: databaseUrl, max: connections }),
  // What is measured is the server, not what it allows.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [scim({ connections: [{ id: 'bench', credentials: [{ type: 'bearer', id: 'bench', token }] }] })],
})
const { runMigrations } = await getMigrations(auth.options)
await runMigrations()
const handle = toNodeHandler(auth)

const server = createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok')
  return handle(request, response)
})
server.keepAliveTimeout = keepAliveMillis
server.listen(port, '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
