// The management API, resource by resource: what each verb does, its audit row, and how it refuses.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, read, roleId, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
})
afterAll(() => stage.close())

describe('organization', () => {
  test('the list has the own one only; name and policies can be changed', async () => {
    const { body } = await client.get('organizations')
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([client.organizationId])
    const path = `organizations/${client.organizationId}`
    const changed = await client.confirm('PATCH', path, {
      administratorBrandAccess: 'implicit',
      roleStrategy: 'highest',
    })
    expect(changed).toMatchObject({
      status: 200,
      body: { administratorBrandAccess: 'implicit', roleStrategy: 'highest' },
    })
    expect((await client.get(path)).body).toEqual(changed.body)
    expect(await client.auditOf(client.organizationId)).toEqual(['organization.create', 'organization.update'])
    await client.confirm('PATCH', path, { administratorBrandAccess: 'explicit', roleStrategy: 'union' })
  })

  test('the status is the operator’s to change', async () => {
    const answer = await client.confirm('PATCH', `organizations/${client.organizationId}`, { status: 'suspended' })
    expect(answer.status).toBe(403)
  })
})

describe('brands', () => {
  test('are created, read, changed and deleted, each with an audit row', async () => {
    const created = await client.post('brands', { slug: 'aurora', name: '  Aurora ' })
    expect(created).toMatchObject({ status: 201, body: { slug: 'aurora', name: 'Aurora' } })
    const { id } = created.body
    expect((await client.get(`brands/${id}`)).body).toEqual(created.body)
    expect((await client.patch(`brands/${id}`, { name: 'Aurora TV' })).body).toMatchObject({ name: 'Aurora TV' })
    expect(await client.patch(`brands/${id}`, {})).toMatchObject({ status: 200 })
    expect((await client.confirm('DELETE', `brands/${id}`)).status).toBe(204)
    expect((await client.get(`brands/${id}`)).status).toBe(404)
    expect(await client.auditOf(id)).toEqual(['brand.create', 'brand.update', 'brand.delete'])
  })

  test('a slug is unique in its organization, and free in another', async () => {
    await client.post('brands', { slug: 'once', name: 'Once' })
    const again = await client.post('brands', { slug: 'once', name: 'Twice' })
    expect(again).toMatchObject({ status: 409, body: { type: 'urn:rolecall:problem:conflict', reason: 'uniqueness' } })
    const other = await stage.createClient()
    expect((await other.post('brands', { slug: 'once', name: 'Once' })).status).toBe(201)
  })

  test('deleting one takes its mappings and assignments along, and says how many', async () => {
    const { body: brand } = await client.post('brands', { slug: 'short-lived', name: 'Short' })
    const { body: group } = await client.post('groups', { displayName: 'Short' })
    const editor = await roleId(client, 'editor')
    await client.confirm('POST', 'mappings', { groupId: group.id, roleId: editor, brandId: brand.id })
    await client.confirm('DELETE', `brands/${brand.id}`)
    const { body } = await client.get(`audit-events?targetId=${brand.id}&action=brand.delete`)
    expect(body.items[0].detail).toMatchObject({ slug: 'short-lived', mappings: 1, assignments: 0 })
  })
})

