// The audit trail under its seals: nobody waits for them, and whoever owns the database and changes something is found out.
import type postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordAudit } from '#audit/record.ts'
import { getAuditHead } from '#audit/seal/head.ts'
import { sealEvents } from '#audit/seal/seal-events.ts'
import { verifyEvents } from '#audit/seal/verify-events.ts'
import { startWorker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { inTransaction } from '#src/context.ts'
import { type AccessStage, startStage } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'

let stage: AccessStage
let organization: TestOrganization
let owner: postgres.Sql
beforeAll(async () => {
  stage = await startStage()
  owner = stage.app.owner
})
afterAll(() => stage.close())

async function write(count: number, of = organization): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const entry = { action: 'user.update', targetType: 'user', targetId: `usr_${index}`, detail: { index } } as const
    await inTransaction(of.ctx, (tx) => tx.commitWith(recordAudit(of.ctx, entry)))
  }
}

const seal = (of = organization) => sealEvents(of.ctx)
const findings = async (head?: string) => (await verifyEvents(organization.ctx, { head })).findings
const rowsOf = async (segment: number): Promise<string[]> =>
  (
    await owner`select unnest(event_ids) as id from audit_segments
    where organization_id = ${organization.id} and sequence = ${segment}`
  ).map(({ id }) => id as string)
const verify = () => stage.rolecall('audit', 'verify', '--organization', organization.slug)

/** Three segments of a fresh organization. */
beforeEach(async () => {
  organization = await stage.app.createOrganization()
  for (const count of [5, 5, 5]) {
    await write(count)
    await seal()
  }
})

describe('a trail that nobody touched', () => {
  test('is unaltered, and says what is not sealed yet', async () => {
    expect(await verifyEvents(organization.ctx)).toMatchObject({
      ...{ segments: 3, findings: [], hasMore: false, unsealed: { events: 0 } },
    })
    await write(2)
    const result = await verify()
    expect(result).toMatchObject({ exitCode: 0, errors: [] })
    expect(result.lines.join()).toMatch(/: unaltered\. \d+ events in 3 segments; 2 not sealed yet, since 20/)
    expect((await stage.rolecall('audit', 'verify')).exitCode).toBe(0)
  })

  test('is sealed again by nobody, and in segments of a thousand where there is much', async () => {
    expect(await seal()).toBe(0)
    await owner`insert into audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id,
        detail, request_id)
      select ${organization.id}, 'evt_' || n, now(), 'system', 'x', 'user.update', 'user', 'x', jsonb_build_object('n', n), 'req'
      from generate_series(1, 2500) n`
    expect(await seal()).toBe(2_500)
    expect(await verifyEvents(organization.ctx)).toMatchObject({ segments: 6, findings: [] })
  })

  test('has a head for the API, the command line and the console, and an empty one before', async () => {
    const head = await getAuditHead(organization.ctx)
    const printed = await stage.rolecall('audit', 'head', '--organization', organization.slug, '--json')
    expect(printed.json.items).toEqual([{ organization: organization.slug, ...head }])
    expect(head).toMatchObject({ sequence: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const client = await stage.createClient()
    expect((await client.get('audit-head')).body).toMatchObject({ sequence: 0, hash: null })
    await sealEvents(client.ctx)
    expect((await client.get('audit-head')).body).toEqual(await getAuditHead(client.ctx))
  })

  test('is verified against a head that was kept, which later segments do not change', async () => {
    const head = (await getAuditHead(organization.ctx))?.hash ?? ''
    await write(3)
    await seal()
    expect(await findings(head)).toEqual([])
    const result = await stage.rolecall('audit', 'verify', '--organization', organization.slug, '--head', head)
    expect(result.exitCode).toBe(0)
    expect((await stage.rolecall('audit', 'verify', '--head', head)).exitCode).toBe(1)
    expect((await stage.rolecall('audit', 'verify', '--head', 'x')).exitCode).toBe(2)
  })
})

/** As whoever owns the tables, past the trigger that gives rows their places. */
const asOwner = (work: (sql: postgres.TransactionSql) => Promise<unknown>) =>
  owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await work(sql)
  })

