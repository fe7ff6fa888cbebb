// `npm run bench -- members | requests | cpu | sign-in | deactivation | console | governance | decisions | bulk | memory | scale | organizations | entra | events | peers`: measures a server of its own on this machine. Absolute figures say as much about
// the machine as about Rolecall; the ratios are what docs/benchmarks.md keeps.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { built } from '../scripts/server-process.ts'
import { describeBulk, isBulkTargetMet, measureBulk } from './bulk.ts'
import { describeConsole, isConsoleTargetMet, measureConsole } from './console.ts'
import { areCpuGoalsMet, describeCpu, measureCpu } from './cpu.ts'
import { describeDeactivation, measureDeactivation } from './deactivation.ts'
import { areDecisionTargetsMet, describeDecisions, measureDecisions } from './decisions.ts'
import { describeEntra, measureEntra } from './entra.ts'
import { areEventGoalsMet, describeEvents, type EventsOptions, measureEvents } from './events.ts'
import { type Floor, startFloor } from './floor.ts'
import { describeGovernance, isGovernanceTargetMet, measureGovernance } from './governance.ts'
import { describeMembers, isMembersTargetMet, measureMembers } from './members.ts'
import { areMemoryTargetsMet, describeMemory, measureMemory } from './memory.ts'
import {
  areOrganizationsEqual,
  describeOrganizations,
  measureOrganizations,
  type OrganizationsOptions,
} from './organizations.ts'
import { describePeers, isAheadOfPeers, measurePeers, type PeersOptions, type PeersResult } from './peers/measure.ts'
import { defaultFolder, installPeers } from './peers/start.ts'
import { postmasterOf } from './processor-time.ts'
import { areRequestTargetsMet, describeRequests, measureRequests } from './requests.ts'
import { type Rolecall, startRolecall } from './rolecall.ts'
import { describeScale, isScaleGoalMet, measureSize, type ScaleResult } from './scale.ts'
import { type RoundOptions, type Sides, seededSides } from './sides.ts'
import { describeSignIn, isSignInTargetMet, measureSignIn } from './sign-in.ts'

const usage = `Usage: npm run bench -- members | requests | cpu | sign-in | deactivation | console | governance | decisions | bulk | memory | scale | organizations | entra | events | peers [flags]
  --json         print the result as JSON
  --check        end with exit code 1 where a target is missed
  --samples N    members, console, governance, decisions, scale, organizations, peers: how often each is measured (default 200)
  --people N     entra, peers: how many come at first (default 2000, 5000); governance, decisions: in a directory of so many (default 100000); scale: in several, such as 10000,100000
  --organizations N  organizations: among how many (default 10000)
  --peers DIR    peers: where their packages are kept, and put if they are not there (default below the system's temporary folder)
  --rounds N     requests, cpu, peers, sign-in, bulk: rounds of each side; memory: starts (default 5)
  --trials N     deactivation: how many people (default 1000); events: at most 200 of them
  --seconds S    requests, cpu, memory, peers: length of a round (default 2); events: how long events come (default 60)`

type Outcome = { result: object; text: string; isTargetMet: boolean }

const progress = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

async function members(rolecall: Rolecall, samples: number): Promise<Outcome> {
  progress('Seeding 50,000 people and four groups, then measuring')
  const result = await measureMembers(rolecall, { samples })
  return { result, text: describeMembers(result), isTargetMet: isMembersTargetMet(result) }
}

/** Beside the floor, which is gone afterwards. */
async function beside(rolecall: Rolecall, work: (sides: Sides, floor: Floor) => Promise<Outcome>): Promise<Outcome> {
  const floor = await startFloor(rolecall)
  try {
    progress('Seeding 2,000 people on each side')
    return await work(await seededSides({ ours: rolecall.scim, floor: floor.http, owner: rolecall.owner }), floor)
  } finally {
    await floor.stop()
  }
}

