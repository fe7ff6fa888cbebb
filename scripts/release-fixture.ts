// `npm run release-fixture -- VERSION`: a database as this version leaves it, for later versions to be tried on
// (test/operations/upgrade.test.ts). Made by the product itself, through its doors, and kept with what it answered.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { configurationOfFixture, fixtureKeys, people, questions, type ReleaseFacts } from '../test/releases/content.ts'
import { startServer } from './server-process.ts'

const [version = ''] = process.argv.slice(2)
if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('Name the version, such as 0.1.0')

const projectFolder = join(import.meta.dirname, '..')
const releases = join(projectFolder, 'test/releases')
const run = promisify(execFile)
const server = await startServer({ ENCRYPTION_KEYS: fixtureKeys })
const folder = mkdtempSync(join(tmpdir(), 'rolecall-release-'))

const rolecall = async (...args: string[]) => {
  const printed = await run(process.execPath, [join(projectFolder, 'src/main.ts'), ...args], { env: server.env })
  return printed.stdout.trim()
}
const scoped = async (...args: string[]) => JSON.parse(await rolecall(...args, '--organization', 'acme', '--json'))

/** @throws Error with the answer where it is no success */
async function send(path: string, token: string, { method = 'POST', body }: { method?: string; body?: object } = {}) {
  const response = await fetch(`${server.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

try {
  const document = join(folder, 'acme.json')
  writeFileSync(document, JSON.stringify(configurationOfFixture))
  const [{ secret: scimToken, id: directoryId }] = (await scoped('apply', document, '--create-organization', '--yes'))
    .issued
  const scim = `/scim/v2/${directoryId}`
  const ids: Record<string, string> = {}
  for (const person of people) ids[person.userName] = (await send(`${scim}/Users`, scimToken, { body: person })).id
  await send(`${scim}/Groups`, scimToken, {
    body: { displayName: 'Writers', members: people.slice(0, 2).map(({ userName }) => ({ value: ids[userName] })) },
  })
  await scoped('apply', document, '--yes')
  const { key: apiKey } = await scoped('api-key', 'create', '--name', 'Fixture')
  const api = (path: string, body?: object, method?: string) =>
    send(`/api/v1/${path}`, apiKey, { ...(body && { body }), ...(method && { method }) })
  const [ann = '', bea = '', cleo = ''] = people.map(({ userName }) => userName)
  await scoped('assignment', 'create', '--user', bea, '--role', 'administrator', '--reason', 'Runs it')
  await scoped(
    'assignment',
    'create',
    '--user',
    cleo,
    '--role',
    'viewer',
    '--brand',
    'borealis',
    '--reason',
    'Guest',
    '--expires',
    '2099-01-01T00:00:00Z',
  )
  await scoped('team', 'create', '--name', 'Press', '--brand', 'aurora', '--leader', ann)
  await scoped('domain', 'add', 'acme.example', '--verified')
  await scoped('invitation', 'create', '--email', 'dora@acme.example', '--role', 'viewer')
  await scoped('emergency', 'create', '--name', 'Safe')
  await scoped('review', 'schedule', '--name', 'Yearly', '--fallback', bea)
  await scoped('inactivity', 'set', '--warn', '60', '--deactivate', '90')
  await scoped('user', 'deactivate', '--user', people[3]?.userName ?? '')
  await api('drafts', {
    name: 'Later',
    changes: [{ kind: 'delete_policy', policyId: (await api('policies', undefined, 'GET')).items[0].id }],
  })

  const facts: ReleaseFacts = {
    version,
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: projectFolder, encoding: 'utf8' }).trim(),
    organizationId: JSON.parse(await rolecall('organization', 'list', '--json')).items[0].id,
    ...{ directoryId, scimToken, apiKey },
    decisions: await Promise.all(
      questions.map(async ([user, permission, brand]) => {
        const found = await run(
          process.execPath,
          [
            join(projectFolder, 'src/main.ts'),
            'access',
            'check',
            '--organization',
            'acme',
            '--json',
            '--user',
            user,
            '--permission',
            permission,
            ...(brand === null ? [] : ['--brand', brand]),
          ],
          { env: server.env },
        ).catch((error: { stdout: string }) => error)
        return JSON.parse(found.stdout).allowed as boolean
      }),
    ),
    totalUsers: (await send(`${scim}/Users`, scimToken, { method: 'GET' })).totalResults,
  }
  const file = join(releases, `${version}.backup`)
  rmSync(file, { force: true })
  await rolecall('backup', file, '--without-keys')
  writeFileSync(join(releases, `${version}.json`), `${JSON.stringify(facts, null, 2)}\n`)
  console.log(`Wrote test/releases/${version}.backup and ${version}.json`)
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