const swapPositions = (one: string, other: string) =>
  asOwner(async (sql) => {
    const rows = await sql`select id, position from audit_events where organization_id = ${organization.id}
      and id in (${one}, ${other})`
    const at = Object.fromEntries(rows.map(({ id, position }) => [id, position]))
    await sql`update audit_events set position = -1 where organization_id = ${organization.id} and id = ${one}`
    await sql`update audit_events set position = ${at[one]} where organization_id = ${organization.id} and id = ${other}`
    await sql`update audit_events set position = ${at[other]} where organization_id = ${organization.id} and id = ${one}`
  })

describe('whatever is changed is found, with its segment and its row', () => {
  test.each([
    ['action', "'user.erase'"],
    ['occurred_at', "occurred_at - interval '1 millisecond'"],
    ['actor_type', "'system'"],
    ['actor_id', "'somebody'"],
    ['target_type', "'group'"],
    ['target_id', "'usr_other'"],
    ['detail', `detail || '{"a": 1}'`],
    ['detail', "'{}'"],
    ['request_id', "'req_other'"],
  ])('another %s: %s', async (column, value) => {
    const [, , id = ''] = await rowsOf(2)
    const set = `update audit_events set ${column} = ${value} where organization_id = $1 and id = $2`
    await owner.unsafe(set, [organization.id, id])
    expect(await findings()).toEqual([{ kind: 'event_changed', segment: 2, eventId: id }])
    const result = await verify()
    expect(result.exitCode).toBe(4)
    expect(result.lines).toContain(`  segment 2: event ${id} was changed`)
  })

  test('a row that is gone', async () => {
    for (const [segment, place] of [
      [1, 0],
      [2, 3],
      [3, 4],
    ] as const) {
      const id = (await rowsOf(segment))[place] ?? ''
      const [row] =
        await owner`delete from audit_events where organization_id = ${organization.id} and id = ${id} returning *`
      expect(await findings()).toEqual([{ kind: 'event_missing', segment, eventId: id }])
      await asOwner((sql) => sql`insert into audit_events ${sql(row as Record<string, unknown>)}`)
      expect(await findings()).toEqual([])
    }
  })

  test('a row that was put in between, or before all of them', async () => {
    const [, second = ''] = await rowsOf(2)
    const insert = (id: string, position: string) =>
      asOwner((sql) =>
        sql.unsafe(
          `insert into audit_events select organization_id, '${id}', occurred_at, actor_type, actor_id, action, target_type,
            target_id, detail, request_id, ${position} from audit_events where organization_id = $1 and id = $2`,
          [organization.id, second],
        ),
      )
    await insert('evt_first', '-position')
    expect(await findings()).toEqual([{ kind: 'event_added', segment: 1, eventId: 'evt_first' }])
    // Of rows that other organizations have in between, one makes room.
    await write(1, await stage.app.createOrganization())
    await write(1)
    const [gap] =
      await owner`select position - 1 as position from audit_events where organization_id = ${organization.id}
      order by position desc limit 1`
    await seal()
    await insert('evt_between', String(gap?.['position']))
    expect(await findings()).toContainEqual({ kind: 'event_added', segment: 4, eventId: 'evt_between' })
  })

  test('rows that changed places, within a segment and across', async () => {
    const [one = '', , three = ''] = await rowsOf(2)
    await swapPositions(one, three)
    const found = await findings()
    expect(found.length).toBeGreaterThan(0)
    expect(found.every(({ kind, segment }) => kind === 'event_moved' && segment === 2)).toBe(true)
    await swapPositions(one, three)
    expect(await findings()).toEqual([])
    const [other = ''] = await rowsOf(3)
    await swapPositions(one, other)
    expect(await findings()).toEqual([
      { kind: 'event_added', segment: 2, eventId: other },
      { kind: 'event_missing', segment: 2, eventId: one },
      { kind: 'event_added', segment: 3, eventId: one },
      { kind: 'event_missing', segment: 3, eventId: other },
    ])
  })

  test('rows that swapped what they say', async () => {
    const [one = '', two = ''] = await rowsOf(1)
    await owner`update audit_events a set action = b.action, detail = b.detail, target_id = b.target_id from audit_events b
      where a.organization_id = ${organization.id} and b.organization_id = a.organization_id
        and ((a.id = ${one} and b.id = ${two}) or (a.id = ${two} and b.id = ${one}))`
    expect((await findings()).map(({ eventId }) => eventId).sort()).toEqual([one, two].sort())
  })

  test('a row that was given to another organization', async () => {
    const other = await stage.app.createOrganization()
    const [id = ''] = await rowsOf(3)
    await asOwner((sql) => sql`update audit_events set organization_id = ${other.id} where id = ${id}`)
    expect(await findings()).toEqual([{ kind: 'event_missing', segment: 3, eventId: id }])
  })
})

