// Jobs under leases in PostgreSQL: each on one node at a time, taken over from a node that died, in a table that the server's role
// reaches by functions alone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { finishWork, keepWork, listWork, putOffWork, takeWork } from '#access/upkeep/work.ts'
import { createQueue } from '#jobs/queue.ts'
import { startWorker, type WorkerOptions } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { type OwnPostgres, ownPostgres } from '../support/postgres.ts'
import { signIn } from '../support/sessions.ts'

const dyingNode = fileURLToPath(new URL('../support/dying-node.ts', import.meta.url))

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())
// Nothing is due when the next test begins.
afterEach(() => owner`update sessions set ended_at = now(), end_reason = 'expired' where ended_at is null`)

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)
const silent = createLog('silent')

/** An organization with a session that has run out. */
async function withWork() {
  const organization = await app.createOrganization()
  const { sessionId } = await signIn(organization, await createPerson(organization))
  await owner`update sessions set idle_expires_at = now() - interval '1 second' where id = ${sessionId}`
  const finish = () =>
    owner`update sessions set ended_at = now(), end_reason = 'expired' where id = ${sessionId} and ended_at is null returning id`
  return { ...organization, finish }
}

const node = (options: WorkerOptions) => startWorker(app.services, silent, { tickMillis: 25, ...options })

describe('a lease', () => {
  const found = async (organizationId: string) =>
    (await listWork(app.services.database, 'prompt')).find((work) => work.organizationId === organizationId)

  /** Work that was seen due. */
  async function due() {
    const organization = await withWork()
    const work = await found(organization.id)
    if (work === undefined) throw new Error('Nothing is due')
    return { ...organization, work }
  }

  /** The row, its times as seconds from now. */
  const rowOf = async (id: string) =>
    (
      await owner`select holder, failures, extract(epoch from free_at - now())::float as seconds from work_leases
        where organization_id = ${id}`
    )[0]

  test('cannot be read or changed by the server’s role but by its functions, and the tables of the old queue are gone', async () => {
    const server = app.serverRole()
    await expect(server`select from work_leases`).rejects.toThrow(/permission denied/)
    await expect(server`update work_leases set holder = null`).rejects.toThrow(/permission denied/)
    await expect(server`delete from work_leases`).rejects.toThrow(/permission denied/)
    expect(await owner`select nspname from pg_namespace where nspname = 'pgboss'`).toEqual([])
  })

  test('is one’s own: whoever looked before it was taken gets nothing, whether it is under way or done', async () => {
    const { id, work } = await due()
    const { database } = app.services
    const lease = await takeWork(app.services, work)
    expect(lease).toBeDefined()
    expect(await takeWork(app.services, work)).toBeUndefined()
    expect(await found(id)).toBeUndefined()
    if (lease !== undefined) await finishWork(database, lease)
    expect(await takeWork(app.services, work)).toBeUndefined()
    // A look of now finds what is still due.
    const again = await found(id)
    expect(again).toBeDefined()
    if (again !== undefined) expect(await takeWork(app.services, again)).toBeDefined()
  })

  test('is taken by one of many that try at once', async () => {
    const { work } = await due()
    const taken = await Promise.all(Array.from({ length: 8 }, () => takeWork(app.services, work)))
    expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1)
  })

  test('that ran out is another’s, and the run of before can neither keep it nor give it back', async () => {
    const { id, work } = await due()
    const { database } = app.services
    const dead = await takeWork(app.services, work)
    if (dead === undefined) throw new Error('It was free')
    expect(await keepWork(database, dead)).toBe(true)
    await owner`update work_leases set free_at = now() - interval '1 second' where organization_id = ${id}`
    const seen = await found(id)
    const lease = seen === undefined ? undefined : await takeWork(app.services, seen)
    expect(await keepWork(database, dead)).toBe(false)
    await finishWork(database, dead)
    await putOffWork(database, dead)
    expect(await rowOf(id)).toMatchObject({ holder: lease?.holder, failures: 1 })
  })

  test('that is given back by a failure pauses, longer each time up to a limit, and anew after a success', async () => {
    const { id, work } = await due()
    const { database } = app.services
    const lease = { ...work, holder: 'run_mine' }
    const fail = async (kind = work.kind) => {
      await owner`update work_leases set holder = 'run_mine', kind = ${kind} where organization_id = ${id}`
      await putOffWork(database, { ...lease, kind })
      return (await rowOf(id))?.['seconds']
    }
    await takeWork(app.services, work)
    for (const [least, most] of [
      [5, 10],
      [10, 20],
      [20, 40],
      [40, 60],
      [60, 60],
      [60, 60],
    ] as const) {
      const pause = await fail()
      expect(pause).toBeGreaterThan(least - 1)
      expect(pause).toBeLessThan(most + 1)
    }
    expect(await found(id)).toBeUndefined()
    // Other kinds wait for longer.
    expect(await fail('domain')).toBeGreaterThan(899)
    expect(await fail('retention')).toBeGreaterThan(3_599)
    await owner`update work_leases set holder = 'run_mine', kind = ${work.kind} where organization_id = ${id}`
    await finishWork(database, lease)
    expect(await rowOf(id)).toMatchObject({ holder: null, failures: 0 })
    expect(await fail()).toBeLessThan(11)
  })
})

