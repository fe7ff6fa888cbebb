// The audit trail: searched, by brand, and taken along.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportAuditEvents } from '#audit/export-events.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { sealEvents } from '#audit/seal/seal-events.ts'
import { verifyEvents } from '#audit/seal/verify-events.ts'
import { parseCsv } from '#platform/csv.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
let brand: string
let user: string
let assignment: string
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  brand = (await client.post('brands', { slug: 'aurora', name: '=Aurora' })).body.id
  user = (await client.post('users', { userName: 'amara@example.com', displayName: 'Amara Okafor' })).body.id
  const given = { userId: user, roleId: await roleId(client, 'editor'), brandId: brand, reason: 'Works, "here"' }
  assignment = (await client.post('assignments', given)).body.id
  await client.confirm('POST', `users/${user}/deactivate`)
  await createUser(client, 'bo@example.com')
})
afterAll(() => stage.close())

const actions = async (query: string): Promise<string[]> => {
  const { status, body } = await client.get(`audit-events?${query}`)
  expect(status).toBe(200)
  return body.items.map(({ action }: { action: string }) => action)
}

describe('searching', () => {
  test('by one action, or all of a kind', async () => {
    expect(await actions('action=user.deactivate')).toEqual(['user.deactivate'])
    expect(await actions('action=user.')).toEqual(['user.provision', 'user.deactivate', 'user.provision'])
    expect(await actions('action=user')).toEqual([])
  })

  test('by words of people’s names, or an id', async () => {
    expect(await actions('q=okafor+AMARA')).toEqual(['user.deactivate', 'assignment.create', 'user.provision'])
    expect(await actions(`q=${assignment}`)).toEqual(['assignment.create'])
    expect(await actions('q=nobody')).toEqual([])
    expect(await actions('q=%25')).toEqual([])
  })

  test('by a whole address: whose it is, and only where it is nobody’s, whose names it is a part of', async () => {
    const own = await stage.createClient()
    const ids: string[] = []
    for (const userName of ['ann@north.example.com', 'joann@north.example.com'])
      ids.push((await own.post('users', { userName, displayName: userName })).body.id)
    const targets = async (q: string) =>
      (await listAuditEvents(own.ctx, { filter: { q }, limit: 10 })).map(({ targetId }) => targetId).toSorted()
    expect(await targets('Ann@north.example.com')).toEqual([ids[0]])
    expect(await targets('nn@north.example.com')).toEqual(ids.toSorted())
    const other = await stage.createClient()
    expect(await listAuditEvents(other.ctx, { filter: { q: 'ann@north.example.com' }, limit: 10 })).toEqual([])
  })

  test('by a name that several have: each event once, page after page', async () => {
    const own = await stage.createClient()
    const [first, second] = [
      await createUser(own, 'amara.okafor@example.com'),
      await createUser(own, 'kofi.okafor@example.com'),
    ]
    await stage.app
      .owner`insert into audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type,
        target_id, detail, request_id)
      values (${own.organizationId}, ${`evt_${'z'.repeat(26)}`}, now(), 'user', ${first}, 'test.both', 'user', ${first},
        ${stage.app.owner.json({ userId: second })}, 'test')`
    const list = (limit: number, before?: string) =>
      listAuditEvents(own.ctx, { filter: { q: 'okafor' }, limit, ...(before === undefined ? {} : { before }) })
    const all = await list(50)
    expect(all.map(({ action }) => action)).toEqual(['test.both', 'user.provision', 'user.provision'])
    const walked: string[] = []
    for (let before: string | undefined; walked.length < 9; ) {
      const [event] = await list(1, before)
      if (event === undefined) break
      walked.push(event.id)
      before = event.id
    }
    expect(walked).toEqual(all.map(({ id }) => id))
    expect(await listAuditEvents(own.ctx, { filter: { brandId: brand }, limit: 50 })).toEqual([])
  })

  test('by time', async () => {
    const [event] = (await client.get('audit-events?action=user.deactivate')).body.items
    const at = encodeURIComponent(event.occurredAt)
    expect(await actions(`action=user.&since=${at}`)).toEqual(['user.provision', 'user.deactivate'])
    expect(await actions(`action=user.&until=${at}`)).toEqual(['user.provision'])
  })

  test('000-26: all that concerns a brand', async () => {
    expect(await actions(`brandId=${brand}`)).toEqual(['assignment.create', 'brand.create'])
  })

  test('names who and what is meant', async () => {
    const { items } = (await client.get('audit-events?action=assignment.create')).body
    expect(items).toMatchObject([{ actor: { type: 'api_key', name: 'Test' }, targetName: 'Amara Okafor' }])
    const gone = (await client.get('audit-events?action=brand.create')).body.items
    expect(gone).toMatchObject([{ targetName: '=Aurora' }])
  })

  test('a manager of a brand sees what concerns it; without the permission nobody sees anything', async () => {
    const ctx: CallContext = {
      ...client.ctx,
      permissions: new Set(),
      brandPermissions: new Map([[brand, new Set(['audit.read'])]]),
    }
    const seen = await listAuditEvents(ctx, { limit: 10 })
    expect(seen.map(({ action }) => action)).toEqual(['assignment.create', 'brand.create'])
    const weak: CallContext = { ...client.ctx, permissions: new Set(['users.read']) }
    await expect(listAuditEvents(weak, { limit: 10 })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(exportAuditEvents(weak, { format: 'csv', filter: {} })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('exporting', () => {
  test('as CSV: every row, quoted, and nothing for a spreadsheet to run', async () => {
    const answer = await client.get('audit-events/export?format=csv')
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"')
    const [headings, ...rows] = parseCsv(answer.body)
    expect(headings).toContain('action')
    const all = await client.get('audit-events?limit=200')
    // The export itself is in the trail, too.
    expect(rows.length).toBe(all.body.items.length)
    expect(rows[0]?.[5]).toBe('audit.export')
    expect(rows.find((row) => row[5] === 'brand.create')?.[8]).toBe("'=Aurora")
    expect(rows.find((row) => row[5] === 'assignment.create')?.[9]).toContain('Works, \\"here\\"')
  })

  test('as NDJSON, filtered, over more than one page of reading', async () => {
    const own = await stage.createClient()
    await stage.app
      .owner`insert into audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type,
        target_id, detail, request_id)
      select ${own.organizationId}, 'evt_' || lpad(i::text, 26, '0'), now(), 'system', 'x', 'test.bulk', 'user', 'x', '{}', 'req'
      from generate_series(1, 2500) i`
    const { body } = await own.get('audit-events/export?format=ndjson&action=test.bulk')
    const lines = body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line))
    expect(new Set(lines.map(({ id }: { id: string }) => id)).size).toBe(2_500)
    expect(lines[0]).toMatchObject({ action: 'test.bulk', occurredAt: expect.stringMatching(/Z$/) })
  })

  test('of another organization has nothing of this one', async () => {
    const other = await stage.createClient()
    const { body } = await other.get('audit-events/export?format=ndjson')
    expect(body).not.toContain(client.organizationId)
  })
})

describe('003-12: applications of the host write into the same trail', () => {
  const published = {
    action: 'content.publish',
    target: { type: 'content', id: 'doc-7', name: 'Spring issue' },
    detail: { version: 3 },
  }
  const keyWith = async (scope: object) => {
    const made = await client.post('api-keys', { name: 'Newsroom', ...scope })
    return made.body as { id: string; key: string }
  }
  const write = (key: string, events: unknown) =>
    client.send('POST', 'audit-events', { events }, { Authorization: `Bearer ${key}` })
  const trail = async () => (await client.get('audit-events?action=app.&limit=200')).body.items

  test('content, campaigns and who did it, in the words of the host, and under the seal', async () => {
    const { id, key } = await keyWith({ access: 'permissions', permissions: ['audit.write'] })
    const started = {
      action: 'campaign.approve',
      target: { type: 'campaign', id: 'c1' },
      occurredAt: '2026-01-02T03:04:05Z',
    }
    const { status, body } = await write(key, [{ ...published, userId: user, brandId: brand }, started])
    expect(status).toBe(201)
    const [second, first] = await trail()
    expect([first.id, second.id]).toEqual(body.ids)
    expect(first).toMatchObject({
      ...{ action: 'app.content.publish', actor: { type: 'user', id: user, name: 'Amara Okafor' } },
      ...{ targetType: 'app.content', targetId: 'doc-7', targetName: 'Spring issue' },
      detail: { reportedBy: { type: 'api_key', id }, brandId: brand, said: { version: 3 } },
    })
    expect(second).toMatchObject({
      actor: { type: 'api_key', id, name: 'Newsroom' },
      detail: { occurredAt: '2026-01-02T03:04:05.000Z' },
    })
    expect((await client.get(`audit-events?brandId=${brand}&action=app.`)).body.items).toHaveLength(1)
    expect((await client.get(`audit-events?actorId=${user}&action=app.`)).body.items).toHaveLength(1)
    const exported = await client.get('audit-events/export?format=ndjson&action=app.')
    expect(exported.body.trim().split('\n')).toHaveLength(2)
    await sealEvents(client.ctx)
    expect(await verifyEvents(client.ctx, {})).toMatchObject({ findings: [] })
  })

  test('needs the permission, in the brand at least', async () => {
    const reader = await keyWith({ access: 'permissions', permissions: ['audit.view'] })
    expect((await write(reader.key, [published])).status).toBe(403)
    const other = (await client.post('brands', { slug: 'borealis', name: 'Borealis' })).body.id
    const one = await keyWith({ access: 'permissions', permissions: ['audit.write'], brandIds: [brand] })
    expect((await write(one.key, [{ ...published, brandId: brand }])).status).toBe(201)
    expect((await write(one.key, [{ ...published, brandId: other }])).status).toBe(403)
    expect((await write(one.key, [published])).status).toBe(403)
  })

  test.each<[string, object, string]>([
    ['an action that is no noun and verb', { action: 'publish' }, 'events.1.action'],
    ['a target of two words', { target: { type: 'a b', id: 'x' } }, 'events.1.target.type'],
    ['somebody who is not here', { userId: 'usr_01m8ggtcqzf23tgg4xxq4mz50q' }, 'events.1.userId'],
    ['a brand that is not here', { brandId: 'brd_01m8ggtcqzf23tgg4xxq4mz50q' }, 'events.1.brandId'],
    ['a detail that is too long', { detail: { text: 'x'.repeat(9_000) } }, 'events.1.detail'],
  ])('%s is refused by name, and none is kept', async (_name, wrong, path) => {
    const before = (await trail()).length
    const { status, body } = await client.post('audit-events', { events: [published, { ...published, ...wrong }] })
    expect([status, body.errors[0].path]).toEqual([400, path])
    expect(await trail()).toHaveLength(before)
  })

  test('somebody of another organization is nobody here', async () => {
    const other = await stage.createClient()
    const stranger = await createUser(other, 'eve@example.com')
    const { status, body } = await client.post('audit-events', { events: [{ ...published, userId: stranger }] })
    expect([status, body.errors[0].path]).toEqual([400, 'events.0.userId'])
  })
})
