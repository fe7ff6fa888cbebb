// Groups: create, read, replace, delete (RFC 7644 §3.3–§3.6, RFC 7643 §4.2), with members who are people and groups.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const schemas = [`${core}:Group`]
const auditOf = async (id: string) =>
  app.owner`select action, detail from audit_events where target_id = ${id} order by id`

async function stage() {
  const scim = await app.createScim()
  const [ada, bob] = [await scim.user('ada@example.com', { displayName: 'Ada' }), await scim.user('bob@example.com')]
  return { scim, ada, bob }
}

describe('POST', () => {
  test('makes a group with its members, each with type, display and $ref', async () => {
    const { scim, ada, bob } = await stage()
    const inner = await scim.group('Inner')
    const { status, body, headers } = await scim.post('/Groups', {
      schemas,
      displayName: 'Writers',
      externalId: 'ext-1',
      members: [{ value: ada }, { value: bob, display: 'ignored' }, { value: inner }],
    })
    expect(status).toBe(201)
    const base = `https://id.example.com${scim.base}`
    expect(body).toMatchObject({
      schemas,
      displayName: 'Writers',
      externalId: 'ext-1',
      meta: { resourceType: 'Group' },
    })
    expect(body.members.toSorted((a: { value: string }, b: { value: string }) => (a.value < b.value ? 1 : -1))).toEqual(
      [
        { value: ada, type: 'User', display: 'Ada', $ref: `${base}/Users/${ada}` },
        { value: bob, type: 'User', display: 'bob@example.com', $ref: `${base}/Users/${bob}` },
        { value: inner, type: 'Group', display: 'Inner', $ref: `${base}/Groups/${inner}` },
      ].toSorted((a, b) => (a.value < b.value ? 1 : -1)),
    )
    expect(headers.get('location')).toBe(`${base}/Groups/${body.id}`)
    expect((await scim.get(`/Groups/${body.id}`)).body).toEqual(body)
    const actions = (await auditOf(body.id)).map(({ action }) => action)
    expect(actions).toEqual(['group.create', 'group.members_added', 'group.members_added'])
  })

  test('lets two groups have one name, as identity providers do', async () => {
    const { scim } = await stage()
    expect(await scim.group('Twins')).not.toBe(await scim.group('Twins'))
    expect((await scim.list('Groups', 'displayName eq "twins"')).body.totalResults).toBe(2)
  })

  test.each([
    ['without a name', { schemas }],
    ['with an empty name', { schemas, displayName: '' }],
    ['with a member without value', { schemas, displayName: 'G', members: [{ display: 'x' }] }],
    [
      'with a member nobody knows',
      { schemas, displayName: 'G', members: [{ value: 'usr_00000000000000000000000000' }] },
    ],
  ])('%s is 400 and leaves nothing', async (_, body) => {
    const { scim } = await stage()
    expect(await scim.post('/Groups', body)).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
    expect((await scim.get('/Groups')).body.totalResults).toBe(0)
  })
})

describe('PUT', () => {
  test('replaces name and members; missing members mean none', async () => {
    const { scim, ada, bob } = await stage()
    const id = await scim.group('Writers', [ada])
    const swapped = await scim.put(`/Groups/${id}`, { schemas, displayName: 'Authors', members: [{ value: bob }] })
    expect(swapped).toMatchObject({ status: 200, body: { displayName: 'Authors', members: [{ value: bob }] } })
    const emptied = await scim.put(`/Groups/${id}`, { schemas, displayName: 'Authors' })
    expect(emptied.body).not.toHaveProperty('members')
    expect((await scim.get(`/Users/${bob}`)).body).not.toHaveProperty('groups')
  })

  test('of the same content changes nothing', async () => {
    const { scim, ada } = await stage()
    const id = await scim.group('Writers', [ada])
    const { body: before } = await scim.get(`/Groups/${id}`)
    const audits = (await auditOf(id)).length
    expect((await scim.put(`/Groups/${id}`, before)).body).toEqual(before)
    expect(await auditOf(id)).toHaveLength(audits)
  })

  test('with a member nobody knows is 400 and changes nothing', async () => {
    const { scim, ada } = await stage()
    const id = await scim.group('Writers', [ada])
    const { body: before } = await scim.get(`/Groups/${id}`)
    const answer = await scim.put(`/Groups/${id}`, { schemas, displayName: 'X', members: [{ value: 'nobody' }] })
    expect(answer.status).toBe(400)
    expect((await scim.get(`/Groups/${id}`)).body).toEqual(before)
  })

  test('C-043: a rename is told in the audit trail', async () => {
    const { scim } = await stage()
    const id = await scim.group('Interns')
    await scim.put(`/Groups/${id}`, { schemas, displayName: 'Admins' })
    const update = (await auditOf(id)).find(({ action }) => action === 'group.update')
    expect(update?.['detail']).toMatchObject({ renamed: { from: 'Interns', to: 'Admins' } })
  })
})

describe('DELETE', () => {
  test('answers 204, then 404; its members stay people, and leave it', async () => {
    const { scim, ada } = await stage()
    const id = await scim.group('Writers', [ada])
    const outer = await scim.group('Outer', [id])
    expect((await scim.get(`/Users/${ada}`)).body.groups).toHaveLength(1)
    expect((await scim.delete(`/Groups/${id}`)).status).toBe(204)
    for (const again of [await scim.get(`/Groups/${id}`), await scim.delete(`/Groups/${id}`)])
      expect(again.status).toBe(404)
    expect((await scim.get(`/Users/${ada}`)).body).not.toHaveProperty('groups')
    expect((await scim.get(`/Groups/${outer}`)).body).not.toHaveProperty('members')
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'group.delete', detail: { displayName: 'Writers' } })
  })
})
