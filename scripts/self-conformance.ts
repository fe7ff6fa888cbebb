// Runs the conformance suites against our own server, beside `scripts/with-server.ts`: gives every fixture and check a new
// directory in an organization of its own. Directories are made here, on request, since a process for each of
// hundreds would cost minutes. Flags are passed on, e.g. `--only okta`.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createOrganization } from '../src/access/organizations/create-organization.ts'
import { type CliServices, instanceContext, organizationContext } from '../src/cli/runtime.ts'
import { loadConfig } from '../src/config.ts'
import { createDirectory } from '../src/connections/directories/create-directory.ts'
import { createRuntime } from '../src/runtime.ts'

const freshCommand = "node -e 'fetch(process.env.FRESH_DIRECTORY_URL).then((r) => r.text()).then(console.log)'"

async function makeDirectory(services: CliServices): Promise<{ baseUrl: string; token: string }> {
  const organization = await createOrganization(instanceContext(services), {
    slug: `replay-${randomUUID()}`,
    name: 'Replay',
  })
  const made = await createDirectory(organizationContext(services, organization.id), { name: 'Replay' })
  return { baseUrl: services.urls.scimBase(made.directory.id), token: made.token.token }
}

async function dispense(services: CliServices): Promise<Server> {
  const server = createServer((_, response) => {
    makeDirectory(services).then(
      (directory) => response.end(JSON.stringify(directory)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function runSuites(dispenser: Server, flags: readonly string[]): Promise<number> {
  const address = dispenser.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const env = { ...process.env, FRESH_DIRECTORY_URL: `http://127.0.0.1:${port}` }
  const args = ['conformance/main.ts', '--fresh', freshCommand, '--concurrency', '2', ...flags]
  const [code] = await once(spawn(process.execPath, args, { env, stdio: 'inherit' }), 'exit')
  return typeof code === 'number' ? code : 1
}

process.exitCode = await createRuntime(loadConfig(process.env)).withServices(async (services) => {
  const dispenser = await dispense(services)
  const code = await runSuites(dispenser, process.argv.slice(2))
  dispenser.close()
  return code
})