describe('users', () => {
  test('a local user is created, read and changed', async () => {
    const input = { userName: 'Ada@example.com', givenName: 'Ada', familyName: 'Lovelace', emails: ['ada@example.com'] }
    const created = await client.post('users', input)
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({ ...input, status: 'active', directoryId: null, version: 1, groups: [] })
    const path = `users/${created.body.id}`
    expect((await client.get(path)).body).toEqual(created.body)
    const changed = await client.patch(path, { givenName: null, displayName: 'Ada L.', emails: [] })
    expect(changed.body).toMatchObject({ givenName: null, familyName: 'Lovelace', displayName: 'Ada L.', emails: [] })
    expect(changed.body.version).toBe(2)
    expect(await client.auditOf(created.body.id)).toEqual(['user.provision', 'user.update'])
  })

  test('a userName is unique whatever its case', async () => {
    await client.post('users', { userName: 'unique@example.com' })
    expect((await client.post('users', { userName: 'UNIQUE@example.com' })).status).toBe(409)
  })

  test('deactivate gives the reason administrator; reactivate switches on again', async () => {
    const id = await createUser(client, 'leaver@example.com')
    const off = await client.confirm('POST', `users/${id}/deactivate`)
    expect(off).toMatchObject({ status: 200, body: { status: 'inactive', statusReason: 'administrator' } })
    expect((await client.post(`users/${id}/reactivate`)).body).toMatchObject({ status: 'active', statusReason: null })
    expect(await client.auditOf(id)).toEqual(['user.provision', 'user.deactivate', 'user.reactivate'])
  })

  test('a user of a directory is the directory’s to change, but can be deactivated', async () => {
    const { scim } = await directoryOf(client)
    const id = await scim('Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'scim@example.com',
    })
    const refused = await client.patch(`users/${id}`, { displayName: 'Other' })
    expect(refused).toMatchObject({ status: 409, body: { reason: 'managed_by_directory' } })
    expect((await client.confirm('POST', `users/${id}/deactivate`)).status).toBe(200)
  })

  test('search finds parts of names and addresses whatever case and accents', async () => {
    const other = await stage.createClient()
    await other.post('users', {
      userName: 'zoe',
      givenName: 'Zoë',
      familyName: 'Müller',
      emails: ['Z.Mueller@example.com'],
    })
    await other.post('users', { userName: 'max', displayName: 'Max 100%' })
    const names = async (query: string) => {
      const { body } = await other.get(`users?${query}`)
      return body.items.map(({ userName }: { userName: string }) => userName)
    }
    expect(await names('q=ZOE')).toEqual(['zoe'])
    expect(await names('q=muller')).toEqual(['zoe'])
    expect(await names(`q=${encodeURIComponent('müll')}`)).toEqual(['zoe'])
    expect(await names('q=mueller%40')).toEqual(['zoe'])
    expect(await names('q=%25')).toEqual(['max'])
    expect(await names('userName=MAX')).toEqual(['max'])
    expect(await names('email=z.mueller%40EXAMPLE.com')).toEqual(['zoe'])
    expect(await names('status=active&q=max')).toEqual(['max'])
    expect(await names('status=inactive')).toEqual([])
    expect((await other.get('users?q=%00')).status).toBe(400)
    expect((await other.get('users?useName=max')).status).toBe(400)
  })
})

describe('groups and members', () => {
  test('a local group is created, renamed, filled and deleted', async () => {
    const [one, two] = [await createUser(client, 'm1@example.com'), await createUser(client, 'm2@example.com')]
    const created = await client.post('groups', { displayName: 'Team', userIds: [one] })
    expect(created).toMatchObject({ status: 201, body: { displayName: 'Team', directoryId: null } })
    const { id } = created.body
    const nested = (await client.post('groups', { displayName: 'Nested' })).body.id
    expect((await client.post(`groups/${id}/members`, { userIds: [two, one], groupIds: [nested] })).status).toBe(204)
    const members = async () =>
      (await client.get(`groups/${id}/members`)).body.items.map((member: { id: string }) => member.id)
    expect(await members()).toEqual([nested, one, two])
    expect((await client.confirm('DELETE', `groups/${id}/members/${one}`)).status).toBe(204)
    expect((await client.confirm('DELETE', `groups/${id}/members/${one}`)).status).toBe(204)
    expect(await members()).toEqual([nested, two])
    expect((await client.patch(`groups/${id}`, { displayName: 'Crew' })).body.displayName).toBe('Crew')
    expect((await client.get('groups?displayName=CREW')).body.items).toHaveLength(1)
    expect((await client.confirm('DELETE', `groups/${id}`)).status).toBe(204)
    expect((await client.get(`groups/${id}/members`)).status).toBe(404)
    expect(await client.auditOf(id)).toEqual(expect.arrayContaining(['group.create', 'group.update', 'group.delete']))
  })

  test('a member that does not exist, or a cycle, is refused', async () => {
    const { body: outer } = await client.post('groups', { displayName: 'Outer' })
    const { body: inner } = await client.post('groups', { displayName: 'Inner' })
    await client.post(`groups/${outer.id}/members`, { groupIds: [inner.id] })
    expect((await client.post(`groups/${inner.id}/members`, { groupIds: [outer.id] })).status).toBe(400)
    expect((await client.post(`groups/${inner.id}/members`, { userIds: ['usr_nobody'] })).status).toBe(400)
  })

  test('a group of a directory is the directory’s to change', async () => {
    const { scim } = await directoryOf(client)
    const id = await scim('Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Pushed' })
    const user = await createUser(client, 'outsider@example.com')
    const answers = [
      await client.patch(`groups/${id}`, { displayName: 'Other' }),
      await client.post(`groups/${id}/members`, { userIds: [user] }),
      await client.confirm('DELETE', `groups/${id}/members/${user}`),
      await client.confirm('DELETE', `groups/${id}`),
    ]
    expect(answers.map(({ status, body }) => [status, body.reason])).toEqual(
      Array.from({ length: 4 }, () => [409, 'managed_by_directory']),
    )
  })
})

