// A backup that was restored lets nobody in by what has ended since.
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { putArtifact } from '#access/applications/provider-artifacts.ts'
import { createSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { runCommand } from '../support/access.ts'
import { linkIn, provisionLocalUser } from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { signIn } from '../support/sessions.ts'

const apps: TestApp[] = []
afterAll(() => Promise.all(apps.map((app) => app.close())))

async function started(options: Parameters<typeof startTestApp>[0] = {}): Promise<TestApp> {
  const app = await startTestApp(options)
  apps.push(app)
  return app
}

const admin = async (...statements: string[]): Promise<void> => {
  const connection = postgres(inject('clusterUrl').replace(/\/rolecall$/, '/postgres'), { max: 1, onnotice: () => {} })
  for (const statement of statements) await connection.unsafe(statement)
  await connection.end()
}

const nameOf = (app: TestApp): string => new URL(app.ownerUrl).pathname.slice(1)

/** Another database with the same content, as `pg_restore` leaves it; the one it comes from stays. */
async function copied(app: TestApp): Promise<TestApp> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await admin(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${nameOf(app)}'`,
    `create database ${name} template ${nameOf(app)} strategy file_copy`,
  )
  const named = (url: string): string => url.replace(/\/[^/]*$/, `/${name}`)
  return started({ databaseUrl: named(app.databaseUrl), ownerUrl: named(app.ownerUrl) })
}

type Stage = { organization: TestOrganization; cookie: string; resetPath: string; setupPath: string; code: string }

/** Somebody who is signed in, with a code of an application, and links that lead somewhere. */
async function stage(app: TestApp): Promise<Stage> {
  const organization = await app.createOrganization()
  const person = await provisionLocalUser(organization, `ada-${organization.slug}@example.com`)
  const { cookie, sessionId } = await signIn(organization, person.id)
  await app.request('/login/forgot', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ email: person.userName }).toString(),
  })
  const { token } = await createSetupLink(organization.ctx, { label: 'Somebody' })
  const code = randomUUID()
  const owners = { organizationId: organization.id, userId: person.id, sessionId, grantId: null }
  await putArtifact(app.services.database, { model: 'RefreshToken', id: code, ...owners, payload: {}, seconds: 600 })
  await putArtifact(app.services.database, {
    model: 'Interaction',
    id: code,
    ...owners,
    sessionId: null,
    payload: {},
    seconds: 600,
  })
  return {
    organization,
    cookie,
    code,
    resetPath: await linkIn(organization, person.userName),
    setupPath: `/setup/${token}`,
  }
}

type Openness = { session: number; reset: number; setup: number; artifacts: number }

async function open(app: TestApp, { cookie, resetPath, setupPath }: Stage): Promise<Openness> {
  const status = async (path: string, headers = {}): Promise<number> => (await app.request(path, { headers })).status
  const session = await status('/session', { cookie })
  return {
    session,
    ...{ reset: await status(resetPath), setup: await status(setupPath) },
    artifacts: (await app.owner`select 1 from provider_artifacts`).length,
  }
}

const everything = { session: 200, reset: 200, setup: 200, artifacts: 2 }
const nothing = { session: 401, reset: 410, setup: 401, artifacts: 0 }

describe('X-24: a restored database', () => {
  test('ends sessions, tokens and links of the backup, once, and says so in each audit trail', async () => {
    const app = await started()
    const it = await stage(app)
    // The positive control: another node on the same database ends nothing.
    const second = await started({ databaseUrl: app.databaseUrl, ownerUrl: app.ownerUrl })
    expect(await open(second, it)).toEqual(everything)

    const restored = await copied(app)
    expect(await open(restored, it)).toEqual(nothing)
    const [event] = await restored.owner`select actor_type, detail from audit_events
      where action = 'organization.restored' and organization_id = ${it.organization.id}`
    expect(event).toMatchObject({ actor_type: 'system', detail: { sessions: 1, passwordLinks: 1, setupLinks: 1 } })

    // Who signs in from then on stays: it is settled.
    const [person] = await restored.owner`select id from users where organization_id = ${it.organization.id}`
    const ctx = { ...it.organization.ctx, database: restored.services.database }
    const { cookie } = await signIn({ ctx }, String(person?.['id']))
    const later = await started({ databaseUrl: restored.databaseUrl, ownerUrl: restored.ownerUrl })
    expect((await later.request('/session', { headers: { cookie } })).status).toBe(200)
    expect(await restored.owner`select 1 from audit_events where action = 'organization.restored'`).toHaveLength(1)
    // And where the backup came from, nothing has happened.
    expect(await open(app, it)).toEqual(everything)
  })

  test('is noticed by a node that never stopped, in a database of the same name', async () => {
    const app = await started()
    const it = await stage(app)
    const backup = await copied(app)
    const [live, kept] = [nameOf(app), nameOf(backup)]
    const ended = `select pg_terminate_backend(pid) from pg_stat_activity where datname in ('${live}', '${kept}')`
    await admin(ended, `alter database ${live} rename to ${live}_old`, `alter database ${kept} rename to ${live}`)
    await expect.poll(async () => (await app.request('/readyz')).status).toBe(200)
    expect((await app.request('/session', { headers: { cookie: it.cookie } })).status).toBe(401)
  })

  test('is noticed where the tables were replaced inside the same database', async () => {
    const app = await started()
    const it = await stage(app)
    await app.owner`update instance_places set place = place || '{"table": 1}'`
    const again = await started({ databaseUrl: app.databaseUrl, ownerUrl: app.ownerUrl })
    expect(await open(again, it)).toEqual(nothing)
  })

  test('another timeline alone ends nothing, and is said; the command ends all', async () => {
    const app = await started()
    const it = await stage(app)
    await app.owner`update instance_places set timeline = 77`
    const again = await started({ databaseUrl: app.databaseUrl, ownerUrl: app.ownerUrl })
    expect(await open(again, it)).toEqual(everything)
    expect((await app.owner`select timeline from instance_places`)[0]?.['timeline']).not.toBe(77)
    const done = await runCommand({ ...app.services, urls: app.urls }, ['database', 'restored', '--json'])
    expect([done.exitCode, done.json]).toEqual([0, { sessions: 1 }])
    expect(await open(app, it)).toEqual(nothing)
  })
})
