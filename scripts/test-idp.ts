// `npm run test:idp`: sign-in, groups, logout and deactivation with real products that are none of ours. Without a word
// SimpleSAMLphp, which CI runs; with names, those; with `all`, every one. What is missing is installed for the run where
// that is possible; what cannot be is skipped, and said. Exit code 3: all that was asked for was skipped.
import { createRolecallCommand } from '#sandbox/demo/command-line.ts'
import { NotInstalled } from './foreign-packages.ts'
import { startServer } from './server-process.ts'
import type { Peer } from './test-idp/peer.ts'
import { peersOf } from './test-idp/peers.ts'
import type { Rolecall } from './test-idp/tenant.ts'

type Outcome = 'passed' | 'failed' | 'skipped'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function runPeer({ title, start }: Peer, rolecall: Rolecall): Promise<Outcome> {
  console.log(title)
  const peer = await start(rolecall).catch((error: unknown) => {
    console.log(`  ${error instanceof NotInstalled ? 'skipped' : 'FAIL'}  ${messageOf(error)}`)
    return error instanceof NotInstalled ? 'skipped' : 'failed'
  })
  if (typeof peer === 'string') return peer
  let failed = 0
  try {
    for (const [check, run] of peer.checks) {
      try {
        await run()
        console.log(`  ok    ${check}`)
      } catch (error) {
        failed += 1
        console.log(`  FAIL  ${check}: ${messageOf(error)}\n${await peer.lastWords()}`)
      }
    }
  } finally {
    await peer.stop()
  }
  console.log(`${title}, ${peer.version}: ${peer.checks.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 'passed' : 'failed'
}

async function main(): Promise<number> {
  const wanted = peersOf(process.argv.slice(2))
  const server = await startServer({ ALLOW_LOOPBACK: 'true', NO_COLOR: '1' })
  const rolecall = { origin: server.origin, command: createRolecallCommand(server.env) }
  const outcomes: Outcome[] = []
  try {
    for (const peer of wanted) outcomes.push(await runPeer(peer, rolecall))
  } finally {
    await server.stop()
  }
  if (outcomes.includes('failed')) return 1
  return outcomes.includes('passed') ? 0 : 3
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(messageOf(error))
    return 1
  }),
)