describe('roles', () => {
  const custom = {
    key: 'publisher',
    name: 'Publisher',
    purpose: 'Releases what others wrote',
    allows: ['content.publish'],
  }

  test('a custom role is created with a purpose, changed and deleted', async () => {
    const created = await client.post('roles', { ...custom, denies: ['content.edit'] })
    expect(created).toMatchObject({ status: 201, body: { ...custom, isBuiltIn: false, pack: null } })
    const path = `roles/${created.body.id}`
    const changed = await client.confirm('PATCH', path, { allows: ['content.view', 'content.publish'], rank: 33 })
    expect(changed.body).toMatchObject({
      allows: ['content.publish', 'content.view'],
      denies: ['content.edit'],
      rank: 33,
    })
    expect((await client.get(path)).body).toMatchObject({ rank: 33, allows: ['content.publish', 'content.view'] })
    expect((await client.delete(path)).status).toBe(204)
    expect(await client.auditOf(created.body.id)).toEqual(['role.create', 'role.update', 'role.delete'])
  })

  test('a custom role needs a purpose and permissions of the catalogue', async () => {
    const { purpose: _, ...aimless } = custom
    expect((await client.post('roles', aimless)).body.errors).toMatchObject([{ path: 'purpose' }])
    expect((await client.post('roles', { ...custom, purpose: '  ' })).body.errors).toMatchObject([{ path: 'purpose' }])
    const unknown = await client.post('roles', { ...custom, allows: ['content.fly'] })
    expect(unknown).toMatchObject({ status: 400, body: { errors: [{ path: 'allows.0' }] } })
  })

  test('a built-in role is cloned, not edited', async () => {
    const editor = await roleId(client, 'editor')
    expect(await client.confirm('PATCH', `roles/${editor}`, { name: 'Mine' })).toMatchObject({
      status: 403,
      body: { reason: 'built_in' },
    })
    expect((await client.delete(`roles/${editor}`)).status).toBe(403)
    const clone = await client.post(`roles/${editor}/clone`, { key: 'my-editor', name: 'Mine', purpose: 'Edits' })
    expect(clone.status).toBe(201)
    expect(clone.body.allows).toEqual((await client.get(`roles/${editor}`)).body.allows)
    expect((await client.confirm('PATCH', `roles/${clone.body.id}`, { name: 'Ours' })).body.name).toBe('Ours')
  })

  test('a role in use is not deleted', async () => {
    const { body: role } = await client.post('roles', { ...custom, key: 'in-use' })
    const { body: group } = await client.post('groups', { displayName: 'Users of it' })
    await client.confirm('POST', 'mappings', { groupId: group.id, roleId: role.id })
    expect(await client.delete(`roles/${role.id}`)).toMatchObject({ status: 409, body: { reason: 'in_use' } })
  })

  test('permissions and packs are listed; installing a pack twice adds nothing the second time', async () => {
    const other = await stage.createClient()
    expect((await other.get('permissions')).body.items).toContainEqual({
      name: 'workflow.approve',
      description: expect.any(String),
      parameter: 'step',
      isBuiltIn: true,
    })
    const packs = (await other.get('role-packs')).body.items.map(({ key }: { key: string }) => key)
    expect(packs).toEqual(['mixer3', 'mixer5', 'owner5', 'workspace', 'simple2'])
    const first = await other.post('role-packs', { pack: 'owner5' })
    expect(first.body.added).toEqual(['owner', 'admin', 'owner5-editor', 'analyst', 'owner5-viewer'])
    expect((await other.post('role-packs', { pack: 'owner5' })).body.added).toEqual([])
    expect((await other.post('role-packs', { pack: 'mixer5' })).body.added).toEqual([
      'manager',
      'contributor',
      'reviewer',
      'view-only',
    ])
    expect((await other.post('role-packs', { pack: 'none' })).status).toBe(404)
    expect(await other.auditOf(other.organizationId)).toEqual([
      'organization.create',
      'role_pack.install',
      'role_pack.install',
    ])
  })
})

