// Seats: how many people may be active. A limit warns, or holds new arrivals; it never takes anything from anybody.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createScriptedOp, type ScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { arriveByOidc } from '../support/oidc-arrivals.ts'
import { createPlatformKey, type PlatformClient } from '../support/platform.ts'
import { scimClient } from '../support/scim.ts'
import { createOidcConnection, verifyDomain } from '../support/sign-in.ts'

let stage: AccessStage
let platform: PlatformClient
let op: ScriptedOp

beforeAll(async () => {
  stage = await startStage()
  platform = await createPlatformKey(stage)
  op = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
})
afterAll(async () => {
  await op.close()
  await stage.close()
})

const limit = (client: Client, seatLimit: unknown) =>
  platform.send('PATCH', `organizations/${client.organizationId}`, { seatLimit })

const seatsOf = async (client: Client) => (await client.get('seats')).body

async function directoryOf(client: Client) {
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  return scimClient((path, init) => stage.request(path, init), await stage.app.createDirectory(organization))
}

const statusOf = async (id: string) => (await stage.app.owner`select status from users where id = ${id}`)[0]?.['status']

describe('counting', () => {
  test('active people, in the organization and in each brand; somebody in two brands once in each', async () => {
    const client = await stage.createClient()
    const editor = await roleId(client, 'editor')
    const brands = await Promise.all(['aurora', 'cascade'].map((slug) => client.post('brands', { slug, name: slug })))
    const people = [await createUser(client, 'a@example.com'), await createUser(client, 'b@example.com')]
    for (const { body } of brands)
      await client.post('assignments', { userId: people[0], roleId: editor, brandId: body.id, reason: 'Works here' })
    const use = await seatsOf(client)
    expect([use.used, use.limit]).toEqual([2, null])
    expect(use.brands.map(({ slug, used }: { slug: string; used: number }) => [slug, used])).toEqual([
      ['aurora', 1],
      ['cascade', 1],
    ])
    await client.confirm('POST', `users/${people[0]}/deactivate`, {})
    const after = await seatsOf(client)
    expect([after.used, after.brands[0].used]).toEqual([1, 0])
  })
})

