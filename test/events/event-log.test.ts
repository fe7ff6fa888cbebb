// The event log: each change has its event in its own transaction, none is skipped by a reader, none is written twice, and none says
// anything secret.
import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workOutAccess } from '#access/events/work-out-access.ts'
import { auditActions } from '#audit/actions.ts'
import { EventSchema, eventOf, eventTypes, type PublishedEvent } from '#audit/events/events.ts'
import { readEvents } from '#audit/events/read-events.ts'
import { settledPosition } from '#audit/events/rows.ts'
import { createTail } from '#audit/events/tail.ts'
import { followEvents } from '#jobs/events.ts'
import { createLog } from '#platform/log.ts'
import { createNews } from '#platform/news.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
})
afterAll(() => stage.close())

const all = async (ctx: CallContext, after?: string): Promise<PublishedEvent[]> => {
  const events: PublishedEvent[] = []
  let from = after
  for (;;) {
    const page = await readEvents(ctx, { after: from, limit: 50 })
    events.push(...page.items)
    from = page.next ?? from
    if (!page.hasMore) return events
  }
}

const workOut = async (ctx = client.ctx): Promise<number> => workOutAccess(ctx, (await settledPosition(ctx)) ?? 0)

/** From where what is done next is read, and nothing of what was before. */
async function latest(ctx: CallContext): Promise<string> {
  await workOut(ctx)
  return (await readEvents(ctx, { after: 'latest', limit: 1 })).next ?? ''
}

const accessChanged = async (after: string, of = client) => {
  await workOut(of.ctx)
  const { items } = await readEvents(of.ctx, { after, types: ['access.changed'], limit: 500 })
  return items.map(({ data }) => data)
}

describe('what is published', () => {
  test('every action that the database writes by itself is known, too', () => {
    const text = readFileSync(new URL('../../schemas/database.sql', import.meta.url), 'utf8')
    const inserted = [...text.matchAll(/INSERT INTO audit_events[\s\S]{0,700}?;/g)].map(([statement]) => statement)
    const actions = inserted.flatMap((statement) =>
      [...statement.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, name]) => name),
    )
    expect(actions.length).toBeGreaterThanOrEqual(3)
    expect(actions.filter((name) => !Object.hasOwn(auditActions, name ?? ''))).toEqual([])
  })

  test('every event of a busy organization fits the published contract', async () => {
    const busy = await stage.createClient()
    const userId = await createUser(busy, 'amy@example.com')
    const group = (await busy.post('groups', { displayName: 'Editors' })).body
    await busy.confirm('POST', `groups/${group.id}/members`, { userIds: [userId] })
    const brand = (await busy.post('brands', { slug: 'north', name: 'North' })).body
    const editor = await roleId(busy, 'editor')
    await busy.confirm('POST', 'mappings', { groupId: group.id, roleId: editor, brandId: brand.id })
    await busy.confirm('POST', 'assignments', { userId, roleId: editor, reason: 'Help' })
    await busy.confirm('POST', `users/${userId}/deactivate`, { note: 'Left' })
    await workOut(busy.ctx)
    const events = await all(busy.ctx)
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(6)
    for (const event of events) expect(EventSchema.safeParse(event)).toMatchObject({ success: true })
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    expect(events.find(({ type }) => type === 'user.deactivated')).toMatchObject({
      ...{ version: 1, organizationId: busy.organizationId, actor: { type: 'api_key' } },
      data: { userId, reason: 'administrator' },
    })
    // Ids, words and numbers: neither the name nor the note of anybody.
    expect(JSON.stringify(events)).not.toMatch(/amy|Left|Help|North|Editors/)
  })

  test('a detail with a secret or a text in it does not get out', () => {
    const row = { id: 'evt_1', organizationId: 'org_1', occurredAt: '', actorType: 'user', actorId: 'x', targetId: 'x' }
    const detail = {
      reason: 'whsec_ abc',
      fields: ['password: hunter2'],
      roleId: 'rck_secret',
      name: 'Amy Adams',
      count: 'x',
    }
    for (const action of ['user.deactivate', 'user.update', 'assignment.create', 'group.members_added'] as const)
      expect(JSON.stringify(eventOf({ ...row, action, detail }))).not.toMatch(/whsec|hunter2|rck_|Amy/)
    expect(eventTypes).toContain('access.changed')
  })

  test('what is published as nothing is not read', async () => {
    const after = await latest(client.ctx)
    await client.get('audit-events/export?format=csv')
    expect(await all(client.ctx, after)).toEqual([])
  })
})

