// Jobs on the queue in PostgreSQL: each on one node at a time, taken over from a node that died, by tables that a migration made.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)
const silent = createLog('silent')

/** An organization with a session that has run out. */
async function withWork() {
  const organization = await app.createOrganization()
  const { sessionId } = await signIn(organization, await createPerson(organization))
  await owner`update sessions set idle_expires_at = now() where id = ${sessionId}`
  const finish = () =>
    owner`update sessions set ended_at = now(), end_reason = 'expired' where id = ${sessionId} and ended_at is null returning id`
  return { ...organization, finish }
}

const node = (options: WorkerOptions) => startWorker(app.services, silent, { tickMillis: 25, ...options })

describe('the tables', () => {
  test('are those that the installed library expects, in its version and in every detail', async () => {
    const boss = new PgBoss({
      db: { executeSql: async (text, values) => ({ rows: await app.owner.unsafe(text, values as never[]) }) },
      migrate: false,
    })
    // Throws for another version.
    const queue = createQueue(app.services, { onError: () => {} })
    await queue.start()
    await queue.stop()
    const { ok, ...drift } = await boss.detectSchemaDrift()
    expect(ok, JSON.stringify(drift, null, 1)).toBe(true)
  })

  test('cannot be changed by the server’s role, which may not make queues either', async () => {
    const server = app.serverRole()
    await expect(server`create table pgboss.mine (id int)`).rejects.toThrow(/permission denied/)
    await expect(server`alter table pgboss.job add column mine int`).rejects.toThrow(/must be owner/)
    await expect(server`select pgboss.create_queue('mine', '{}')`).rejects.toThrow(/permission denied/)
    await expect(server`insert into pgboss.queue select * from pgboss.queue`).rejects.toThrow(/permission denied/)
  })

  test('have a queue for every kind of work', async () => {
    const kinds = (await owner`select name, policy from pgboss.queue order by name`).map(({ name }) => name)
    expect(kinds).toEqual([
      ...['alarm', 'audit_seal', 'certificate', 'domain', 'emergency_drill', 'end_date', 'logout', 'mail', 'metadata'],
      ...['reminder', 'retention', 'sessions', 'user_change'],
    ])
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
    await owner`update pgboss.job set start_after = now()`
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
    const survivor = node({ jobs, maintenanceSeconds: 1 })
    await sleep(500)
    expect(runs).toBe(0)
    dying.kill('SIGKILL')
    await once(dying, 'exit')
    const [job] = await owner`select state, heartbeat_seconds as seconds from pgboss.job where state = 'active'`
    expect(job).toEqual({ state: 'active', seconds: 30 })
    // As if that time had passed, and then the pause before another attempt.
    await owner`update pgboss.job set heartbeat_on = now() - interval '31 seconds' where state = 'active'`
    const retries = async () => {
      await owner`update pgboss.job set start_after = now() where state = 'retry'`
      return runs
    }
    await expect.poll(retries, { timeout: 10_000 }).toBe(1)
    await survivor.stop()
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
      script: (...args: Parameters<typeof database.script>) => {
        asked += 1
        return database.script(...args)
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
    const log = createLog('warn', { destination: { write: (line: string) => lines.push(line) } })
    const worker = startWorker(own.services, log, { tickMillis: 50 })
    await expect.poll(() => lines.length).toBe(1)
    await sleep(600)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('The worker could not look for work; it keeps trying')
    const works = async () => {
      await own.owner`insert into throttles (key_hash, count, window_ends_at) values ('old', 1, now()) on conflict do nothing`
      own.clock.advance(3_700_000)
      await sleep(200)
      return (await own.owner`select from throttles`).length
    }
    await cluster.start()
    await expect.poll(works, { timeout: 10_000 }).toBe(0)
    await cluster.stop('SIGQUIT')
    await expect.poll(() => lines.length, { timeout: 5_000 }).toBe(2)
    await sleep(600)
    expect(lines).toHaveLength(2)
    await cluster.start()
    await expect.poll(works, { timeout: 10_000 }).toBe(0)
    await worker.stop()
    await own.close()
  }, 60_000)
})
