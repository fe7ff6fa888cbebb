// The background worker: finds what is due, does it once, outlives failures, and stops when it is told.

import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import { getDomain, txtRecordOf } from '#connections/domains/domains.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { startWorker, type WorkerOptions } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { listen } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})

afterAll(() => app.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)

const lines: string[] = []
const log = createLog('warn', { destination: { write: (line: string) => lines.push(line) } })

/** Works while `check` is polled, then stops. */
async function whileWorking(check: () => Promise<void>, options: WorkerOptions = {}): Promise<void> {
  const worker = startWorker(app.services, log, { tickMillis: 25, upkeepMillis: 25, ...options })
  try {
    await check()
  } finally {
    await worker.stop()
  }
}

test('ends sessions that have run out, with an audit row, and leaves the others', async () => {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization)
  const sessions = await Promise.all([1, 2, 3].map(() => signIn(organization, userId)))
  const [idle, absolute, live] = sessions.map(({ sessionId }) => sessionId)
  await owner`update sessions set idle_expires_at = now() where id = ${idle ?? ''}`
  await owner`update sessions set expires_at = now() where id = ${absolute ?? ''}`
  const reasons = async () => {
    const rows = await owner`select id, end_reason as reason from sessions where user_id = ${userId}`
    return Object.fromEntries(rows.map(({ id, reason }) => [id, reason]))
  }
  await whileWorking(async () => {
    await expect
      .poll(reasons)
      .toEqual({ [String(idle)]: 'expired', [String(absolute)]: 'expired', [String(live)]: null })
  })
  const [audit] = await owner`select actor_type as actor, detail from audit_events
    where organization_id = ${organization.id} and action = 'session.end'`
  expect(audit?.['actor']).toBe('system')
  expect(audit?.['detail'].sessions.sort()).toEqual([idle, absolute].sort())
})

describe('domains', () => {
  test('are verified as soon as their record is there, and lapse when it is gone', async () => {
    const { ctx } = await app.createOrganization()
    const domain = await addDomain(ctx, { name: 'northwind.example.com' })
    const record = txtRecordOf(domain)
    app.txt.set(record.name, [record.value])
    const status = async () => (await getDomain(ctx, domain.id)).status
    await whileWorking(() => expect.poll(status).toBe('verified'))
    app.txt.delete(record.name)
    await owner`update domains set checked_at = now() - interval '13 hours' where id = ${domain.id}`
    lines.length = 0
    await whileWorking(() => expect.poll(status).toBe('lapsed'))
    expect(lines.join()).toContain('northwind.example.com is no longer proven')
  })
  test('whose name server does not answer wait, and keep nobody else waiting', async () => {
    const [slow, quick] = [await app.createOrganization(), await app.createOrganization()]
    await addDomain(slow.ctx, { name: 'slow.example.com' })
    const domain = await addDomain(quick.ctx, { name: 'quick.example.com' })
    const record = txtRecordOf(domain)
    let asked = 0
    const services = {
      ...app.services,
      resolveTxt: async (name: string) => {
        if (name !== record.name) {
          asked += 1
          throw new Error('SERVFAIL')
        }
        return [record.value]
      },
    }
    const worker = startWorker(services, log, { tickMillis: 25 })
    await expect.poll(async () => (await getDomain(quick.ctx, domain.id)).status).toBe('verified')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await worker.stop()
    expect(asked).toBe(1)
  })
})

