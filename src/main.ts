// The process: configuration, database, app, listening, stopping. The only file with effects on import.
import { createCli } from '#cli/cli.ts'
import { createLog } from '#platform/log.ts'
import { loadConfig } from './config.ts'
import { createRuntime } from './runtime.ts'

// The second wall against prototype pollution: nothing can be added to what every object inherits.
Object.seal(Object.prototype)

const supportedNode = 24

if (Number(process.versions.node.split('.')[0]) < supportedNode) {
  process.stderr.write(
    `Rolecall needs Node ${supportedNode}, this is ${process.version}. "npm ci" installs the right one into ` +
      'node_modules; start with "npm start" or "npm run rolecall", which use it.\n',
  )
  process.exit(1)
}

try {
  const config = loadConfig(process.env)
  const isServer = process.argv[2] === 'serve'
  const log = createLog(config.logLevel, { isServer })
  const runtime = createRuntime(config, log)
  await createCli(runtime).parseAsync(process.argv)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