describe('two nodes on one database', () => {
  test('do each job once, and work of one organization never at once', async () => {
    const organizations = await Promise.all(Array.from({ length: 6 }, withWork))
    const done: string[] = []
    const underWay = new Set<string>()
    // A node that looked before the other had finished may ask once more: then there is nothing to do.
    const sessions: NonNullable<WorkerOptions['jobs']>['sessions'] = async ({ organizationId }) => {
      expect(underWay.has(organizationId)).toBe(false)
      underWay.add(organizationId)
      await sleep(120)
      const finished = await organizations.find(({ id }) => id === organizationId)?.finish()
      if (finished?.length === 1) done.push(organizationId)
      underWay.delete(organizationId)
    }
    const nodes = [node({ jobs: { sessions } }), node({ jobs: { sessions } })]
    await expect.poll(() => done.length, { timeout: 10_000 }).toBe(6)
    await sleep(400)
    await Promise.all(nodes.map((each) => each.stop()))
    expect(done.sort()).toEqual(organizations.map(({ id }) => id).sort())
  })

  test('tell of each alarm once', async () => {
    const organizations = await Promise.all(Array.from({ length: 5 }, () => app.createOrganization()))
    for (const organization of organizations) {
      const userId = await createPerson(organization, 'ada@example.com')
      await giveRole(organization, { userId, role: 'administrator' })
      await owner`insert into alarms (organization_id, id, kind, detail, raised_at)
        values (${organization.id}, ${`alm_${organization.slug}`}, 'last_administrator', '{}', now())`
    }
    const nodes = [node({}), node({})]
    const untold = async () => (await owner`select from alarms where notified_at is null`).length
    await expect.poll(untold, { timeout: 10_000 }).toBe(0)
    await Promise.all(nodes.map((each) => each.stop()))
    const mails = await owner`select organization_id as id from mails where kind = 'alarm'`
    expect(mails.map(({ id }) => id).sort()).toEqual(organizations.map(({ id }) => id).sort())
  })

  test('leave kinds that one has no job for to the other', async () => {
    const { id, finish } = await withWork()
    const without = node({ jobs: { sessions: undefined as never } })
    await sleep(300)
    await without.stop()
    let runs = 0
    const other = node({
      jobs: {
        sessions: async ({ organizationId }) => {
          expect(organizationId).toBe(id)
          runs += 1
          await finish()
        },
      },
    })
    await expect.poll(() => runs).toBe(1)
    await other.stop()
  })
})

describe('a node that dies', () => {
  test('at work: another takes the job over once its heartbeat is missing', async () => {
    const { id, finish } = await withWork()
    const dying = spawn(process.execPath, [dyingNode, app.databaseUrl])
    await once(dying.stdout, 'data')
    let runs = 0
    const jobs: WorkerOptions['jobs'] = {
      sessions: async ({ organizationId }) => {
        expect(organizationId).toBe(id)
        runs += 1
        await finish()
      },
    }
    const survivor = node({ jobs })
    await sleep(500)
    expect(runs).toBe(0)
    dying.kill('SIGKILL')
    await once(dying, 'exit')
    await sleep(500)
    expect(runs).toBe(0)
    const [lease] = await owner`select extract(epoch from free_at - taken_at)::float as seconds from work_leases
      where organization_id = ${id} and kind = 'sessions'`
    expect(lease?.['seconds']).toBeCloseTo(30, 1)
    // As if that time had passed.
    await owner`update work_leases set free_at = now() - interval '1 second' where organization_id = ${id}`
    await expect.poll(() => runs, { timeout: 10_000 }).toBe(1)
    await survivor.stop()
  })
})

