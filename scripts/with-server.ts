// `node scripts/with-server.ts COMMAND ARG…`: runs the command beside a fresh server of its own. DATA_DIR and PORT are
// set, so that `rolecall` commands reach that server. Ends with the command's exit code.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startServer } from './server-process.ts'

/** Runs the command beside a fresh server. Answers with the exit code. */
async function runBeside([command, ...args]: readonly string[]): Promise<number> {
  if (command === undefined) throw new Error('Usage: node scripts/with-server.ts COMMAND [ARG…]')
  const server = await startServer()
  try {
    const child = spawn(command, args, { env: server.env, stdio: 'inherit' })
    // Ctrl-C reaches the command by the terminal; a plain SIGTERM only us.
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    process.on('SIGINT', () => {})
    const [code] = await once(child, 'exit')
    return typeof code === 'number' ? code : 1
  } finally {
    await server.stop()
  }
}

process.exit(await runBeside(process.argv.slice(2)))
