// Several hosts in the URL, one of which is the primary; and a primary that is one no more.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Database, databaseDefaults } from '#db/database.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { once } from '#db/statement.ts'
import { Secret } from '#platform/secret.ts'
import { type CuttingProxy, cuttingProxy } from '../support/cutting-proxy.ts'
import { cloneTemplate, type TestDatabase } from '../support/database.ts'

let clone: TestDatabase
const proxies: CuttingProxy[] = []
const databases: Database[] = []
beforeAll(async () => {
  clone = await cloneTemplate()
  await migrateDatabase(new Secret(clone.ownerUrl))
})
afterAll(async () => {
  for (const database of databases) await database.close()
  for (const proxy of proxies) await proxy.close()
})

async function proxy(): Promise<CuttingProxy> {
  const made = await cuttingProxy(clone.databaseUrl)
  proxies.push(made)
  return made
}

const hosts = (url: string, ...ports: number[]): string =>
  url.replace(/127\.0\.0\.1:\d+/, ports.map((port) => `127.0.0.1:${port}`).join(','))

function open(url: string, lanes = 5): Database {
  const database = new Database({ ...databaseDefaults, url: new Secret(url), role: 'rolecall_server', lanes })
  databases.push(database)
  return database
}

const backend = () => once<{ pid: number }>(sql`select pg_backend_pid() as pid`)

describe('several hosts', () => {
  test('one that takes connections and never answers is passed over, and not tried first again', async () => {
    const [silent, good] = [await proxy(), await proxy()]
    silent.cut('hang')
    const database = open(hosts(clone.databaseUrl, silent.port, good.port))
    const start = performance.now()
    await database.check()
    expect(performance.now() - start).toBeLessThan(4_500)
    expect(silent.begun()).toBe(1)
    const again = performance.now()
    await Promise.all([1, 2, 3].map(() => database.read(once(sql`select pg_sleep(0.05)`))))
    expect([silent.begun(), performance.now() - again < 1_500]).toEqual([1, true])
  })

  test('migrations get past it, too', async () => {
    const [silent, good] = [await proxy(), await proxy()]
    silent.cut('hang')
    expect(await migrateDatabase(new Secret(hosts(clone.ownerUrl, silent.port, good.port)))).toBe('same')
  })

  test('target_session_attrs is understood: our sessions are on a primary, though they are read-only', async () => {
    await open(`${hosts(clone.databaseUrl, (await proxy()).port)}?target_session_attrs=read-write`).check()
  })

  test('while none takes connections, two nodes make few of them', async () => {
    const [one, two] = [await proxy(), await proxy()]
    const url = hosts(clone.databaseUrl, one.port, two.port)
    const nodes = [open(url, 10), open(url, 10)]
    await Promise.all(nodes.map((node) => node.check()))
    one.cut('refuse')
    two.cut('refuse')
    const before = one.begun() + two.begun()
    let refusals = 0
    const until = Date.now() + 3_000
    const ask = async (node: Database): Promise<void> => {
      while (Date.now() < until) {
        await node.read(backend()).catch((error: { code: string }) => {
          expect(error).toMatchObject({ code: 'unavailable' })
          refusals += 1
        })
        await sleep(5)
      }
    }
    await Promise.all(nodes.flatMap((node) => Array.from({ length: 10 }, () => ask(node))))
    expect(refusals).toBeGreaterThan(500)
    // Two hosts, two nodes, twelve rounds of a quarter second, and what was under way at first.
    expect(one.begun() + two.begun() - before).toBeLessThan(100)
  })
})

describe('a primary that was demoted', () => {
  test.each([
    ['25006', 'cannot execute INSERT in a read-only transaction'],
    ['0A000', 'cannot set transaction read-write mode during recovery'],
  ])('%s is unavailable, and no connection of then is used again', async (code, message) => {
    const owner = postgres(clone.ownerUrl, { max: 1, onnotice: () => {} })
    await owner.unsafe(`create or replace function demoted() returns int language plpgsql as
      $$ begin raise exception '${message}' using errcode = '${code}'; end $$`)
    await owner.end()
    const database = open(clone.databaseUrl, 2)
    const pids = async (): Promise<number[]> => {
      const pid = once<{ pid: number }>(sql`select pg_backend_pid() as pid, pg_sleep(0.1)`)
      return (await Promise.all([database.read(pid), database.read(pid)])).map(([row]) => row?.pid ?? 0)
    }
    const before = await pids()
    expect(await pids()).toEqual(expect.arrayContaining(before))
    await expect(database.read(once(sql`select demoted()`))).rejects.toMatchObject({ code: 'unavailable' })
    const after = await pids()
    expect(after.filter((pid) => before.includes(pid))).toEqual([])
  })
})