describe('mappings and assignments', () => {
  test('a mapping is created once, listed and deleted', async () => {
    const { body: group } = await client.post('groups', { displayName: 'Mapped' })
    const input = { groupId: group.id, roleId: await roleId(client, 'viewer') }
    const created = await client.confirm('POST', 'mappings', input)
    expect(created).toMatchObject({ status: 201, body: { group: { displayName: 'Mapped' }, brand: null } })
    expect(await client.confirm('POST', 'mappings', { ...input, brandId: null })).toMatchObject({ status: 409 })
    expect((await client.get(`mappings/${created.body.id}`)).body).toEqual(created.body)
    expect((await client.confirm('DELETE', `mappings/${created.body.id}`)).status).toBe(204)
    expect((await client.confirm('DELETE', `mappings/${created.body.id}`)).status).toBe(404)
    expect(await client.auditOf(created.body.id)).toEqual(['mapping.create', 'mapping.delete'])
  })

  test('an assignment needs a reason and an end to come', async () => {
    const userId = await createUser(client, 'assigned@example.com')
    const input = { userId, roleId: await roleId(client, 'editor') }
    expect((await client.post('assignments', input)).body.errors).toMatchObject([{ path: 'reason' }])
    const ended = await client.post('assignments', { ...input, reason: 'x', expiresAt: '2020-01-01T00:00:00Z' })
    expect(ended).toMatchObject({ status: 400, body: { errors: [{ path: 'expiresAt' }] } })
    const reversed = { ...input, reason: 'x', validFrom: '2100-01-02T00:00:00Z', expiresAt: '2100-01-01T00:00:00Z' }
    expect((await client.post('assignments', reversed)).status).toBe(400)
    const created = await client.post('assignments', {
      ...input,
      reason: 'Cover',
      expiresAt: '2100-01-01T01:00:00+01:00',
    })
    expect(created).toMatchObject({ status: 201, body: { reason: 'Cover', expiresAt: '2100-01-01T00:00:00.000Z' } })
    expect((await client.get(`assignments/${created.body.id}`)).body).toEqual(created.body)
    expect((await client.get(`assignments?userId=${userId}`)).body.items).toEqual([created.body])
    expect((await client.post('assignments', { ...input, reason: 'again' })).status).toBe(409)
    expect((await client.confirm('DELETE', `assignments/${created.body.id}`)).status).toBe(204)
    expect(await client.auditOf(created.body.id)).toEqual(['assignment.create', 'assignment.delete'])
  })
})