const requests = (rolecall: Rolecall, options: RoundOptions): Promise<Outcome> =>
  beside(rolecall, async (sides) => {
    const result = await measureRequests(sides, options, progress)
    return { result, text: describeRequests(result), isTargetMet: areRequestTargetsMet(result) }
  })

const cpu = (rolecall: Rolecall, options: RoundOptions): Promise<Outcome> =>
  beside(rolecall, async (sides, floor) => {
    const processes = { ours: rolecall.pid, floor: floor.pid, postmaster: postmasterOf(rolecall.dataDir) }
    const result = await measureCpu({ sides, processes }, options, progress)
    return { result, text: describeCpu(result), isTargetMet: areCpuGoalsMet(result) }
  })

const entra = (rolecall: Rolecall, people: number): Promise<Outcome> =>
  beside(rolecall, async (sides) => {
    const result = await measureEntra(rolecall, sides, { people }, progress)
    return { result, text: describeEntra(result), isTargetMet: true }
  })

async function signIn(rolecall: Rolecall, rounds: number): Promise<Outcome> {
  const result = await measureSignIn(rolecall, { rounds, perRound: 40 }, progress)
  return { result, text: describeSignIn(result), isTargetMet: isSignInTargetMet(result) }
}

async function deactivation(rolecall: Rolecall, trials: number): Promise<Outcome> {
  const second = await rolecall.startSecondNode()
  try {
    const application = JSON.parse(
      await rolecall.run(
        ...['application', 'create', '--organization', 'bench', '--name', 'Bench', '--json'],
        ...['--redirect-uri', 'https://app.example.com/callback'],
      ),
    ) as { clientId: string; clientSecret: string }
    progress(`${trials} people, each with five sessions, a refresh token and an API key`)
    const result = await measureDeactivation(
      { ...rolecall.nodeFacts, origins: [rolecall.origin, second.origin], application },
      trials,
    )
    return { result, text: describeDeactivation(result), isTargetMet: result.accepted === 0 }
  } finally {
    await second.stop()
  }
}

async function pages(rolecall: Rolecall, samples: number): Promise<Outcome> {
  const result = await measureConsole(rolecall, { samples }, progress)
  return { result, text: describeConsole(result), isTargetMet: isConsoleTargetMet(result) }
}

async function governance(rolecall: Rolecall, samples: number, people: number): Promise<Outcome> {
  const result = await measureGovernance(rolecall, { samples, people }, progress)
  return { result, text: describeGovernance(result), isTargetMet: isGovernanceTargetMet(result) }
}

async function decisions(rolecall: Rolecall, samples: number, people: number): Promise<Outcome> {
  const result = await measureDecisions(rolecall, { samples, people }, progress)
  return { result, text: describeDecisions(result), isTargetMet: areDecisionTargetsMet(result) }
}

async function bulk(rolecall: Rolecall, rounds: number): Promise<Outcome> {
  const result = await measureBulk(rolecall.scim, { rounds }, progress)
  return { result, text: describeBulk(result), isTargetMet: isBulkTargetMet(result) }
}

async function memory(options: { rounds: number; seconds: number }): Promise<Outcome> {
  const result = await measureMemory(options, progress)
  return { result, text: describeMemory(result), isTargetMet: areMemoryTargetsMet(result) }
}

async function events(rolecall: Rolecall, options: EventsOptions): Promise<Outcome> {
  const result = await measureEvents(rolecall, options, progress)
  return { result, text: describeEvents(result), isTargetMet: areEventGoalsMet(result) }
}

async function build(): Promise<void> {
  progress('npm run build')
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../scripts/build.ts')])
}

/** Of the build, which is what is shipped; beside packages of others, where they can be had. */
async function peers(folder: string, options: PeersOptions): Promise<Outcome> {
  const skipped = await installPeers(folder)
  const measure = (rolecall: Rolecall) => measurePeers(rolecall, folder, options, progress)
  if (skipped === undefined) await build()
  const result: PeersResult = skipped === undefined ? await withRolecall(measure, built) : { skipped }
  return { result, text: describePeers(result), isTargetMet: isAheadOfPeers(result) }
}

