// `npm run interop`: the foreign SCIM suites that registries have, each against a fresh directory of our own server. Prints
// the tables of docs/interoperability.md. Fails where a check fails that is not among those we fail on purpose.
// Exit code 3: a suite could not be installed, which is said.
import { createRolecallCommand } from '#sandbox/demo/command-line.ts'
import { textAt } from '#sandbox/json.ts'
import { installPython, NotInstalled } from './foreign-packages.ts'
import { deviations } from './interop/deviations.ts'
import { type Suite, suites } from './interop/suites.ts'
import { countTable, deviationTable, type Found, surprisesIn } from './interop/table.ts'
import { type ServerProcess, startServer } from './server-process.ts'

async function runSuite({ name, packages, run }: Suite, bin: string, server: ServerProcess): Promise<Found> {
  const rolecall = createRolecallCommand(server.env)
  await rolecall('organization', 'create', '--slug', name, '--name', name)
  const made = await rolecall('directory', 'create', '--organization', name, '--name', name)
  const outcomes = run(bin, { baseUrl: textAt(made, 'baseUrl'), token: textAt(made, 'token') })
  if (outcomes.length === 0) throw new Error(`${name} checked nothing`)
  return { suite: name, version: packages[0]?.split('==')[1] ?? '', outcomes }
}

async function main(): Promise<number> {
  const installed = suites.map((suite) => ({ suite, bin: installPython(suite.packages) }))
  const server = await startServer()
  const found: Found[] = []
  try {
    for (const { suite, bin } of installed) found.push(await runSuite(suite, bin, server))
  } finally {
    await server.stop()
  }
  console.log(`${countTable(found)}\n\n${deviationTable(deviations)}\n`)
  const surprises = surprisesIn(found, deviations)
  for (const surprise of surprises) console.log(`Failed, and not on purpose: ${surprise}`)
  return surprises.length === 0 ? 0 : 1
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    return error instanceof NotInstalled ? 3 : 1
  }),
)