describe('whatever is done to segments is found', () => {
  const segments = () =>
    owner`select * from audit_segments where organization_id = ${organization.id} order by sequence`

  test.each([
    ['hash', "repeat('a', 64)", ['segment_altered', 'segment_detached']],
    ['previous_hash', "repeat('a', 64)", ['segment_altered', 'segment_detached']],
    ['sealed_at', "sealed_at - interval '1 day'", ['segment_altered']],
    ['event_count', '4', ['segment_altered']],
    ['event_ids', 'event_ids[1:4]', ['event_added']],
    ['event_hashes', 'reverse(event_hashes)', ['event_changed']],
    ['last_position', 'last_position - 1', ['event_added', 'event_missing', 'segment_detached']],
    ['after_position', 'after_position - 1', ['segment_altered', 'segment_detached']],
  ])('another %s', async (column, value, kinds) => {
    const set = `update audit_segments set ${column} = ${value} where organization_id = $1 and sequence = 2`
    await owner.unsafe(set, [organization.id])
    const found = (await findings()).map(({ kind }) => kind)
    expect([...new Set(found)].sort()).toEqual(kinds)
  })

  test('a segment that is gone, with its rows and without', async () => {
    await owner`delete from audit_segments where organization_id = ${organization.id} and sequence = 1`
    expect(await findings()).toEqual([{ kind: 'segment_missing', segment: 1, eventId: null }])
    const ids = await rowsOf(2)
    await owner`delete from audit_segments where organization_id = ${organization.id} and sequence = 2`
    await owner`delete from audit_events where organization_id = ${organization.id} and id = any (${ids})`
    expect(await findings()).toEqual([
      { kind: 'segment_missing', segment: 1, eventId: null },
      { kind: 'segment_missing', segment: 2, eventId: null },
    ])
  })

  test('segments that changed places', async () => {
    await owner`update audit_segments set sequence = -sequence where organization_id = ${organization.id} and sequence > 1`
    await owner`update audit_segments set sequence = 5 + sequence where organization_id = ${organization.id} and sequence < 0`
    expect((await findings()).length).toBeGreaterThan(0)
  })

  test('an end that was cut off, and a trail that was computed anew, by a head that was kept', async () => {
    const kept = (await getAuditHead(organization.ctx))?.hash ?? ''
    const rows = await rowsOf(3)
    await owner`delete from audit_segments where organization_id = ${organization.id} and sequence = 3`
    await owner`delete from audit_events where organization_id = ${organization.id} and id = any (${rows})`
    expect(await findings()).toEqual([])
    expect(await findings(kept)).toEqual([{ kind: 'head_unknown', segment: null, eventId: null }])
    await owner`update audit_events set action = 'user.erase' where organization_id = ${organization.id}
      and id = ${(await rowsOf(1))[0] ?? ''}`
    await owner`delete from audit_segments where organization_id = ${organization.id}`
    await seal()
    expect(await findings()).toEqual([])
    const result = await stage.rolecall('audit', 'verify', '--organization', organization.slug, '--head', kept)
    expect(result.exitCode).toBe(4)
    expect(result.lines.join()).toContain('what led to it was rewritten or cut off')
  })

  test('the role of the server may add segments and change none, nor choose the place of a row', async () => {
    const before = await segments()
    const server = stage.app.serverRole()
    await server`select set_config('rolecall.organization_id', ${organization.id}, false)`
    await expect(server`update audit_segments set hash = 'x'`).rejects.toThrow('permission denied')
    await expect(server`delete from audit_segments`).rejects.toThrow('permission denied')
    await expect(server`truncate audit_segments`).rejects.toThrow('permission denied')
    await expect(server`update audit_events set position = 1`).rejects.toThrow('permission denied')
    await expect(server`select setval('audit_positions', 1)`).rejects.toThrow('permission denied')
    await server`insert into audit_events select organization_id, 'evt_chosen', occurred_at, actor_type, actor_id, action,
      target_type, target_id, detail, request_id, 1 from audit_events limit 1`
    expect(await segments()).toEqual(before)
    await seal()
    expect(await rowsOf(4)).toEqual(['evt_chosen'])
    expect(await findings()).toEqual([])
    // A segment of its own making follows from nothing.
    await server`insert into audit_segments select organization_id, 5, last_position, last_position, 0, '{}', '', hash, 'x', now()
      from audit_segments where sequence = 4`
    expect(await findings()).toEqual([{ kind: 'segment_altered', segment: 5, eventId: null }])
  })
})

