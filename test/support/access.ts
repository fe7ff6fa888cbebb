// What tests of access, API and CLI start from: the application, clients with an API key, and the command line in-process.
import { readFileSync } from 'node:fs'
import { changeOrganization } from '#access/platform/organizations/change-organization.ts'
import type { ChangeKind, ChangeOf } from '#access/previews/change.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import { runCli } from '#cli/cli.ts'
import { provisionUser } from '#directory/provision-user.ts'
import type { Urls } from '#platform/urls.ts'
import { type CallContext, enterInstance, platformId, type Services } from '#src/context.ts'
import { startTestApp, type TestApp, type TestAppOptions } from './app.ts'

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
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** The same, once more with the hash where a preview answers. */
  confirm(method: string, path: string, body?: unknown): Promise<Answer>
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown): Promise<Answer>
  patch(path: string, body: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** The actions of the audit rows about one target, oldest first. */
  auditOf(targetId: string): Promise<string[]>
}

export type CommandResult = { exitCode: number; lines: string[]; errors: string[]; json: Answer['body'] }

export type AccessStage = {
  app: TestApp
  services: Services & { urls: Urls }
  request: TestApp['request']
  createClient(slug?: string): Promise<Client>
  rolecall(...args: string[]): Promise<CommandResult>
  /** The same, with this on standard input. */
  rolecallWith(input: string, ...args: string[]): Promise<CommandResult>
  close(): Promise<void>
}

/** A fresh database with the whole application on it, and the command line beside it. */
export async function startStage(options: TestAppOptions = {}): Promise<AccessStage> {
  const app = await startTestApp(options)
  const services = { ...app.services, urls: app.urls }
  return {
    app,
    services,
    request: app.request,
    createClient: (slug) => createClient(app, slug),
    rolecall: (...args) => runCommand(services, args),
    rolecallWith: (input, ...args) => runCommand(services, args, input),
    close: () => app.close(),
  }
}

async function createClient(app: TestApp, wanted?: string): Promise<Client> {
  const { id: organizationId, slug, ctx } = await app.createOrganization(wanted)
  const key = await app.createApiKey({ id: organizationId, slug, ctx })
  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const response = await app.request(path.startsWith('/') ? path : `/api/v1/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return read(response)
  }
  return {
    ...{ organizationId, slug, key, ctx, send },
    confirm: async (method, path, body) => {
      const first = await send(method, path, body)
      return first.status === 428 ? send(method, path, body, { 'Preview-Hash': first.body.preview.hash }) : first
    },
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
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

/** A local user of the client's organization. */
export async function createUser({ ctx }: Client, userName: string): Promise<string> {
  const content = { userName, externalId: null, displayName: null, isActive: true, attributes: {} }
  const { id } = await provisionUser(ctx, { directoryId: null, content })
  return id
}

/** Suspends or resumes the organization, as the operator does. */
export const setOrganizationStatus = (ctx: CallContext, status: 'active' | 'suspended') =>
  changeOrganization({ ...ctx, organizationId: platformId, entry: enterInstance({}) }, ctx.organizationId, { status })

/** Makes a change as its preview shows it. @returns what it made */
export async function change<Kind extends ChangeKind>(ctx: CallContext, wanted: ChangeOf<Kind>) {
  const { hash } = await previewChange(ctx, wanted)
  return saveChange<Kind>(ctx, wanted, hash)
}

/** The id of a role by its key. */
export async function roleId(client: Client, key: string): Promise<string> {
  const { body } = await client.get('roles?limit=200')
  return body.items.find((role: { key: string }) => role.key === key).id
}

export async function runCommand(
  services: Services & { urls: Urls },
  args: string[],
  input = '',
): Promise<CommandResult> {
  const result: CommandResult = { exitCode: 0, lines: [], errors: [], json: undefined }
  await runCli(
    {
      version: '0.0.0',
      withServices: (work) => work(services),
      serve: async () => {
        result.lines.push('served')
      },
      migrate: async () => {
        result.lines.push('migrated')
      },
      diagnoseDeployment: async () => [],
      pendingMigrations: async () => ({ pending: [], unknown: 0 }),
      backup: async () => {
        throw new Error('Backups are tested with a process')
      },
      restore: async () => {
        throw new Error('Backups are tested with a process')
      },
      passphrase: async () => input,
      variable: (name) => process.env[name],
      secretFile: async (path) => readFileSync(path, 'utf8'),
      databaseUrl: async () => 'postgres://rolecall.example.com/rolecall',
      readInput: async () => input,
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