/** Of the build, which is what is shipped. */
async function scale(options: { people: readonly number[]; samples: number }): Promise<Outcome> {
  await build()
  const result: ScaleResult = { sizes: [] }
  for (const people of options.people) {
    const measure = (rolecall: Rolecall) => measureSize(rolecall, { people, samples: options.samples }, progress)
    result.sizes.push(await withRolecall(measure, built))
  }
  return { result, text: describeScale(result), isTargetMet: isScaleGoalMet(result) }
}

/** Of the build, which is what is shipped. */
async function organizations(options: OrganizationsOptions): Promise<Outcome> {
  await build()
  const result = await withRolecall((rolecall) => measureOrganizations(rolecall, options, progress), built)
  return { result, text: describeOrganizations(result), isTargetMet: areOrganizationsEqual(result) }
}

async function withRolecall<T>(measure: (rolecall: Rolecall) => Promise<T>, program?: string): Promise<T> {
  const rolecall = await startRolecall(program)
  try {
    return await measure(rolecall)
  } finally {
    await rolecall.stop()
  }
}

const benches = [
  'members',
  'requests',
  'cpu',
  'sign-in',
  'deactivation',
  'console',
  'governance',
  'decisions',
  'bulk',
  'memory',
  'scale',
  'organizations',
  'entra',
  'events',
  'peers',
] as const

const isBench = (what: string | undefined): what is (typeof benches)[number] =>
  (benches as readonly (string | undefined)[]).includes(what)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      samples: { type: 'string', default: '200' },
      help: { type: 'boolean', default: false },
      people: { type: 'string' },
      organizations: { type: 'string', default: '10000' },
      peers: { type: 'string', default: defaultFolder },
      trials: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
    },
  })
  const [what] = positionals
  if (values.help || !isBench(what)) {
    console.error(usage)
    return values.help ? 0 : 2
  }
  const options = { rounds: Number(values.rounds), seconds: Number(values.seconds) }
  const usual = { entra: '2000', peers: '5000' }[what as string] ?? '100000'
  const peoples = (values.people ?? usual).split(',').map(Number)
  const eventSeconds = values.seconds === '2' ? 60 : options.seconds
  const [samples, people, trials] = [Number(values.samples), peoples[0] ?? 0, Number(values.trials)]
  const outcome = await {
    members: () => withRolecall((rolecall) => members(rolecall, samples)),
    requests: () => withRolecall((rolecall) => requests(rolecall, options)),
    cpu: () => withRolecall((rolecall) => cpu(rolecall, options)),
    'sign-in': () => withRolecall((rolecall) => signIn(rolecall, options.rounds)),
    deactivation: () => withRolecall((rolecall) => deactivation(rolecall, trials)),
    console: () => withRolecall((rolecall) => pages(rolecall, samples)),
    governance: () => withRolecall((rolecall) => governance(rolecall, samples, people)),
    decisions: () => withRolecall((rolecall) => decisions(rolecall, samples, people)),
    bulk: () => withRolecall((rolecall) => bulk(rolecall, options.rounds)),
    memory: () => memory(options),
    scale: () => scale({ people: peoples, samples }),
    organizations: () => organizations({ organizations: Number(values.organizations), samples }),
    entra: () => withRolecall((rolecall) => entra(rolecall, people)),
    events: () =>
      withRolecall((rolecall) =>
        events(rolecall, { trials: Math.min(trials, 200), seconds: eventSeconds, perMinute: 10_000 }),
      ),
    peers: () => peers(values.peers, { ...options, samples, people }),
  }[what]()
  console.log(values.json ? JSON.stringify(outcome.result, null, 2) : outcome.text)
  return values.check && !outcome.isTargetMet ? 1 : 0
}

process.exit(await main())
