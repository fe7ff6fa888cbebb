// What is published of the kit: packed, installed into an empty project, compiled against and run there.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { type Listening, listen } from '../support/listening.ts'

const projectFolder = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'rolecall-sdk-'))

let stage: AccessStage
let server: Listening
let client: Client

const run = async (
  command: string,
  args: string[],
  cwd = folder,
  env: Record<string, string> = {},
): Promise<string> => {
  const ran = promisify(execFile)(command, args, { cwd, env: { ...process.env, ...env } })
  const { stdout } = await ran.catch((error: Error & { stdout?: string }) => {
    throw new Error(`${command} ${args.join(' ')}: ${error.message}\n${error.stdout}`)
  })
  return stdout
}

const pack = async (what: string): Promise<string> => {
  const [packed] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', folder], what)) as [
    { filename: string },
  ]
  return `./${packed.filename}`
}

/** Every entry, as a product would use it; a line of it that has the wrong type is said to be an error. */
const product = `
import { createRolecall, memoryStore, RolecallError, type Session } from '@rolecall/sdk'
import { createDecisions } from '@rolecall/sdk/decisions'
import { createBrowserRolecall } from '@rolecall/sdk/browser'
import { createManagement, type Schemas } from '@rolecall/sdk/management'
import * as hono from '@rolecall/sdk/hono'
import * as express from '@rolecall/sdk/express'
import * as fastify from '@rolecall/sdk/fastify'
import * as next from '@rolecall/sdk/next'

export const rolecall = createRolecall({
  issuer: 'https://id.example.com', clientId: 'app_1', clientSecret: 'rca_1', store: memoryStore(),
  redirectUri: 'https://news.example.com/callback', cookieSecret: 'x'.repeat(32),
})
export const { GET, POST } = next.routeHandlers(rolecall)
export const used = [hono.withRolecall(rolecall), express.withRolecall(rolecall), fastify.withRolecall(rolecall), createBrowserRolecall]
export const decisions = createDecisions({ issuer: 'https://id.example.com', key: 'rck_1' })
export const slugOf = (session: Session): string | undefined => session.claims.organization?.slug

const client = createManagement({ issuer: 'https://id.example.com', key: 'rck_1' })
export async function names(): Promise<string[]> {
  const found: string[] = []
  for await (const user of client.list('/users', { query: { status: 'active' } })) found.push(user.userName)
  const brand: Schemas['Brand'] = await client.post('/brands', { body: { slug: 'a', name: 'A' } })
  // @ts-expect-error: there is no such path
  await client.get('/nowhere')
  // @ts-expect-error: the id is missing
  await client.get('/users/{id}')
  // @ts-expect-error: a brand has a name
  await client.post('/brands', { body: { slug: 'a' } })
  // @ts-expect-error: a status is one of few
  client.list('/users', { query: { status: 'asleep' } })
  return [...found, brand.slug]
}
export const isOurs = (error: unknown): boolean => error instanceof RolecallError && error.code === 'not_found'
`

const script = `
import { createManagement, RolecallError } from '@rolecall/sdk/management'
import { createRolecall } from '@rolecall/sdk'
const { ISSUER: issuer, KEY: key } = process.env
const client = createManagement({ issuer, key })
const names = []
for await (const { userName } of client.list('/users', { query: { limit: 1 } })) names.push(userName)
const missing = await client.get('/brands/{id}', { params: { id: 'nobody' } }).catch((error) => error)
const rolecall = createRolecall({ issuer, clientId: 'app_1', redirectUri: 'http://localhost:3000/callback', cookieSecret: 'x'.repeat(32) })
const answer = await rolecall.handle(new Request('http://localhost:3000/sign-in'))
console.log(JSON.stringify({ names, code: missing instanceof RolecallError && missing.code, to: answer.headers.get('location') }))
`

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  server = await listen(() => stage.app)
  await run(join(projectFolder, 'node_modules/.bin/tsc'), ['-p', join(projectFolder, 'sdk')])
  const packages = [await pack(join(projectFolder, 'sdk')), await pack(join(projectFolder, 'node_modules/jose'))]
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'product', private: true, type: 'module' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...packages])
}, 120_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.close()
  await stage.close()
})

const installed = (): string => join(folder, 'node_modules/@rolecall/sdk')

test('has what it needs and nothing else, and brings jose alone', () => {
  const files = readdirSync(installed(), { recursive: true }).map(String)
  expect(files.filter((file) => !file.startsWith('dist')).sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
  expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([])
  const { dependencies, exports } = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as {
    dependencies: object
    exports: Record<string, Record<string, string>>
  }
  expect(Object.keys(dependencies)).toEqual(['jose'])
  const published = Object.values(exports).flatMap((entry) => Object.values(entry))
  expect(published.filter((path) => !files.includes(path.slice(2)))).toEqual([])
  expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    '@rolecall',
    'jose',
  ])
})

test('compiles against its types, in strict projects that check libraries, too', async () => {
  writeFileSync(join(folder, 'product.ts'), product)
  const options = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: [] }
  const language = { module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'] }
  const config = { compilerOptions: { ...options, ...language }, files: ['product.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  expect(await run(join(projectFolder, 'node_modules/.bin/tsc'), ['-p', folder])).toBe('')
}, 60_000)

test('runs against the server', async () => {
  await createUser(client, 'ada@example.com')
  await createUser(client, 'ben@example.com')
  writeFileSync(join(folder, 'product.js'), script)
  const said = await run(process.execPath, ['product.js'], folder, { ISSUER: server.origin, KEY: client.key })
  const { names, code, to } = JSON.parse(said) as { names: string[]; code: string; to: string | null }
  expect([names, code]).toEqual([['ada@example.com', 'ben@example.com'], 'not_found'])
  // This server calls itself otherwise than where it listens, which the kit does not take.
  expect(to).toBeNull()
})
