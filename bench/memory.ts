// What memory the server process takes, without PostgreSQL, and how long it takes to start: of the sources and of the build.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { built, endOf, freePort, sources, startLogged, untilOk } from '../scripts/server-process.ts'
import { oursCalls, population } from './calls.ts'
import { throughput } from './client.ts'
import { median, table } from './numbers.ts'
import { timeOf } from './processor-time.ts'
import { type Rolecall, startRolecall } from './rolecall.ts'

type MemoryOptions = { rounds: number; seconds: number }

type Measured = {
  program: 'sources' | 'build'
  /** Megabytes that are resident. */
  restMegabytes: number
  loadMegabytes: number
  afterwardsMegabytes: number
  /** Of the server process, over all requests of the load. */
  processorMillis: number
  /** From the start of the process to 200 from /readyz, everything migrated: with a PostgreSQL that runs, and with the embedded one. */
  startSeconds: number
  embeddedStartSeconds: number
}

export type MemoryResult = { rows: Measured[] }

/** Of the build, which is what is shipped. */
const targets = { restMegabytes: 150, loadMegabytes: 220, startSeconds: 2, embeddedStartSeconds: 2 }

const settleMillis = 5_000
const sampleMillis = 50

/** `progress` is told what is measured at the moment. */
export async function measureMemory(options: MemoryOptions, progress: (text: string) => void): Promise<MemoryResult> {
  progress('npm run build')
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../scripts/build.ts')])
  const rows: Measured[] = []
  for (const [program, file] of [
    ['sources', sources],
    ['build', built],
  ] as const) {
    progress(`${program}: starting`)
    const embeddedStartSeconds = await embeddedStart(file, options.rounds)
    const rolecall = await startRolecall(file)
    try {
      progress(`${program}: under load`)
      const memory = await memoryOf(rolecall, options)
      const startSeconds = await nodeStart(file, rolecall, options.rounds)
      rows.push({ program, ...memory, startSeconds, embeddedStartSeconds })
    } finally {
      await rolecall.stop()
    }
  }
  return { rows }
}

/** The load is that of `bench -- requests`, sixteen at a time. */
async function memoryOf(
  { pid, scim }: Rolecall,
  { seconds }: MemoryOptions,
): Promise<Omit<Measured, 'program' | 'startSeconds' | 'embeddedStartSeconds'>> {
  await sleep(settleMillis)
  const restMegabytes = resident(pid)
  let loadMegabytes = restMegabytes
  const sampling = setInterval(() => {
    loadMegabytes = Math.max(loadMegabytes, resident(pid))
  }, sampleMillis)
  const ids: string[] = []
  for (let number = 0; number < population; number += 1) {
    ids.push((JSON.parse((await scim.send(oursCalls('create', number, ids))).text) as { id: string }).id)
  }
  const millisBefore = timeOf(pid)
  let requests = 0
  for (const request of ['create', 'read', 'filter', 'PATCH active']) {
    let turn = request === 'create' ? population : 0
    const once = () => {
      requests += 1
      return scim.send(oursCalls(request, turn++, ids))
    }
    await throughput(once, { concurrency: 16, seconds })
  }
  const processorMillis = (timeOf(pid) - millisBefore) / requests
  clearInterval(sampling)
  await sleep(settleMillis)
  return { restMegabytes, loadMegabytes, afterwardsMegabytes: resident(pid), processorMillis }
}

/** Megabytes, as Linux counts them. */
function resident(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

/** Seconds until each of several starts is ready, one after the other. */
async function starts(program: string, place: Record<string, string>, rounds: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-start-'))
  const seconds: number[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      const port = await freePort()
      const env = { PATH: process.env['PATH'], PORT: String(port), LOG_LEVEL: 'warn', ...place }
      const began = performance.now()
      const child = startLogged(program, ['serve'], { env, logFile: join(folder, 'log') })
      await untilOk(`http://127.0.0.1:${port}/readyz`, child)
      seconds.push((performance.now() - began) / 1000)
      await endOf(child)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return seconds
}

/** On the database of a server that runs. */
async function nodeStart(program: string, rolecall: Rolecall, rounds: number): Promise<number> {
  const url = await rolecall.run('database', 'url', '--server')
  return median(await starts(program, { DATABASE_URL: url, DATA_DIR: rolecall.dataDir }, rounds))
}

/** The first start makes the database and is left out. */
async function embeddedStart(program: string, rounds: number): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-start-'))
  try {
    const [, ...later] = await starts(program, { DATA_DIR: dataDir }, rounds + 1)
    return median(later)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** The result as people read it. */
export function describeMemory({ rows }: MemoryResult): string {
  const header = [
    'program',
    'at rest, MB',
    'under load, MB',
    'afterwards, MB',
    'processor a request, ms',
    'start, s',
    'start with embedded PostgreSQL, s',
  ]
  return table(header, [
    ...rows.map((row) => [
      row.program,
      ...[row.restMegabytes, row.loadMegabytes, row.afterwardsMegabytes].map((megabytes) => megabytes.toFixed(0)),
      row.processorMillis.toFixed(2),
      ...[row.startSeconds, row.embeddedStartSeconds].map((seconds) => seconds.toFixed(1)),
    ]),
    ['target of the build', ...[targets.restMegabytes, targets.loadMegabytes].map(String), '', '', '2', '2'],
  ])
}

export const areMemoryTargetsMet = ({ rows }: MemoryResult): boolean =>
  rows
    .filter(({ program }) => program === 'build')
    .every((row) => Object.entries(targets).every(([name, limit]) => row[name as keyof typeof targets] <= limit))