describe('a run that takes long', () => {
  test('is heard of again and again, and nobody else does its work meanwhile', async () => {
    const { id, finish } = await withWork()
    let runs = 0
    const sessions = async () => {
      runs += 1
      await sleep(1_000)
      await finish()
    }
    const nodes = [1, 2].map(() => node({ jobs: { sessions }, heartbeatMillis: 100 }))
    await expect.poll(() => runs).toBe(1)
    // It would run out long before the work is done.
    await owner`update work_leases set free_at = now() + interval '300 milliseconds' where organization_id = ${id}`
    await sleep(200)
    const [lease] = await owner`select extract(epoch from free_at - now())::float as seconds from work_leases
      where organization_id = ${id} and kind = 'sessions'`
    expect(lease?.['seconds']).toBeGreaterThan(29)
    await Promise.all(nodes.map((each) => each.stop()))
    expect(runs).toBe(1)
  })
})

describe('a run that hangs', () => {
  test('is given up and tried again later; who stops waits for it no longer than allowed', async () => {
    const { id } = await withWork()
    const works = async () =>
      (await listWork(app.services.database, 'prompt')).filter(({ organizationId }) => organizationId === id)
    const failures: unknown[] = []
    const hanging = () => new Promise<never>(() => {})
    const options = { run: hanging, onError: () => {}, onFailure: (error: unknown) => void failures.push(error) }
    const impatient = createQueue(app.services, { ...options, longestRunMillis: 200 })
    impatient.offer('prompt', await works())
    await expect.poll(() => failures).toEqual([new Error('It took longer than 0.2 seconds')])
    await impatient.stop()
    expect(await works()).toEqual([])
    await owner`update work_leases set free_at = now() - interval '1 second' where organization_id = ${id}`

    const stopped = createQueue(app.services, { ...options, stopMillis: 200 })
    stopped.offer('prompt', await works())
    const start = performance.now()
    await stopped.stop()
    expect(performance.now() - start).toBeGreaterThan(150)
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})

describe('what it costs', () => {
  test('a node without anything to do asks once a second, and little else', async () => {
    let asked = 0
    const { database } = app.services
    const counting = {
      run: (...args: Parameters<typeof database.run>) => {
        asked += 1
        return database.run(...args)
      },
      read: (...args: Parameters<typeof database.read>) => {
        asked += 1
        return database.read(...args)
      },
    }
    const worker = startWorker({ ...app.services, database: counting as unknown as typeof database }, silent)
    await sleep(2_500)
    asked = 0
    await sleep(4_000)
    await worker.stop()
    expect(asked).toBeGreaterThanOrEqual(3)
    expect(asked).toBeLessThanOrEqual(6)
  })
})

describe('without the database', () => {
  let cluster: OwnPostgres
  beforeAll(async () => {
    cluster = await ownPostgres()
  })
  afterAll(() => cluster.remove())

  test('the worker says so once, keeps trying, and works when it is back', async () => {
    await cluster.stop('SIGINT')
    const own = await startTestApp({ databaseUrl: cluster.serverUrl, ownerUrl: cluster.url })
    const lines: string[] = []
    const log = createLog('info', { destination: { write: (line: string) => lines.push(line) } })
    const worker = startWorker(own.services, log, { tickMillis: 50 })
    await expect.poll(() => lines.length).toBe(1)
    await sleep(600)
    expect(lines).toEqual([expect.stringContaining('The worker could not look for work; it keeps trying')])
    const works = async () => {
      await own.owner`insert into throttles (key_hash, count, window_ends_at) values ('old', 1, now()) on conflict do nothing`
      own.clock.advance(3_700_000)
      await sleep(200)
      return (await own.owner`select from throttles`).length
    }
    await cluster.start()
    await expect.poll(works, { timeout: 10_000 }).toBe(0)
    await expect.poll(() => lines[1], { timeout: 5_000 }).toContain('The worker finds its work again')
    await cluster.stop('SIGQUIT')
    await expect.poll(() => lines.length, { timeout: 5_000 }).toBe(3)
    await sleep(600)
    expect(lines.slice(2)).toEqual([expect.stringContaining('it keeps trying')])
    await cluster.start()
    await expect.poll(works, { timeout: 10_000 }).toBe(0)
    await worker.stop()
    await own.close()
  }, 60_000)
})
