// The floor: a bare Hono route that does one equivalent SQL statement through postgres.js, on a table with the columns and
// indexes of users, and answers JSON of like size. No tokens, rules, audit or isolation: nothing can be faster here.
import { serve } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type postgres from 'postgres'
import { openDriver } from '../src/db/driver.ts'
import { Secret } from '../src/platform/secret.ts'

type Attributes = { userName: string; externalId: string; displayName: string } & Record<string, unknown>
type Row = { id: string; user_name: string; status: string; attributes: Attributes; version: number } & postgres.Row

const sql = openDriver(new Secret(process.env['FLOOR_DATABASE_URL'] ?? ''), { max: 10, onnotice: () => {} })
const organization = 'org_floor'

const resource = (row: Row) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: row.id,
  ...row.attributes,
  userName: row.user_name,
  active: row.status === 'active',
  meta: {
    resourceType: 'User',
    created: row['created_at'],
    lastModified: row['updated_at'],
    version: `W/"${row.version}"`,
  },
})

const one = (c: Context, rows: readonly Row[], status: 200 | 201 = 200) => {
  const [row] = rows
  return row === undefined ? c.json({ detail: 'not found' }, 404) : c.json(resource(row), status)
}

let created = 0

const app = new Hono()
app.get('/healthz', (c) => c.text('ok'))
app.post('/Users', async (c) => {
  const body = await c.req.json<Attributes>()
  created += 1
  const id = `usr_${String(created).padStart(26, '0')}`
  const rows = await sql<Row[]>`insert into floor.users (organization_id, id, user_name, user_name_key, external_id,
      display_name, status, status_changed_at, attributes, created_at, updated_at)
    values (${organization}, ${id}, ${body.userName}, ${body.userName.toLowerCase()}, ${body.externalId},
      ${body.displayName}, 'active', now(), ${sql.json(body as postgres.JSONValue)}, now(), now()) returning *`
  return one(c, rows, 201)
})
app.get('/Users/:id', async (c) => {
  const id = c.req.param('id')
  return one(c, await sql<Row[]>`select * from floor.users where organization_id = ${organization} and id = ${id}`)
})
app.get('/Users', async (c) => {
  const key = c.req.query('userName') ?? ''
  const rows = await sql<Row[]>`select * from floor.users
    where organization_id = ${organization} and user_name_key = ${key} and deleted_at is null`
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse']
  const totals = { totalResults: rows.length, startIndex: 1, itemsPerPage: rows.length }
  return c.json({ schemas, ...totals, Resources: rows.map(resource) })
})
app.patch('/Users/:id', async (c) => {
  const { active } = await c.req.json<{ active: boolean }>()
  const [status, reason] = active ? ['active', null] : ['inactive', 'directory']
  const rows = await sql<Row[]>`update floor.users set status = ${status}, status_reason = ${reason},
      status_changed_at = now(), version = version + 1, updated_at = now()
    where organization_id = ${organization} and id = ${c.req.param('id')} returning *`
  return one(c, rows)
})

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) })
process.once('SIGTERM', () => {
  server.close()
  void sql.end({ timeout: 1 }).then(() => process.exit(0))
})
