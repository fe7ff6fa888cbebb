// Directory sync of Ory Polis (@boxyhq/saml-jackson) behind node:http, as its documentation puts it behind a framework.
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { databaseUrl, keepAliveMillis, load, port, token } from './setting.ts'

const { controllers } = load('@boxyhq/saml-jackson')
const { directorySyncController } = await controllers({
  externalUrl: `http://127.0.0.1:${port}`,
  samlPath: '/saml',
  scimPath: '/scim',
  noAnalytics: true,
  db: { engine: 'sql', type: 'postgres', url: databaseUrl },
})
const { data: directory } = await directorySyncController.directories.create({
  ...{ name: 'Bench', tenant: 'bench', product: 'bench', type: 'okta-scim-v2', webhook_url: '', webhook_secret: '' },
})
// Its own secret is made by it; ours is let in, and handed on as its own.
const secretOf = (header: string | undefined) => (header === `Bearer ${token}` ? directory.scim.secret : null)

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://peer')
  if (url.pathname === '/healthz') return response.end('ok')
  const [, , resourceType, resourceId] = url.pathname.split('/')
  const number = (name: string) => (url.searchParams.has(name) ? Number(url.searchParams.get(name)) : undefined)
  const { status, data } = await directorySyncController.requests.handle({
    ...{ method: request.method, resourceType, resourceId, directoryId: directory.id },
    apiSecret: secretOf(request.headers.authorization),
    body: Number(request.headers['content-length'] ?? 0) > 0 ? await json(request) : undefined,
    query: {
      count: number('count'),
      startIndex: number('startIndex'),
      filter: url.searchParams.get('filter') ?? undefined,
    },
  })
  response.writeHead(status, { 'content-type': 'application/scim+json' }).end(data ? JSON.stringify(data) : undefined)
})
server.keepAliveTimeout = keepAliveMillis
server.listen(port, '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
