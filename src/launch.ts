// What the package installs as `rolecall`: starts the program with a Node that can run it, which need not be the one that was
// found, and with the settings that keep its memory small.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { join } from 'node:path'

const supportedNode = 24

/**
 * The heap is cleared more often instead of growing, and threads share what the allocator keeps for them; docs/benchmarks.md tells
 * what that saves and costs.
 */
const settings = ['--max-semi-space-size=8', '--heap-growing-percent=60']
const environment = { MALLOC_ARENA_MAX: '2', ...process.env }

/** The Node that comes as a package. @returns undefined where there is none for this platform */
function packedNode(): string | undefined {
  try {
    const require = createRequire(import.meta.url)
    return join(require.resolve(`node-${process.platform}-${process.arch}/package.json`), '../bin/node')
  } catch {
    return undefined
  }
}

/** In our place: the same process, so that signals and the end need nobody in between. */
function replaceWith(node: string, args: string[]): void {
  if (process.execve === undefined || process.platform === 'win32') runBelow(node, args)
  else process.execve(node, [node, ...args], environment)
}

function runBelow(node: string, args: string[]): void {
  const child = spawn(node, args, { stdio: 'inherit', env: environment })
  // From a terminal, both get it: the end is the child's to decide.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    process.stderr.write(`${node} cannot be started: ${error.message}\n`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
}

// Where there is no other, the program itself says what it needs.
const isSupported = Number(process.versions.node.split('.')[0]) >= supportedNode
const node = isSupported ? process.execPath : (packedNode() ?? process.execPath)
replaceWith(node, [...settings, join(import.meta.dirname, 'main.js'), ...process.argv.slice(2)])
