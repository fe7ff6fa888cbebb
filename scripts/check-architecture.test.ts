// Proves that the room table bites: a small tree breaks each rule once, and a tree that keeps them is clean.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { checkArchitecture } from './check-architecture.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

async function check(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'architecture-'))
  roots.push(root)
  cpSync(join(import.meta.dirname, '../package.json'), join(root, 'package.json'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const folders = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))]
  return checkArchitecture(root, folders)
}

const leaf = 'export const a = 1\n'
const importing = (...names: string[]) => names.map((name) => `import '${name}'\n`).join('')

it('finds nothing in a tree that keeps the rules, and reads all of it', async () => {
  const report = await check({
    'src/main.ts': importing('./app.ts', './config.ts', '#cli/program.ts'),
    'src/app.ts': importing('#scim/routes.ts', '#http/problem.ts'),
    'src/config.ts': importing('./platform/secret.ts'),
    'src/cli/program.ts': importing('#access/roles.ts'),
    'src/scim/routes.ts': `${importing('#http/problem.ts', '#access/roles.ts', '#directory/users.ts')}import type { C } from '#src/config.ts'\n`,
    'src/http/problem.ts': importing('#platform/secret.ts'),
    'src/access/roles.ts': importing('#directory/users.ts'),
    'src/directory/users.ts': importing('#src/context.ts', '#platform/secret.ts'),
    'src/context.ts': importing('#db/lane.ts'),
    'src/db/lane.ts': importing('#platform/secret.ts'),
    'src/platform/secret.ts': leaf,
  })
  expect(report).toMatchObject({ faults: [], modules: 11 })
})

it.each([
  ['platform-imports-nothing-of-ours', 'src/platform/ids.ts', '#db/lane.ts'],
  ['db-imports-upward', 'src/db/schema/audit.ts', '#directory/users.ts'],
  ['directory-imports-a-sibling', 'src/directory/groups.ts', '#connections/tokens.ts'],
  ['connections-imports-a-sibling', 'src/connections/tokens.ts', '#directory/users.ts'],
  ['connections-directory-imports-upward', 'src/directory/groups.ts', '#access/roles.ts'],
  ['scim-imports-a-delivery-room', 'src/scim/routes.ts', '#api/routes.ts'],
  ['scim-imports-the-database', 'src/scim/routes.ts', '#db/lane.ts'],
  ['cli-and-jobs-skip-http-and-app', 'src/cli/serve.ts', '#http/problem.ts'],
  ['rooms-do-not-know-the-process', 'src/app.ts', './main.ts'],
  ['only-the-process-imports-cli-and-jobs', 'src/app.ts', '#cli/program.ts'],
  ['sandbox-speaks-http-only', 'sandbox/okta.ts', '#platform/secret.ts'],
  ['the-product-imports-no-tooling', 'src/app.ts', '#sandbox/entra.ts'],
  ['only-main-imports-the-value-of-config', 'src/app.ts', './config.ts'],
  ['config-imports-only-secret', 'src/config.ts', './platform/ids.ts'],
  ['conformance-is-a-black-box', 'conformance/main.ts', '../src/db/lane.ts'],
  ['the-product-imports-no-tooling', 'src/app.ts', '../test/app.ts'],
  ['everything-resolves', 'src/app.ts', './gone.ts'],
  ['room-not-in-the-table', 'src/novelty/a.ts', '#platform/secret.ts'],
  ['room-not-in-the-table', 'src/extra.ts', '#platform/secret.ts'],
  ['scimmy-only-in-directory/schema', 'src/api/routes.ts', 'scimmy'],
  ['drizzle-orm-only-in-access-connections-directory-audit-context.ts-db', 'src/http/problem.ts', 'drizzle-orm'],
  ['postgres-only-in-db', 'src/context.ts', 'postgres'],
  ['hono-only-in-scim-api-sso-account-provider-console-http-app.ts-serve.ts', 'src/cli/serve.ts', 'hono'],
  ['pino-only-in-platform/log.ts', 'src/http/problem.ts', 'pino'],
])('%s: %s may not import %s', async (rule, file, imported) => {
  const others = ['db/lane', 'directory/users', 'connections/tokens', 'access/roles', 'api/routes', 'http/problem']
  const more = ['cli/program', 'platform/secret', 'platform/ids', 'config', 'main']
  const leaves = Object.fromEntries([...others, ...more].map((name) => [`src/${name}.ts`, leaf]))
  const report = await check({ ...leaves, 'sandbox/entra.ts': leaf, 'test/app.ts': leaf, [file]: importing(imported) })
  expect(report.faults.map((fault) => fault.split(': ')[0])).toContain(rule)
})

it('sees circles, also of types alone', async () => {
  const { faults } = await check({
    'src/access/roles.ts': "import type { B } from './mappings.ts'\nexport type A = B\n",
    'src/access/mappings.ts': "import type { A } from './roles.ts'\nexport type B = A\n",
  })
  expect(faults[0]).toMatch(/^no-circles: /)
})

it('refuses a barrel', async () => {
  expect((await check({ 'src/access/index.ts': leaf })).faults).toEqual(['no-barrels: src/access/index.ts'])
})

it('refuses a type that is imported inside an expression, which no parser of modules sees', async () => {
  const files = { 'src/access/roles.ts': "export type A = import('../api/routes.ts').B\n", 'src/api/routes.ts': leaf }
  expect((await check(files)).faults).toEqual(['hidden-import: src/access/roles.ts imports inside an expression'])
})