describe('a limit', () => {
  test('that warns lets everybody in, and says so', async () => {
    const client = await stage.createClient()
    await limit(client, { seats: 1, rule: 'warn' })
    const scim = await directoryOf(client)
    const ids = [await scim.user('a@example.com'), await scim.user('b@example.com')]
    expect(await Promise.all(ids.map(statusOf))).toEqual(['active', 'active'])
    expect(await seatsOf(client)).toMatchObject({ used: 2, limit: { seats: 1, rule: 'warn' } })
    const manager = await createManager({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
    const page = (await consoleClient(stage.app, manager).get('/console/settings')).text
    expect(page).toContain('Active users: 3, 2 more than 1')
  })

  test('that holds makes new people of a directory wait; nobody who is active is touched, and an administrator lets in', async () => {
    const client = await stage.createClient()
    const scim = await directoryOf(client)
    const here = [await scim.user('a@example.com'), await scim.user('b@example.com')]
    await limit(client, { seats: 1, rule: 'hold' })
    expect(await Promise.all(here.map(statusOf))).toEqual(['active', 'active'])
    const late = await scim.user('c@example.com')
    expect(await statusOf(late)).toBe('invited')
    // Their directory sees them as it made them, and goes on.
    await scim.patch(`/Users/${late}`, { op: 'replace', path: 'displayName', value: 'Cleo' })
    expect(await statusOf(late)).toBe('invited')
    expect((await client.post(`users/${late}/approve`, {})).status).toBeLessThan(300)
    expect(await statusOf(late)).toBe('active')
    await limit(client, null)
    expect(await statusOf(await scim.user('d@example.com'))).toBe('active')
  })

  test('that holds goes on holding whom their directory turns off and on again, until there is a seat', async () => {
    const client = await stage.createClient()
    const scim = await directoryOf(client)
    const here = await scim.user('a@example.com')
    await limit(client, { seats: 1, rule: 'hold' })
    const late = await scim.user('b@example.com')
    const turn = (id: string, value: boolean) => scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value })
    await turn(late, false)
    expect(await statusOf(late)).toBe('inactive')
    await turn(late, true)
    expect(await statusOf(late)).toBe('invited')
    // Whose seat it is comes back to it.
    await turn(here, false)
    await turn(here, true)
    expect([await statusOf(here), await statusOf(late)]).toEqual(['active', 'invited'])
    // A seat is free once somebody leaves.
    await turn(here, false)
    await turn(late, false)
    await turn(late, true)
    await turn(here, true)
    expect([await statusOf(here), await statusOf(late)]).toEqual(['invited', 'active'])
  })

  test('that holds goes on holding who waits since a first sign-in when a directory takes them over; an invitation counts', async () => {
    const client = await stage.createClient()
    const scim = await directoryOf(client)
    await scim.user('a@example.com')
    await limit(client, { seats: 1, rule: 'hold' })
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    await verifyDomain(organization, 'example.com')
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' } as never)
    await arriveByOidc({ app: stage.app, organization }, op, connection, {
      claims: { sub: 'waits', email: 'waits@example.com', email_verified: true },
    })
    const invitation = { email: 'asked@example.com', roleId: await roleId(client, 'viewer') }
    expect((await client.post('invitations', invitation)).status).toBeLessThan(300)
    const [waits, asked] = [await scim.user('waits@example.com'), await scim.user('asked@example.com')]
    expect([await statusOf(waits), await statusOf(asked)]).toEqual(['invited', 'active'])
  })

  test('that holds gives the last seat once, however many arrive in the same moment', async () => {
    const client = await stage.createClient()
    const scims = await Promise.all([1, 2, 3, 4].map(() => directoryOf(client)))
    await limit(client, { seats: 3, rule: 'hold' })
    const arrivals = scims.flatMap((scim, index) => [1, 2, 3].map((n) => scim.user(`p${index}-${n}@example.com`)))
    await Promise.all(arrivals)
    expect((await seatsOf(client)).used).toBe(3)
    // Nor when they come back together.
    const rows = await stage.app
      .owner`select id, directory_id from users where organization_id = ${client.organizationId}`
    const ids = rows.map(({ id }) => String(id))
    const turn = (value: boolean) =>
      Promise.all(
        ids.flatMap((id) =>
          scims.map((scim) =>
            scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value }).catch(() => undefined),
          ),
        ),
      )
    await turn(false)
    expect((await seatsOf(client)).used).toBe(0)
    await turn(true)
    expect((await seatsOf(client)).used).toBe(3)
  })

  test('that holds makes a first sign-in wait, and lets in who is known', async () => {
    const client = await stage.createClient()
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    await verifyDomain(organization, 'example.com')
    const connection = await createOidcConnection(organization, {
      issuer: op.issuer,
      clientId: 'rolecall',
    } as never)
    const arrive = (sub: string) =>
      arriveByOidc({ app: stage.app, organization }, op, connection, {
        claims: { sub, email: `${sub}@example.com`, email_verified: true },
      })
    await arrive('known')
    await limit(client, { seats: 1, rule: 'hold' })
    await arrive('late')
    const rows = await stage.app
      .owner`select user_name, status from users where organization_id = ${client.organizationId} order by user_name`
    expect(rows.map(({ user_name: name, status }) => [name, status])).toEqual([
      ['known@example.com', 'active'],
      ['late@example.com', 'invited'],
    ])
  })

  test('is the platform’s to set, within bounds, and stands in both trails', async () => {
    const client = await stage.createClient()
    const own = await client.patch(`organizations/${client.organizationId}`, {
      seatLimit: { seats: 1_000, rule: 'warn' },
    })
    expect([own.status, own.body.reason]).toEqual([403, 'operator'])
    for (const seatLimit of [
      { seats: -1, rule: 'warn' },
      { seats: 1.5, rule: 'warn' },
      { seats: 1, rule: 'evict' },
    ])
      expect((await limit(client, seatLimit)).status).toBe(400)
    await limit(client, { seats: 5, rule: 'hold' })
    expect((await platform.send('GET', `organizations/${client.slug}`)).body.seatLimit).toEqual({
      seats: 5,
      rule: 'hold',
    })
    expect(await client.auditOf(client.organizationId)).toContain('organization.seats')
    const made = await platform.send('POST', 'organizations', {
      ...{ slug: `seats-${client.slug}`, name: 'Seats', seatLimit: { seats: 3, rule: 'hold' } },
    })
    expect(made.body.organization.seatLimit).toEqual({ seats: 3, rule: 'hold' })
    expect((await platform.send('GET', 'seats', undefined, `seats-${client.slug}`)).body.limit.seats).toBe(3)
  })
})
