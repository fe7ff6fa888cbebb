// scimmy with its routers for express on a plain store: two tables of documents with the indexes that filters want.
import { randomUUID } from 'node:crypto'
import { connections, databaseUrl, keepAliveMillis, load, port, token } from './setting.ts'

const express = load('express')
const SCIMMY = load('scimmy').default
const SCIMMYRouters = load('scimmy-routers').default
const { Pool } = load('pg')

type Kind = 'users' | 'groups'
type Document = Record<string, unknown> & { id: string; meta?: object }
/** The part of what scimmy passes that is looked at: whom a request is about. */
type Asked = { id?: string; filter?: Record<string, unknown>[] }

const pool = new Pool({ connectionString: databaseUrl, max: connections })
await pool.query(`
  create table users (id text primary key, name text unique, external_id text, document jsonb not null);
  create index on users (external_id);
  create table groups (id text primary key, name text unique, external_id text, document jsonb not null)`)

const documentsOf = async (text: string, values: unknown[] = []): Promise<Document[]> =>
  (await pool.query(text, values)).rows.map((row: { document: Document }) => row.document)

/** The value that a filter of one equality asks for. */
function equalTo({ filter }: Asked, attribute: string): unknown {
  const [operator, value] = (filter?.[0]?.[attribute] ?? []) as unknown[]
  return filter?.length === 1 && operator === 'eq' ? value : undefined
}

const notFound = () => new SCIMMY.Types.Error(404, null, 'Not found')

async function find(kind: Kind, asked: Asked): Promise<Document | Document[]> {
  if (asked.id !== undefined) {
    const [found] = await documentsOf(`select document from ${kind} where id = $1`, [asked.id])
    if (found === undefined) throw notFound()
    return found
  }
  const [userName, externalId] = [equalTo(asked, 'userName'), equalTo(asked, 'externalId')]
  if (typeof userName === 'string') {
    return documentsOf(`select document from ${kind} where name = $1`, [userName.toLowerCase()])
  }
  if (externalId !== undefined) return documentsOf(`select document from ${kind} where external_id = $1`, [externalId])
  return documentsOf(`select document from ${kind} order by id`)
}

async function keep(kind: Kind, { id = randomUUID() }: Asked, given: Record<string, unknown>): Promise<Document> {
  const now = new Date().toISOString()
  const document = { ...given, id, meta: { created: now, ...(given['meta'] ?? {}), lastModified: now } }
  const name = String(given['userName'] ?? given['displayName']).toLowerCase()
  try {
    await pool.query(
      `insert into ${kind} (id, name, external_id, document) values ($1, $2, $3, $4)
       on conflict (id) do update set name = $2, external_id = $3, document = $4`,
      [id, name, given['externalId'] ?? null, JSON.stringify(document)],
    )
  } catch (error) {
    if ((error as { code?: string }).code === '23505') throw new SCIMMY.Types.Error(409, 'uniqueness', 'Taken')
    throw error
  }
  return document
}

async function remove(kind: Kind, { id }: Asked): Promise<void> {
  const { rowCount } = await pool.query(`delete from ${kind} where id = $1`, [id])
  if (rowCount === 0) throw notFound()
}

for (const [kind, resource] of [
  ['users', SCIMMY.Resources.User],
  ['groups', SCIMMY.Resources.Group],
] as const) {
  SCIMMY.Resources.declare(resource)
    .ingress((asked: Asked, given: Record<string, unknown>) => keep(kind, asked, given))
    .egress((asked: Asked) => find(kind, asked))
    .degress((asked: Asked) => remove(kind, asked))
}

const app = express()
app.get('/healthz', (_: unknown, response: { end(text: string): void }) => response.end('ok'))
const handler = (request: { header(name: string): string | undefined }) => {
  if (request.header('Authorization') !== `Bearer ${token}`) throw new Error('Not let in')
  return 'bench'
}
app.use('/scim', new SCIMMYRouters({ type: 'bearer', handler }))
app.listen(port, '127.0.0.1').keepAliveTimeout = keepAliveMillis
process.once('SIGTERM', () => process.exit(0))