describe('sealing goes on behind those who write', () => {
  test('a row that is committed late is waited for, and keeps nobody from writing', async () => {
    const late = stage.app.serverRole()
    let commit = () => {}
    const held = new Promise<void>((resolve) => {
      commit = resolve
    })
    let isWritten = () => {}
    const written = new Promise<void>((resolve) => {
      isWritten = resolve
    })
    const transaction = late.begin(async (sql) => {
      await sql`select set_config('rolecall.organization_id', ${organization.id}, true)`
      await sql`insert into audit_events select organization_id, 'evt_0late', occurred_at, actor_type, actor_id, action,
        target_type, target_id, detail, request_id from audit_events limit 1`
      isWritten()
      await held
    })
    await written
    await write(2)
    expect(await sealEvents(organization.ctx, { waitMillis: 0 })).toBe(0)
    expect(await verifyEvents(organization.ctx)).toMatchObject({ segments: 3, unsealed: { events: 2 }, findings: [] })
    const waiting = seal()
    commit()
    await transaction
    expect(await waiting).toBe(3)
    expect((await rowsOf(4))[0]).toBe('evt_0late')
    expect(await findings()).toEqual([])
  })

  test('many who write and several who seal at once', async () => {
    let isOver = false
    const sealers = [1, 2, 3].map(async () => {
      while (!isOver) await seal()
    })
    await Promise.all([1, 2, 3, 4].map(() => write(30)))
    isOver = true
    await Promise.all(sealers)
    await seal()
    expect(await verifyEvents(organization.ctx)).toMatchObject({ findings: [], unsealed: { events: 0 } })
  })

  test('the worker does it, for each organization', async () => {
    const other = await stage.app.createOrganization()
    await write(3, other)
    const log = createLog('warn', { destination: { write: () => {} } })
    const worker = startWorker(stage.services, log, { tickMillis: 25, sealMillis: 25 })
    try {
      const unsealed = async () => (await verifyEvents(other.ctx)).unsealed.events
      await expect.poll(unsealed, { timeout: 10_000 }).toBe(0)
    } finally {
      await worker.stop()
    }
    expect((await verifyEvents(other.ctx)).findings).toEqual([])
  })
})
