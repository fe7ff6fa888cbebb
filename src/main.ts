// The process: a guard on Node's version, the second wall against prototype pollution, then the command. The only file
// with effects on import; the rest is loaded by it, so that the guard comes first.
import { enableCompileCache } from 'node:module'

const supportedNode = 24

if (Number(process.versions.node.split('.')[0]) < supportedNode) {
  process.stderr.write(
    `Rolecall needs Node ${supportedNode}, this is ${process.version}. "npm ci" installs the right one into ` +
      'node_modules; start with "npm start" or "npm run rolecall", which use it.\n',
  )
  process.exit(1)
}

enableCompileCache?.()

// Whoever reads what a command prints may stop (`| head`): then it is done quietly, and stops its PostgreSQL like any other.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

// Nothing can be added to what every object inherits.
Object.seal(Object.prototype)

try {
  // Sources run as they are; the build has nothing left to be looked for or transformed.
  if (import.meta.filename.endsWith('.ts')) {
    const { registerResolveOnce } = await import('./platform/resolve-once.ts')
    registerResolveOnce()
    const { registerJsx } = await import('./platform/jsx.ts')
    registerJsx()
  }
  const { foreignVariables, loadConfig } = await import('./config.ts')
  const { createRuntime } = await import('./runtime.ts')
  const { runCli } = await import('#cli/cli.ts')
  await runCli(createRuntime(loadConfig(process.env), foreignVariables(process.env)), process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

// What is done, ends: a connection that the other side does not close must keep nobody waiting who has their answer.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
process.exit()
