// Directories and connections by plain requests: tokens, what is asked before something goes, settings, states.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listRoles } from '#access/grants/roles/roles.ts'
import { getDirectory, listDirectories } from '#connections/directories/directories.ts'
import { listDirectoryTokens } from '#connections/directories/directory-tokens.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { getConnection } from '#connections/sign-in/connections.ts'
import { change } from '../support/access.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager, savingForm } from '../support/console.ts'
import { scimClient } from '../support/scim.ts'
import { createOidcConnection, createSamlConnection } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
let client: ConsoleClient

beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization('rowan')
  client = consoleClient(app, await createManager(organization))
})
afterAll(() => app.close())

const asks = (directoryId: string, token: string): Promise<number> =>
  app
    .request(`/scim/v2/${directoryId}/Users`, { headers: { authorization: `Bearer ${token}` } })
    .then(({ status }) => status)

async function create(name: string): Promise<{ id: string; path: string; token: string }> {
  const made = await client.post('/console/directories', { name })
  const token = /value="(rcs_[^"]+)"/.exec(made.text)?.[1] ?? ''
  const id = (await listDirectories(organization.ctx)).find((each) => each.name === name)?.id ?? ''
  return { id, path: `/console/directories/${id}`, token }
}

test('directories of one name are told apart wherever one is chosen or listed', async () => {
  const own = await app.createOrganization('twins')
  const manager = consoleClient(app, await createManager(own))
  for (const name of ['Okta', 'okta ', 'Entra ID']) await manager.post('/console/directories', { name })
  const [first, second] = await listDirectories(own.ctx)
  const scim = scimClient((where, init) => app.request(where, init), {
    directoryId: second?.id ?? '',
    token: (await issueDirectoryToken(own.ctx, { directoryId: second?.id ?? '' })).token,
  })
  await scim.user('wren@twins.example.com')
  await app.owner`update directories set created_at = '2026-01-31T08:00:00Z' where id = ${first?.id ?? ''}`
  await app.owner`update directories set created_at = '2026-02-01T09:30:00Z' where id = ${second?.id ?? ''}`
  const pages = ['', '/users', '/groups', '/directories', '/provisioning', `/directories/${first?.id}/move`]
  for (const page of pages) {
    const { text } = await manager.get(`/console${page}`)
    expect([page, text.includes('okta (since 1 February 2026)')]).toEqual([page, true])
    expect([page, /Entra ID \(since/.test(text)]).toEqual([page, false])
  }
  expect((await manager.get('/console/users?q=wren')).text).toContain('<td>okta (since 1 February 2026)')
  await app.owner`update directories set created_at = '2026-02-01T09:31:00Z' where id = ${first?.id ?? ''}`
  expect((await manager.get('/console/directories')).text).toContain('Okta (since 1 February 2026, 09:31 UTC)')
  await app.owner`update directories set created_at = '2026-02-01T09:31:00Z' where id = ${second?.id ?? ''}`
  expect((await manager.get('/console/directories')).text).toContain(`Okta (${first?.id.slice(-6)})`)
})

describe('a directory', () => {
  test('its token is shown once, a new one works beside it, and the old one goes by its last four characters', async () => {
    const { id, path, token } = await create('People of Rowan')
    expect(await asks(id, token)).toBe(200)
    expect((await client.get(path)).text).not.toContain(token)
    const issued = await client.post(`${path}/tokens`, { expiresAt: '' })
    const second = /value="(rcs_[^"]+)"/.exec(issued.text)?.[1] ?? ''
    expect([await asks(id, token), await asks(id, second)]).toEqual([200, 200])
    const [old] = await listDirectoryTokens(organization.ctx, { directoryId: id })
    const asked = await client.get(`${path}/tokens/${old?.id}/revoke`)
    expect(asked.text).toContain('1 other token goes on working')
    expect((await client.post(`${path}/tokens/${old?.id}/revoke`, { proof: 'nope' })).status).toBe(400)
    expect(await asks(id, token)).toBe(200)
    const revoked = await client.post(`${path}/tokens/${old?.id}/revoke`, { proof: old?.lastFour ?? '' })
    expect([revoked.status, await asks(id, token), await asks(id, second)]).toEqual([303, 401, 200])
  })

  test('takes many people out: the page says who, one is noted as really left, the others are put back by one click', async () => {
    const { id, path, token } = await create('Wide of Rowan')
    const form = { brake: 'people', brakePeople: '2', brakeShare: '', brakeMinutes: '60' }
    expect((await client.post(`${path}/brake`, { ...form, brakePeople: '' })).status).toBe(400)
    expect((await client.post(`${path}/brake`, form)).status).toBe(303)
    expect((await client.get(path)).text).toContain('more than 2 people lose something within 60 minutes')
    const scim = scimClient((where, init) => app.request(where, init), { directoryId: id, token })
    const ids = await Promise.all([1, 2, 3, 4].map((number) => scim.user(`wide${number}@example.com`)))
    for (const each of ids) await scim.patch(`/Users/${each}`, { op: 'replace', path: 'active', value: false })
    expect((await client.get('/console')).text).toContain('A directory takes many people out: is that meant?')
    expect((await client.get(path)).text).toContain('It has taken 4 people out: is that meant?')
    const list = (await client.get(`${path}/mass-changes`)).text
    const page = /\/console\/directories\/\w+\/mass-changes\/mch_\w+/.exec(list)?.[0] ?? ''
    expect((await client.get(page)).text).toContain('Put 4 people back')
    const noted = await client.post(`${page}/leavers`, { user: ids[0] ?? '', hasLeft: 'true' })
    expect(noted.status).toBe(303)
    expect((await client.get(page)).text).toContain('Put 3 people back')
    expect((await client.post(`${page}/restore`)).status).toBe(303)
    const restored = (await client.get(page)).text
    expect(restored).toContain('3, and 0 could not be')
    expect(restored).not.toContain('Confirm that it was meant')
    expect((await scim.list('Users', 'active eq true')).body.totalResults).toBe(3)
    expect((await client.get(path)).text).not.toContain('is that meant?')
    expect((await client.post(`${path}/mass-changes`, { since: 'tomorrow' })).status).toBe(400)
    const back = await client.post(`${path}/mass-changes`, { since: new Date().toISOString().slice(0, 10) })
    expect([back.status, (await client.get(back.location ?? '')).text.includes('Put 3 people back')]).toEqual([
      303,
      true,
    ])
  })

  test('J1: has its people wait, shows what they would get, and lets them in', async () => {
    const { id, path, token } = await create('Staged of Rowan')
    expect((await client.get(path)).text).toContain('let in as they come')
    expect((await client.post(`${path}/arrivals`, { arrivals: 'staged' })).status).toBe(303)
    const scim = scimClient((where, init) => app.request(where, init), { directoryId: id, token })
    const userId = await scim.user('wren@example.com', { displayName: 'Wren Writer' })
    const editor = (await listRoles(organization.ctx)).find(({ key }) => key === 'editor')?.id ?? ''
    const groupId = await scim.group('Writers of Rowan', [userId])
    await change(organization.ctx, { kind: 'create_mappings', mappings: [{ groupId, roleId: editor }] })
    expect((await client.get(path)).text).toContain('1 person waits to be let in')
    expect((await client.get('/console')).text).toContain('1 person waits to be let in')
    const preview = await client.post(`${path}/admit`)
    for (const words of ['Let in the people of Staged of Rowan', 'Wren Writer', 'Editor'])
      expect(preview.text).toContain(words)
    expect((await getDirectory(organization.ctx, id)).arrivals).toBe('staged')
    const saved = await client.post('/console/changes', savingForm(preview.text))
    expect([saved.status, saved.location]).toEqual([303, `${path}?done=saved`])
    expect((await client.get(path)).text).not.toContain('waits to be let in')
    expect((await client.get(`/console/users/${userId}`)).text).toContain('Active')
  })

  describe('says when its provider delivers', () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

    /** Requests of a directory, as so many minutes ago. */
    async function received(name: string, ago: readonly number[]): Promise<string> {
      const { id, path } = await create(name)
      for (const [index, minutes] of ago.entries()) {
        const eventId = `prv_${id}_${index}`
        await app.owner`insert into provisioning_events (organization_id, id, directory_id, occurred_at, method, path, status,
            duration_millis, quirks, request_id)
          values (${organization.id}, ${eventId}, ${id}, ${minutesAgo(minutes)}, 'GET', '/Users', 200, 1, '[]', 'req_x')`
      }
      return (await client.get(path)).text
    }

    test('in cycles, and when the next one is due', async () => {
      const ago = [90, 89, 50, 49, 48, 10, 9].toSorted((a, b) => b - a)
      const text = await received('Entra of Rowan', ago)
      expect(text).toContain('In cycles, about every 40 minutes')
      expect(text).toMatch(new RegExp(`expected at about <time [^>]+>[^<]+, ${minutesAgo(-30).slice(11, 16)} UTC<`))
    })

    test('and that one is late', async () => {
      expect(await received('Late of Rowan', [210, 170, 130, 90])).toContain('The next cycle is 50 min late')
    })

    test.each([
      ['without a rhythm', 'Okta of Rowan', [300, 250, 90, 60, 11]],
      ['too few to say', 'New of Rowan', [60, 20]],
    ])('%s: whenever something changes', async (_, name, ago) => {
      expect(await received(name, ago)).toContain('Whenever something changes at the provider')
    })

    test('and nothing before it has', async () => {
      expect(await received('Silent of Rowan', [])).not.toContain('Delivers')
    })
  })

  test('a token does not end in the past', async () => {
    const { path } = await create('Past of Rowan')
    const refused = await client.post(`${path}/tokens`, { expiresAt: '2020-01-01' })
    expect([refused.status, refused.text.includes('must be in the future')]).toEqual([400, true])
  })

  test('is switched off and on with its name typed, and goes when it is empty', async () => {
    const { id, path, token } = await create('Door of Rowan')
    expect((await client.get(`${path}/disable`)).text).toContain('All of its tokens are refused at once')
    expect((await client.post(`${path}/disable`, { proof: 'door' })).status).toBe(400)
    expect((await client.post(`${path}/disable`, { proof: 'Door of Rowan' })).status).toBe(303)
    expect(await asks(id, token)).toBe(401)
    expect((await client.post(`${path}/enable`)).status).toBe(303)
    await app.request(`/scim/v2/${id}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ userName: 'ada@rowan.example.com' }),
    })
    const refused = await client.post(`${path}/delete`, { proof: 'Door of Rowan' })
    expect([refused.status, refused.text.includes('still has users')]).toEqual([400, true])
    const empty = await create('Empty of Rowan')
    expect((await client.post(`${empty.path}/delete`, { proof: 'Empty of Rowan' })).status).toBe(303)
    expect((await client.get(empty.path)).status).toBe(404)
  })

  test('is renamed, and an empty name is refused with what was typed', async () => {
    const { id, path } = await create('Old of Rowan')
    expect((await client.post(`${path}/name`, { name: ' ' })).status).toBe(400)
    expect((await client.post(`${path}/name`, { name: 'New of Rowan' })).status).toBe(303)
    expect((await getDirectory(organization.ctx, id)).name).toBe('New of Rowan')
  })

  test('a viewer sees nothing of it, and another organization’s is not there', async () => {
    const { path } = await create('Hidden of Rowan')
    const other = await app.createOrganization('elder')
    expect((await consoleClient(app, await createManager(other)).get(path)).status).toBe(404)
    const viewer = await createManager(organization, { name: 'Vi Ewer', role: 'viewer' })
    expect((await consoleClient(app, viewer).get(path)).status).toBe(403)
  })
})

describe('a connection', () => {
  test('is enforced only with a proven emergency account, and switched off only with its name', async () => {
    const { id } = await createSamlConnection(organization, { name: 'Rowan sign-in' })
    const path = `/console/connections/${id}`
    await app.owner`update connections set tested_at = now() where id = ${id}`
    expect((await client.get(`${path}/status?to=enforced`)).text).toContain('Passwords and passkeys no longer work')
    const refused = await client.post(`${path}/status`, { to: 'enforced' })
    expect([refused.status, refused.text.includes('Enforcing needs an emergency account')]).toEqual([400, true])
    expect((await client.post(`${path}/status`, { to: 'disabled' })).status).toBe(400)
    expect((await client.post(`${path}/status`, { to: 'disabled', proof: 'Rowan sign-in' })).status).toBe(303)
    expect((await getConnection(organization.ctx, id)).status).toBe('disabled')
    expect((await client.get(`${path}/status?to=anything`)).status).toBe(404)
  })

  test('keeps its settings, and refuses a role of administrators for first sign-ins', async () => {
    const { id } = await createSamlConnection(organization, { name: 'Settings sign-in' })
    const roles = await listRoles(organization.ctx)
    const roleId = (key: string) => roles.find((role) => role.key === key)?.id ?? ''
    const fields = {
      ...{ name: 'Changed sign-in', jit: 'approval', signed: 'both', groupSeparator: ';', directoryId: '' },
      ...{ 'attributes.email': 'mail, email', 'attributes.groups': 'memberOf', isIdpInitiatedAllowed: 'on' },
    }
    const refused = await client.post(`/console/connections/${id}/settings`, {
      ...fields,
      defaultRoleId: roleId('administrator'),
    })
    expect([refused.status, refused.text.includes('A role of administrators cannot be')]).toEqual([400, true])
    expect(refused.text).toContain('Changed sign-in')
    const saved = await client.post(`/console/connections/${id}/settings`, {
      ...fields,
      defaultRoleId: roleId('viewer'),
    })
    expect(saved.status).toBe(303)
    expect(await getConnection(organization.ctx, id)).toMatchObject({
      ...{ name: 'Changed sign-in', jit: 'approval', defaultRoleId: roleId('viewer'), isIdpInitiatedAllowed: true },
      settings: { signed: 'both', groupSeparator: ';', attributes: { email: ['mail', 'email'], groups: ['memberOf'] } },
    })
  })

  test('by OpenID Connect gets a new secret with its end, and never shows one', async () => {
    const { id, secretSealed } = await createOidcConnection(organization, {
      ...{ issuer: 'https://login.example.net', clientId: 'rolecall', name: 'Secret sign-in' },
    })
    const fields = { name: 'Secret sign-in', jit: 'off', clientSecret: 'a-new-secret', secretExpiresAt: '2031-05-01' }
    expect((await client.post(`/console/connections/${id}/settings`, fields)).status).toBe(303)
    const after = await getConnection(organization.ctx, id)
    expect(after.secretSealed).not.toBe(secretSealed)
    expect(after.settings).toMatchObject({ secretExpiresAt: '2031-05-01T23:59:59.000Z' })
    const pages = await Promise.all(['', '/settings'].map((part) => client.get(`/console/connections/${id}${part}`)))
    expect(pages.map(({ text }) => text.includes('a-new-secret'))).toEqual([false, false])
    expect(pages[0]?.text).toContain('1 May 2031')
  })

  test('trusts a waiting certificate by a word', async () => {
    const { id, settings } = await createSamlConnection(organization, { name: 'Waiting sign-in' })
    const certificates = settings.certificates.map((each) => ({ ...each, sha256: 'ab'.repeat(32), status: 'pending' }))
    const waiting = JSON.stringify([...settings.certificates, ...certificates])
    await app.owner`update connections set settings = jsonb_set(settings, '{certificates}', ${waiting}::text::jsonb) where id = ${id}`
    expect((await client.get(`/console/connections/${id}`)).text).toContain('A new certificate waits for your word')
    await client.post(`/console/connections/${id}/trust`, { sha256: 'ab'.repeat(32) })
    const after = await getConnection(organization.ctx, id)
    expect(after.type === 'saml' && after.settings.certificates.map(({ status }) => status)).toEqual([
      'trusted',
      'trusted',
    ])
  })
})