describe('metadata', () => {
  test('is read again when it is due, and certificates that end soon are warned about', async () => {
    const notAfter = new Date(Date.now() + 12 * 86_400_000)
    const { certificate } = createSigningKey({ notAfter })
    let reads = 0
    const published = await listen((origin) =>
      new Hono().get('/metadata', (c) => {
        reads += 1
        const sso = { redirect: `${origin}/sso` }
        return c.text(buildMetadata({ entityId: `${origin}/idp`, certificates: [certificate], sso }))
      }),
    )
    const { id: organizationId, ctx } = await app.createOrganization()
    const metadataUrl = `${published.origin}/metadata`
    const { id } = await createConnection(ctx, { type: 'saml', name: 'Okta', metadataUrl }, requireOrdinaryRole)
    expect(reads).toBe(1)
    await owner`update connections set refreshed_at = now() - interval '7 hours' where id = ${id}`
    lines.length = 0
    await whileWorking(() => expect.poll(() => reads).toBe(2))
    expect(lines.join()).toContain('A certificate of the connection Okta ends at')
    expect(lines.join()).toContain(organizationId)
    await published.close()

    await owner`update connections set refreshed_at = now() - interval '7 hours' where id = ${id}`
    lines.length = 0
    await whileWorking(async () => {
      await expect.poll(() => lines.join()).toContain('The metadata of a connection could not be refreshed')
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    expect(lines.filter((line) => line.includes('could not be refreshed'))).toHaveLength(1)
  })
})

/** As if the pause of jobs that failed were over. */
const endPauses = () => owner`update work_leases set free_at = now() where holder is null`

test('a job that fails is paused for its organization and tried again later', async () => {
  const organization = await app.createOrganization()
  const { sessionId } = await signIn(organization, await createPerson(organization))
  await owner`update sessions set idle_expires_at = now() where id = ${sessionId}`
  let runs = 0
  const sessions = async () => {
    runs += 1
    throw new Error('Not today')
  }
  await whileWorking(
    async () => {
      await expect.poll(() => runs).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(runs).toBe(1)
      await endPauses()
      await expect.poll(() => runs).toBe(2)
    },
    { jobs: { sessions } },
  )
})

test('stops only when what is under way is done, and begins nothing new', async () => {
  const organization = await app.createOrganization()
  const { sessionId } = await signIn(organization, await createPerson(organization))
  await owner`update sessions set idle_expires_at = now() where id = ${sessionId}`
  let [began, ended] = [0, 0]
  const sessions = async () => {
    began += 1
    await new Promise((resolve) => setTimeout(resolve, 150))
    ended += 1
  }
  const worker = startWorker(app.services, log, { tickMillis: 10, jobs: { sessions } })
  await expect.poll(() => began).toBeGreaterThan(0)
  await worker.stop()
  const after = began
  expect(ended).toBe(began)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(began).toBe(after)
})

test('sweeps what has run out: at the start, then every hour', async () => {
  await owner`insert into throttles (key_hash, count, window_ends_at) values ('old', 1, now() - interval '1 minute'),
    ('new', 1, now() + interval '1 minute')`
  const keys = async () => (await owner`select key_hash from throttles`).map(({ key_hash: key }) => key)
  await whileWorking(async () => {
    await expect.poll(keys).toEqual(['new'])
    await owner`insert into throttles (key_hash, count, window_ends_at) values ('old', 1, now() - interval '1 minute')`
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await keys()).toContain('old')
    app.clock.advance(3_600_000)
    await expect.poll(keys).toEqual(['new'])
  })
})

test('tables that have grown by half get new statistics at once, and others do not', async () => {
  const organization = await app.createOrganization()
  const analyzed = async () => {
    const rows = await owner`select relname, analyze_count::int as count from pg_stat_user_tables
      where relname in ('user_emails', 'brands') order by relname`
    return Object.fromEntries(rows.map(({ relname, count }) => [relname, count]))
  }
  const before = await analyzed()
  await owner`insert into user_emails (organization_id, value_key, user_id)
    select ${organization.id}, 'person' || n || '@example.com', 'usr_' || n from generate_series(1, 1000) n`
  await owner`select pg_stat_force_next_flush()`
  await whileWorking(
    async () => {
      await expect.poll(analyzed).toEqual({ ...before, user_emails: (before['user_emails'] ?? 0) + 1 })
      expect(
        (await owner`select reltuples from pg_class where relname = 'user_emails'`)[0]?.['reltuples'],
      ).toBeGreaterThan(900)
    },
    { statisticsMillis: 0 },
  )
  await owner`delete from user_emails where organization_id = ${organization.id}`
  expect(await analyzed()).toEqual({ ...before, user_emails: (before['user_emails'] ?? 0) + 1 })
})
