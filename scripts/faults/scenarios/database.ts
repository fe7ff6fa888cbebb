// The database itself: another machine takes over, connections run out, the disk is full, migrations race.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startLoad } from '../load.ts'
import { postgresNode } from '../postgres-node.ts'
import type { Result, Scenario } from '../scenario.ts'
import { serverNode } from '../server-node.ts'
import { databaseOf, onStage, untilAcknowledged } from '../stage.ts'

const program = join(import.meta.dirname, '../../../src/main.ts')

/** A commit is acknowledged once the standby has it, too. */
const synchronous = { synchronous_standby_names: '*', synchronous_commit: 'on' }

export const failover: Scenario = {
  name: 'failover',
  says: 'the machine of the primary is killed, and its synchronous standby is promoted; the nodes know both hosts',
  ...{ short: { times: 1 }, long: { times: 20 }, isSeamless: false },
  play: async ({ times }, say) => {
    const results: Result[] = []
    for (let time = 1; time <= times; time += 1) {
      const primary = await postgresNode()
      const standby = await primary.standby()
      const admin = primary.connect()
      for (const [name, value] of Object.entries(synchronous))
        await admin.unsafe(`alter system set ${name} = '${value}'`)
      await admin`select pg_reload_conf()`
      await admin.end()
      const both = (url: string): string =>
        url.replace(`:${primary.port}/`, `:${primary.port},127.0.0.1:${standby.port}/`)
      const node = await serverNode({
        ...{ DATABASE_URL: both(primary.url('server')), DATABASE_OWNER_URL: both(primary.url('owner')) },
      })
      try {
        await node.start()
        results.push(await failOver({ primary, standby, node }, say))
        say(`${time} of ${times}`)
      } finally {
        await node.remove()
        await standby.remove()
        await primary.remove()
      }
    }
    return together(results)
  },
}

type Pair = {
  primary: Awaited<ReturnType<typeof postgresNode>>
  standby: Awaited<ReturnType<typeof postgresNode>>
  node: Awaited<ReturnType<typeof serverNode>>
}

async function failOver({ primary, standby, node }: Pair, say: (text: string) => void): Promise<Result> {
  const { account, makeTarget } = await import('../load.ts')
  const target = await makeTarget({ ...node.env, ...databaseOf(primary) })
  const load = startLoad(target, () => node.origin)
  await untilAcknowledged(load, 100)
  await primary.kill()
  const since = Date.now()
  await sleep(500)
  await standby.promote()
  const promoted = standby.connect()
  // Nobody stands by any more; otherwise commits would wait for ever.
  await promoted.unsafe("alter system set synchronous_standby_names = ''")
  await promoted`select pg_reload_conf()`
  await untilAcknowledged(load, 100)
  say(`writes are back after ${((Date.now() - since) / 1000).toFixed(1)} s`)
  const tally = await load.finish()
  const { lost, doubled } = await account(promoted, target, load.people)
  await promoted.end()
  const { acknowledged, wrong, refusedTwice, longestPause } = tally
  return { times: 1, acknowledged, lost, doubled, wrong, refusedTwice, longestPause, notes: [] }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

const together = (results: readonly Result[]): Result => ({
  times: results.length,
  acknowledged: sum(results.map((result) => result.acknowledged)),
  lost: sum(results.map((result) => result.lost)),
  doubled: sum(results.map((result) => result.doubled)),
  wrong: results.flatMap((result) => result.wrong),
  refusedTwice: sum(results.map((result) => result.refusedTwice)),
  longestPause: Math.max(...results.map((result) => result.longestPause)),
  notes: results.flatMap((result) => result.notes),
})

export const exhaustedPool: Scenario = {
  name: 'exhausted-pool',
  says: 'two hundred clients at once, for a node with three connections to the database',
  ...{ short: { times: 1 }, long: { times: 1 }, isSeamless: false },
  play: (_amount, say) =>
    onStage(
      { settings: (postgres) => ({ ...databaseOf(postgres), DATABASE_CONNECTIONS: '3' }) },
      async ({ nodes, target, settle }) => {
        const load = startLoad(target, () => nodes[0]?.origin ?? '', { clients: 200 })
        await untilAcknowledged(load, 1_500, 120)
        say('1,500 writes')
        return settle(load, 1)
      },
    ),
}

const diskMegabytes = 300

export const fullDisk: Scenario = {
  name: 'full-disk',
  says: 'the disk of the database is full for a while: reads go on, writes are refused and come back',
  ...{ short: { times: 1 }, long: { times: 10 }, isSeamless: false },
  play: async ({ times }, say) => {
    const folder = mkdtempSync(join(tmpdir(), 'rolecall-disk-'))
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m,mode=0777`, 'tmpfs', folder])
    if (mounted.status !== 0) {
      say('not played: a disk of a size of its own cannot be made here')
      rmSync(folder, { recursive: true })
      return undefined
    }
    const place = join(folder, 'postgres')
    mkdirSync(place)
    try {
      return await onStage(
        { folder: place, postgresSettings: { wal_keep_size: '0', max_wal_size: '64MB' } },
        async (stage) => {
          const { nodes, target, settle, postgres } = stage
          const load = startLoad(target, () => nodes[0]?.origin ?? '', { clients: 2 })
          for (let time = 1; time <= times; time += 1) {
            await untilAcknowledged(load, 100)
            const filler = join(folder, 'filler')
            spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1M', `count=${diskMegabytes}`])
            await sleep(4_000)
            rmSync(filler)
            await postgres.start()
            await untilAcknowledged(load, 100, 120)
            say(`${time} of ${times}`)
          }
          return settle(load, times)
        },
      )
    } finally {
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

export const racingMigrations: Scenario = {
  name: 'racing-migrations',
  says: 'eight processes bring an empty database to this version at once, one of which is killed',
  ...{ short: { times: 1 }, long: { times: 10 }, isSeamless: false },
  play: async ({ times }, say) => {
    const postgres = await postgresNode()
    const wrong: string[] = []
    try {
      const admin = postgres.connect()
      const [known] = await admin`select count(*)::int as count from drizzle.__drizzle_migrations`
      for (let time = 1; time <= times; time += 1) {
        await admin.unsafe(`create database race${time}`)
        const url = postgres.url('owner').replace(/\/rolecall$/, `/race${time}`)
        const env = {
          ...process.env,
          DATABASE_URL: url,
          DATA_DIR: postgres.folder,
          ENCRYPTION_KEYS: `a:${'A'.repeat(43)}=`,
        }
        const migrate = (timeout = 0) =>
          promisify(execFile)(process.execPath, [program, 'migrate'], { env, timeout, killSignal: 'SIGKILL' })
        const runs = await Promise.allSettled([migrate(1_200), ...Array.from({ length: 7 }, () => migrate())])
        for (const run of runs.slice(1)) if (run.status === 'rejected') wrong.push(String(run.reason))
        const [applied] = await promisify(execFile)(process.execPath, [program, 'migrate', '--check', '--json'], {
          env,
        }).then(({ stdout }) => [JSON.parse(stdout) as { pending: string[]; unknown: number }])
        if (applied?.pending.length !== 0 || applied.unknown !== 0) wrong.push(JSON.stringify(applied))
        say(`${time} of ${times}`)
      }
      await admin.end()
      const count = Number(known?.['count'])
      return {
        ...{ times, acknowledged: times * count, lost: 0, doubled: 0, wrong, refusedTwice: 0, longestPause: 0 },
        notes: [`${count} migrations each, applied once`],
      }
    } finally {
      await postgres.remove()
    }
  },
}
