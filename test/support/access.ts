// What tests of access, API and CLI start from: a database of their own, the API on it, and the command line in-process.
import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import postgres from 'postgres'
import { inject } from 'vitest'
import { issueApiKey } from '#access/api-keys/api-keys.ts'
import { createOrganization } from '#access/organizations/create-organization.ts'
import { createApi } from '#api/api.ts'
import { createAuthZen } from '#api/authzen.ts'
import { runCli } from '#cli/cli.ts'
import { instanceContext, organizationContext } from '#cli/runtime.ts'
import { Database, databaseDefaults } from '#db/database.ts'
import { serverRole } from '#db/schema.ts'
import { provisionUser } from '#directory/provision-user.ts'
import type { AppEnv } from '#http/env.ts'
import { systemRandom } from '#platform/crypto.ts'
import { createIds } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { Secret } from '#platform/secret.ts'
import { createUrls, type Urls } from '#platform/urls.ts'
import type { CallContext, Services } from '#src/context.ts'

export type Answer = {
  status: number
  headers: Headers
  /** The parsed body; tests look into it freely. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every kind are asserted on
  body: any
}

export type Client = {
  organizationId: string
  slug: string
  key: string
  /** The operator's context in this organization. */
  ctx: CallContext
  send(method: string, path: string, body?: unknown): Promise<Answer>
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown): Promise<Answer>
  patch(path: string, body: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** The actions of the audit rows about one target, oldest first. */
  auditOf(targetId: string): Promise<string[]>
}

export type CommandResult = { exitCode: number; lines: string[]; errors: string[]; json: Answer['body'] }

export type AccessStage = {
  services: Services & { urls: Urls }
  request(path: string, init?: RequestInit): Promise<Response>
  createClient(slug?: string): Promise<Client>
  rolecall(...args: string[]): Promise<CommandResult>
  close(): Promise<void>
}

let count = 0

/** A fresh database from the migrated template, and everything on it. */
export async function startStage(): Promise<AccessStage> {
  const { url, drop } = await cloneDatabase()
  const database = new Database({ ...databaseDefaults, lanes: 4, url: new Secret(url), role: serverRole.name })
  const clock = { now: () => new Date() }
  const services = {
    ...{ database, clock, ids: createIds(clock, systemRandom), randomBytes: systemRandom },
    urls: createUrls('http://rolecall.example.com'),
  }
  const app = appOn(services)
  const request = async (path: string, init?: RequestInit): Promise<Response> => app.request(path, init)
  return {
    services,
    request,
    createClient: (slug) => createClient(services, request, slug),
    rolecall: (...args) => runCommand(services, args),
    close: async () => {
      await database.close()
      await drop()
    },
  }
}

async function cloneDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const template = inject('clusterUrl')
  const name = `access_${randomBytes(6).toString('hex')}`
  const admin = postgres(template.replace(/\/rolecall$/, '/postgres'), { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template rolecall`)
  return {
    url: template.replace(/\/rolecall$/, `/${name}`),
    drop: async () => {
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

function appOn(services: Services & { urls: Urls }): Hono<AppEnv> {
  const log = createLog('silent')
  const app = new Hono<AppEnv>()
  app.use(async (c, next) => {
    c.set('requestId', services.ids.next('req'))
    c.set('log', log)
    await next()
  })
  app.route('/api/v1', createApi({ ...services, log }))
  app.route('/', createAuthZen({ ...services, log }))
  return app
}

async function createClient(
  services: Services & { urls: Urls },
  request: AccessStage['request'],
  wanted?: string,
): Promise<Client> {
  count += 1
  const slug = wanted ?? `org-${count}`
  const organization = await createOrganization(instanceContext(services), { slug, name: `Organization ${slug}` })
  const ctx = organizationContext(services, organization.id)
  const { key } = await issueApiKey(ctx, { name: 'test' })
  const send: Client['send'] = async (method, path, body) => {
    const response = await request(path.startsWith('/') ? path : `/api/v1/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return read(response)
  }
  return {
    ...{ organizationId: organization.id, slug, key, ctx, send },
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path) => send('DELETE', path),
    auditOf: async (targetId) => {
      const { body } = await send('GET', `audit-events?targetId=${targetId}`)
      return body.items.map(({ action }: { action: string }) => action).reverse()
    },
  }
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

/** A local user of the client's organization. */
export async function createUser({ ctx }: Client, userName: string): Promise<string> {
  const content = { userName, externalId: null, displayName: null, isActive: true, attributes: {} }
  const { id } = await provisionUser(ctx, { directoryId: null, content })
  return id
}

/** The id of a role by its key. */
export async function roleId(client: Client, key: string): Promise<string> {
  const { body } = await client.get('roles?limit=200')
  return body.items.find((role: { key: string }) => role.key === key).id
}

async function runCommand(services: Services & { urls: Urls }, args: string[]): Promise<CommandResult> {
  const result: CommandResult = { exitCode: 0, lines: [], errors: [], json: undefined }
  await runCli(
    {
      withServices: (work) => work(services),
      serve: async () => {
        result.lines.push('served')
      },
      migrate: async () => {
        result.lines.push('migrated')
      },
      databaseUrl: async () => 'postgres://rolecall.example.com/rolecall',
      print: (line) => result.lines.push(line),
      printError: (line) => result.errors.push(line),
      setExitCode: (code) => {
        result.exitCode = code
      },
    },
    args,
  )
  if (args.includes('--json') && result.lines.length === 1) result.json = JSON.parse(result.lines[0] ?? '')
  return result
}