describe('directories', () => {
  test('a directory comes with a token, which lets in until it is revoked or the directory is disabled', async () => {
    const created = await client.post('directories', { name: 'Okta' })
    expect(created).toMatchObject({ status: 201, body: { name: 'Okta', status: 'active' } })
    const { id, token, tokenId } = created.body
    const enter = async (secret: string) =>
      (await stage.request(`/scim/v2/${id}/Users`, { headers: { Authorization: `Bearer ${secret}` } })).status
    expect(await enter(token)).toBe(200)
    const second = await client.post(`directories/${id}/tokens`, { expiresAt: '2100-01-01T00:00:00Z' })
    expect(second.status).toBe(201)
    expect((await client.delete(`directories/${id}/tokens/${tokenId}`)).status).toBe(204)
    expect([await enter(token), await enter(second.body.token)]).toEqual([401, 200])
    expect((await client.patch(`directories/${id}`, { status: 'disabled' })).body.status).toBe('disabled')
    expect(await enter(second.body.token)).toBe(401)
    await client.patch(`directories/${id}`, { status: 'active', name: 'Okta 2' })
    expect(await enter(second.body.token)).toBe(200)
    const listed = await client.get(`directories/${id}/tokens`)
    expect(listed.body.items).toMatchObject([{ id: tokenId, revokedAt: expect.any(String) }, { revokedAt: null }])
    expect(JSON.stringify(listed.body)).not.toMatch(/rcs_|hash/i)
    expect(await client.auditOf(id)).toEqual([
      'directory.create',
      'directory.issue_token',
      'directory.revoke_token',
      'directory.update',
      'directory.update',
    ])
  })

  test('a directory with users is not deleted; an empty one is', async () => {
    const { id, scim, remove } = await directoryOf(client)
    const userId = await scim('Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'stay@example.com',
    })
    expect(await client.delete(`directories/${id}`)).toMatchObject({ status: 409, body: { reason: 'in_use' } })
    await remove(`Users/${userId}`)
    expect((await client.delete(`directories/${id}`)).status).toBe(204)
    expect((await client.get(`directories/${id}`)).status).toBe(404)
    expect((await client.get(`directories/${id}/tokens`)).status).toBe(404)
  })
})

describe('API keys and audit', () => {
  test('a key works until it is revoked, and its use is noted', async () => {
    const issued = await client.post('api-keys', { name: 'CI', expiresAt: null })
    expect(issued.body.key).toMatch(/^rck_/)
    const call = async () =>
      read(await stage.request('/api/v1/brands', { headers: { Authorization: `Bearer ${issued.body.key}` } }))
    expect((await call()).status).toBe(200)
    await expect
      .poll(async () => {
        const { body } = await client.get('api-keys')
        return body.items.find(({ id }: { id: string }) => id === issued.body.id).lastUsedAt
      })
      .toMatch(/Z$/)
    expect((await client.delete(`api-keys/${issued.body.id}`)).status).toBe(204)
    expect((await call()).status).toBe(401)
    expect(JSON.stringify((await client.get('api-keys')).body)).not.toMatch(/rck_|hash/i)
  })

  test('audit events are filtered by action, actor and time', async () => {
    const other = await stage.createClient()
    await other.post('brands', { slug: 'one', name: 'One' })
    const { body } = await other.get('audit-events?action=brand.create')
    expect(body.items).toMatchObject([{ action: 'brand.create', actor: { type: 'api_key' }, detail: { slug: 'one' } }])
    const [event] = body.items
    expect((await other.get(`audit-events?actorId=${event.actor.id}`)).body.items).toHaveLength(1)
    const since = encodeURIComponent(event.occurredAt)
    const { items } = (await other.get(`audit-events?since=${since}`)).body
    expect(items.map((item: { id: string }) => item.id)).toContain(event.id)
    expect(items.every((item: { occurredAt: string }) => item.occurredAt >= event.occurredAt)).toBe(true)
    expect((await other.get('audit-events?since=2100-01-01T00:00:00Z')).body.items).toHaveLength(0)
    expect((await other.get('audit-events?since=yesterday')).status).toBe(400)
  })
})

/** A SCIM directory of the client's organization, and short forms for writing into it. */
async function directoryOf(owner: Client) {
  const { body } = await owner.post('directories', { name: 'Feed' })
  const headers = { Authorization: `Bearer ${body.token}`, 'Content-Type': 'application/scim+json' }
  const url = (path: string) => `/scim/v2/${body.id}/${path}`
  return {
    id: body.id as string,
    scim: async (path: string, resource: object): Promise<string> => {
      const answer = await stage.request(url(path), { method: 'POST', headers, body: JSON.stringify(resource) })
      return ((await answer.json()) as { id: string }).id
    },
    remove: (path: string) => stage.request(url(path), { method: 'DELETE', headers }),
  }
}