describe('no reader misses what is committed late', () => {
  test('an event of a transaction that is still open holds back those after it, and comes before them', async () => {
    const after = await latest(client.ctx)
    const early = await stage.app.owner.reserve()
    try {
      await early`begin`
      const [row] =
        await early`insert into audit_events (organization_id, id, occurred_at, actor_type, actor_id, action,
          target_type, target_id, detail, request_id)
        values (${client.organizationId}, ${stage.services.ids.next('evt')}, now(), 'system', 'x', 'user.update', 'user', 'usr_early',
          '{}', 'req') returning position`
      const late = await createUser(client, 'late@example.com')
      // The naive reader would take the later one and never see the earlier one.
      const seen = await stage.app
        .owner`select position from audit_events where organization_id = ${client.organizationId}
        and target_id = ${late} and position > ${row?.['position']}`
      expect(seen).toHaveLength(1)
      expect((await readEvents(client.ctx, { after, limit: 10 })).items).toEqual([])
      await early`commit`
      const targets = (await readEvents(client.ctx, { after, limit: 10 })).items.map(({ data }) => data['userId'])
      expect(targets).toEqual(['usr_early', late])
    } finally {
      early.release()
    }
  })

  test('a transaction in another database holds back nothing', async () => {
    const after = await latest(client.ctx)
    const url = new URL(stage.app.ownerUrl)
    url.pathname = '/template1'
    const elsewhere = postgres(url.href, { max: 1 })
    const held = await elsewhere.reserve()
    try {
      await held`begin`
      const [there] = await held`select current_database() as name, pg_current_xact_id()`
      expect(there).toMatchObject({ name: 'template1' })
      const userId = await createUser(client, 'elsewhere@example.com')
      const { items } = await readEvents(client.ctx, { after, types: ['user.created'], limit: 10 })
      expect(items).toMatchObject([{ data: { userId } }])
      const look = createTail(stage.services.database)
      expect([(await look()).settled, (await look()).settled].some((settled) => settled > 0)).toBe(true)
    } finally {
      await held`rollback`
      held.release()
      await elsewhere.end()
    }
  })

  test('thirty-two writers at once and a reader that never stops: all of it, each once, and in the order of the places', async () => {
    const many = await stage.createClient()
    const seen: PublishedEvent[] = []
    let from = await latest(many.ctx)
    let isOver = false
    const reading = (async () => {
      for (;;) {
        const wasOver = isOver
        const page = await readEvents(many.ctx, { after: from, types: ['user.created'], limit: 7 })
        seen.push(...page.items)
        from = page.next ?? from
        if (wasOver && page.items.length === 0) return
      }
    })()
    const created: string[] = []
    await Promise.all(
      Array.from({ length: 32 }, async (_, writer) => {
        for (let index = 0; index < 4; index += 1)
          created.push(await createUser(many, `p${writer}-${index}@example.com`))
      }),
    )
    isOver = true
    await reading
    expect(seen.map(({ data }) => data['userId']).sort()).toEqual(created.sort())
    const rows = await stage.app.owner`select id from audit_events where organization_id = ${many.organizationId}
      and action = 'user.provision' order by position`
    expect(seen.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
  })

  test('the tail announces an organization once its event is settled, and not before', async () => {
    const look = createTail(stage.services.database)
    while ((await look()).settled === 0);
    await look()
    const open = await stage.app.owner.reserve()
    try {
      await open`begin`
      await open`select pg_current_xact_id()`
      await createUser(client, 'tail@example.com')
      expect((await look()).organizationIds).toEqual([])
      expect((await look()).organizationIds).toEqual([])
      await open`commit`
      const told = [...(await look()).organizationIds, ...(await look()).organizationIds]
      expect(told).toContain(client.organizationId)
    } finally {
      open.release()
    }
  })
})

describe('access.changed', () => {
  test('of a member, in the brands in which the group gives something, and of nobody for a group that gives nothing', async () => {
    const [one, other] = [await createUser(client, 'b1@example.com'), await createUser(client, 'b2@example.com')]
    const { body: group } = await client.post('groups', { displayName: 'Mapped' })
    const { body: idle } = await client.post('groups', { displayName: 'Idle' })
    const { body: brand } = await client.post('brands', { slug: 'west', name: 'West' })
    await client.confirm('POST', `groups/${group.id}/members`, { userIds: [one] })
    let after = await latest(client.ctx)
    await client.confirm('POST', 'mappings', {
      groupId: group.id,
      roleId: await roleId(client, 'editor'),
      brandId: brand.id,
    })
    expect(await accessChanged(after)).toEqual([
      { userId: one, brandId: brand.id, because: expect.stringMatching(/^evt_/) },
    ])
    after = await latest(client.ctx)
    await client.confirm('POST', `groups/${idle.id}/members`, { userIds: [other] })
    expect(await accessChanged(after)).toEqual([])
    await client.confirm('POST', `groups/${group.id}/members`, { userIds: [other] })
    expect(await accessChanged(after)).toMatchObject([{ userId: other, brandId: brand.id }])
  })

  test('of an assignment, a status and a role', async () => {
    const userId = await createUser(client, 'c1@example.com')
    let after = await latest(client.ctx)
    const role = (
      await client.confirm('POST', 'roles', {
        key: 'desk',
        name: 'Desk',
        purpose: 'Desk work',
        allows: ['content.view'],
      })
    ).body
    await client.confirm('POST', 'assignments', { userId, roleId: role.id, reason: 'Desk' })
    expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
    after = await latest(client.ctx)
    await client.confirm('PATCH', `roles/${role.id}`, { allows: ['content.view', 'content.edit'] })
    expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
    after = await latest(client.ctx)
    await client.confirm('POST', `users/${userId}/deactivate`, { note: 'Left' })
    expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
  })

  test('of everybody where a policy comes', async () => {
    const after = await latest(client.ctx)
    const made = await client.confirm('POST', 'policies', { name: 'No export', permission: 'analytics.export' })
    expect(made.status).toBe(201)
    expect(await accessChanged(after)).toMatchObject([{ userId: null, brandId: null }])
  })

  describe('is told of what was, too', () => {
    const nest = (outer: string, inner: string) => stage.app.owner`insert into group_nestings
      (organization_id, group_id, child_group_id, created_at, recorded_at) values (${client.organizationId}, ${outer}, ${inner}, now(), now() - interval '1 day')`
    const newGroup = async (displayName: string): Promise<string> =>
      (await client.post('groups', { displayName })).body.id
    const fill = (group: string, userId: string) =>
      client.confirm('POST', `groups/${group}/members`, { userIds: [userId] })
    const map = async (groupId: string): Promise<string> =>
      (await client.confirm('POST', 'mappings', { groupId, roleId: await roleId(client, 'editor') })).body.id
    const done = async (...answers: Promise<{ status: number }>[]) => {
      for (const answer of answers) expect((await answer).status).toBeLessThan(300)
    }
    const giveRole = async (team: string) =>
      done(client.confirm('POST', `teams/${team}/roles`, { roleId: await roleId(client, 'editor'), reason: 'Work' }))

    test('a group is deleted within a mapped one', async () => {
      const userId = await createUser(client, 'e1@example.com')
      const [outer, inner] = [await newGroup('Outer'), await newGroup('Inner')]
      await fill(inner, userId)
      await map(outer)
      await nest(outer, inner)
      const after = await latest(client.ctx)
      await done(client.confirm('DELETE', `groups/${inner}`))
      expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
    })

    test('a member goes and then the mapping, before anybody looks', async () => {
      const userId = await createUser(client, 'e2@example.com')
      const group = await newGroup('Gone')
      await fill(group, userId)
      const mapping = await map(group)
      const after = await latest(client.ctx)
      await done(client.confirm('DELETE', `groups/${group}/members/${userId}`))
      await done(client.confirm('DELETE', `mappings/${mapping}`))
      expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
    })

    test('a mapping goes and then the group, before anybody looks', async () => {
      const userId = await createUser(client, 'e3@example.com')
      const group = await newGroup('Gone as well')
      await fill(group, userId)
      const mapping = await map(group)
      const after = await latest(client.ctx)
      await done(client.confirm('DELETE', `mappings/${mapping}`))
      await done(client.confirm('DELETE', `groups/${group}`))
      expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
    })

    test('a member goes from a group that then goes from the mapped one', async () => {
      const userId = await createUser(client, 'e4@example.com')
      const [outer, inner] = [await newGroup('Outer 2'), await newGroup('Inner 2')]
      await fill(inner, userId)
      await map(outer)
      await nest(outer, inner)
      const after = await latest(client.ctx)
      await done(client.confirm('DELETE', `groups/${inner}/members/${userId}`))
      await stage.app.owner`delete from group_nestings where organization_id = ${client.organizationId}
        and child_group_id = ${inner}`
      expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
    })

    test('a team leaves the one that held the role, and gets another leader', async () => {
      const [member, was, is] = [
        await createUser(client, 'f1@example.com'),
        await createUser(client, 'f2@example.com'),
        await createUser(client, 'f3@example.com'),
      ]
      const parent = (await client.confirm('POST', 'teams', { name: 'Parent' })).body.id
      const child = (await client.confirm('POST', 'teams', { name: 'Child', parentId: parent, leaderId: was })).body.id
      await done(client.confirm('POST', `teams/${child}/members`, { userIds: [member] }))
      await giveRole(parent)
      let after = await latest(client.ctx)
      await done(client.confirm('PATCH', `teams/${child}`, { leaderId: is }))
      const people = async () => (await accessChanged(after)).map(({ userId }) => userId).sort()
      expect(await people()).toEqual([member, was, is].sort())
      after = await latest(client.ctx)
      await done(client.confirm('PATCH', `teams/${child}`, { parentId: null }))
      expect(await people()).toEqual(expect.arrayContaining([member, is]))
    })

    test('a group goes that filled a team', async () => {
      const userId = await createUser(client, 'f4@example.com')
      const group = await newGroup('Fills')
      await fill(group, userId)
      const team = (await client.confirm('POST', 'teams', { name: 'Filled' })).body.id
      await done(client.confirm('POST', `teams/${team}/sources`, { groupId: group }))
      await giveRole(team)
      const after = await latest(client.ctx)
      await done(client.confirm('DELETE', `groups/${group}`))
      expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
    })

    test('a team begins with a leader within one that holds a role', async () => {
      const userId = await createUser(client, 'f5@example.com')
      const parent = (await client.confirm('POST', 'teams', { name: 'Giving' })).body.id
      await giveRole(parent)
      const after = await latest(client.ctx)
      await done(client.confirm('POST', 'teams', { name: 'Begun', parentId: parent, leaderId: userId }))
      expect(await accessChanged(after)).toMatchObject([{ userId, brandId: null }])
    })

    test('a thing is for other people than before, and not where it only has another name', async () => {
      await done(client.send('PUT', 'asset-types/library', { label: 'Library' }))
      const put = (body: object) => done(client.send('PUT', 'assets/library/one', body))
      await put({ name: 'One' })
      let after = await latest(client.ctx)
      await put({ name: 'Uno' })
      expect(await accessChanged(after)).toEqual([])
      await put({ name: 'Uno', teamIds: [] })
      expect(await accessChanged(after)).toMatchObject([{ userId: null, brandId: null }])
      after = await latest(client.ctx)
      await done(client.delete('assets/library/one'))
      expect(await accessChanged(after)).toMatchObject([{ userId: null }])
    })
  })

  test('worked out twice at once, it is told once', async () => {
    const after = await latest(client.ctx)
    await Promise.all(Array.from({ length: 8 }, (_, index) => createUser(client, `d${index}@example.com`)))
    const upTo = (await settledPosition(client.ctx)) ?? 0
    await Promise.all(Array.from({ length: 4 }, () => workOutAccess(client.ctx, upTo)))
    expect(await accessChanged(after)).toHaveLength(8)
  })

  test('the follower tells whoever waits, and works out what a node that died has left', async () => {
    const after = await latest(client.ctx)
    const userId = await createUser(client, 'left@example.com')
    const news = createNews()
    const log = createLog('silent' as never, { destination: { write: () => {} } })
    const follower = followEvents({ ...stage.services, news }, log, { tickMillis: 10 })
    try {
      await expect
        .poll(async () => (await readEvents(client.ctx, { after, types: ['access.changed'], limit: 9 })).items, {
          timeout: 5_000,
        })
        .toMatchObject([{ data: { userId } }])
      const told = news.next(client.organizationId, 5_000).then(() => performance.now())
      const changedAt = performance.now()
      await createUser(client, 'told@example.com')
      expect((await told) - changedAt).toBeLessThan(2_000)
    } finally {
      await follower.stop()
    }
  })
})
