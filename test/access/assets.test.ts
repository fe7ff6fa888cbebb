// Things of host applications that are for some teams alone: decisions and lists answer by them, and by each other.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { numbers, runs } from '../support/property.ts'

let stage: AccessStage
let client: Client
let server: ReturnType<AccessStage['app']['serverRole']>
beforeAll(async () => {
  stage = await startStage()
  server = stage.app.serverRole()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  client = await stage.createClient()
})

const put = (path: string, body: unknown) => client.send('PUT', path, body)

const asksAuthZen = async (user: string, id: string, permission = 'content.view') =>
  (
    await client.send('POST', '/access/v1/evaluation', {
      subject: { type: 'user', id: user },
      action: { name: permission },
      resource: { type: 'library', id },
    })
  ).body

describe('assets', () => {
  test('003-11: for a team alone: others are refused with a reason of its own, and it is absent from their lists', async () => {
    const [ann, bea, ada] = [
      await createUser(client, 'ann@example.com'),
      await createUser(client, 'bea@example.com'),
      await createUser(client, 'ada@example.com'),
    ]
    const brand = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
    const [viewer, administrator] = [await roleId(client, 'viewer'), await roleId(client, 'administrator')]
    for (const userId of [ann, bea])
      await client.post('assignments', { userId, roleId: viewer, brandId: brand, reason: 'x' })
    await client.post('assignments', { userId: ada, roleId: administrator, brandId: brand, reason: 'x' })
    const team = (await client.post('teams', { name: 'Press', brandId: brand, leaderId: bea })).body.id
    const night = (await client.post('teams', { name: 'Night', brandId: brand, parentId: team })).body.id
    expect((await put('assets/library/1', { name: 'Logos', brandId: brand })).status).toBe(404)
    for (const [name, label] of [
      ['library', 'Content library'],
      ['campaign', 'Campaign'],
      ['dashboard', 'Dashboard'],
      ['account', 'Social account'],
    ])
      expect((await put(`asset-types/${name}`, { label })).status).toBe(200)
    expect((await put('asset-types/brand', { label: 'x' })).status).toBe(400)
    expect((await put('assets/library/open', { name: 'Logos', brandId: brand })).body.teams).toBe(null)
    for (const type of ['library', 'campaign', 'dashboard', 'account'])
      expect(
        (await put(`assets/${type}/kept`, { name: 'Embargo', brandId: brand, teamIds: [team] })).body.teams,
      ).toEqual([{ id: team, name: 'Press' }])
    expect(
      (
        await put('assets', {
          assets: [{ type: 'library', id: 'nobody', name: 'Nobody', brandId: brand, teamIds: [] }],
        })
      ).body,
    ).toEqual({ changed: 1 })
    expect(
      (
        await put('assets', {
          assets: [{ type: 'library', id: 'nobody', name: 'Nobody', brandId: brand, teamIds: [] }],
        })
      ).body,
    ).toEqual({ changed: 0 })

    expect((await asksAuthZen('ann@example.com', 'open')).decision).toBe(true)
    expect(await asksAuthZen('ann@example.com', 'kept')).toMatchObject({
      decision: false,
      context: { reason: { step: 'team', code: 'team_restriction' } },
    })
    expect(await asksAuthZen('ann@example.com', 'gone')).toMatchObject({
      decision: false,
      context: { reason: { step: 'scope', code: 'asset_unknown' } },
    })
    expect(await asksAuthZen('ann@example.com', 'open', 'content.publish')).toMatchObject({
      decision: false,
      context: { reason: { step: 'permission' } },
    })
    expect((await asksAuthZen('bea@example.com', 'kept')).decision).toBe(true)
    expect((await asksAuthZen('bea@example.com', 'nobody')).decision).toBe(false)
    expect((await asksAuthZen('ada@example.com', 'nobody')).decision).toBe(true)

    const listed = async (user: string) =>
      (await client.get(`assets?user=${user}&permission=content.view`)).body.items.map(
        ({ type, id }: never) => `${type}/${id}`,
      )
    expect(await listed(ann)).toEqual(['library/open'])
    expect(await listed(bea)).toEqual([
      'account/kept',
      'campaign/kept',
      'dashboard/kept',
      'library/kept',
      'library/open',
    ])
    expect((await listed('ada@example.com')).length).toBe(6)
    const first = (await client.get(`assets?user=${bea}&permission=content.view&limit=2`)).body
    const second = (await client.get(`assets?user=${bea}&permission=content.view&limit=2&cursor=${first.nextCursor}`))
      .body
    expect(second.items.map(({ type }: never) => type)).toEqual(['dashboard', 'library'])

    const search = (body: object) =>
      client.send('POST', '/access/v1/search/resource', {
        ...{ subject: { type: 'user', id: bea }, action: { name: 'content.view' }, resource: { type: 'library' } },
        ...body,
      })
    const one = (await search({ page: { limit: 1 } })).body
    const two = (await search({ page: { limit: 1, token: one.page.next_token } })).body
    expect([one.results, two.results]).toEqual([[{ type: 'library', id: 'kept' }], [{ type: 'library', id: 'open' }]])
    expect(two.page.next_token).toBe('')
    expect((await search({ subject: { type: 'user', id: 'nobody@example.com' } })).body.results).toEqual([])
    expect((await search({ subject: { type: 'machine', id: bea } })).body.results).toEqual([])
    expect((await search({ resource: {} })).status).toBe(400)

    const before = new Date().toISOString()
    await client.post(`teams/${night}/members`, { userIds: [ann] })
    const why = (await client.get(`users/${ann}/explain?permission=content.view&asset=library/kept`)).body
    expect(why).toMatchObject({ allowed: true, asset: { name: 'Embargo', teams: [{ name: 'Press' }] } })
    const then = (await client.get(`users/${ann}/explain?permission=content.view&asset=library/kept&at=${before}`)).body
    expect(then).toMatchObject({ allowed: false, step: 'team', reason: 'team_restriction' })
    const asked = ['--organization', client.slug, '--user', ann, '--permission', 'content.view'] as const
    expect((await stage.rolecall('access', 'check', ...asked, '--asset', 'library/kept')).exitCode).toBe(0)
    expect((await stage.rolecall('access', 'check', ...asked, '--asset', 'library/nobody')).exitCode).toBe(3)

    // A team that is deleted takes nothing open with it.
    await client.confirm('DELETE', `teams/${night}`)
    await client.confirm('DELETE', `teams/${team}`)
    expect((await asksAuthZen('bea@example.com', 'kept')).decision).toBe(false)
    expect((await client.delete('asset-types/library')).status).toBe(409)
    expect((await client.delete('assets/library/kept')).status).toBe(204)
    expect((await client.get('assets/library/kept')).status).toBe(404)
    expect(await client.auditOf('library/kept')).toEqual(['asset.put', 'asset.delete'])
  })

  test('a team of another brand, another organization, and a key without the right are refused', async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (slug) => (await client.post('brands', { slug, name: slug })).body.id),
    )
    await put('asset-types/library', { label: 'Library' })
    const team = (await client.post('teams', { name: 'Press', brandId: one })).body.id
    const wrong = await put('assets/library/1', { name: 'x', brandId: two, teamIds: [team] })
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'teamIds'])
    await put('assets/library/1', { name: 'x', brandId: one, teamIds: [team] })
    const other = await stage.createClient()
    expect((await other.get('assets/library/1')).status).toBe(404)
    expect((await other.delete('assets/library/1')).status).toBe(404)
    expect((await other.get(`assets?teamId=${team}`)).body.items).toEqual([])
    const key = await stage.rolecall(
      'api-key',
      'create',
      '--organization',
      client.slug,
      '--name',
      'x',
      '--access',
      'decisions',
      '--json',
    )
    const refused = await client.send(
      'PUT',
      'assets/library/1',
      { name: 'y' },
      { Authorization: `Bearer ${key.json.key}` },
    )
    expect(refused.status).toBe(403)
  })
})

/** What a transaction for one person finds in the table itself, whatever it asks for. */
async function inDatabase(userId: string): Promise<string[]> {
  const rows = await server.begin(async (sql) => {
    await sql`select set_config('rolecall.organization_id', ${client.organizationId}, true),
      set_config('rolecall.user_id', ${userId}, true)`
    return sql`select id from assets order by id`
  })
  return rows.map(({ id }) => id as string)
}

describe('assets of people', () => {
  test('004-08: who created a package and whom it is assigned to see it, by decisions, in lists and in the database too', async () => {
    const people = ['cleo', 'abe', 'tess', 'other', 'none', 'ada'].map((name) =>
      createUser(client, `${name}@example.com`),
    )
    const [cleo, abe, tess, other, none, ada] = (await Promise.all(people)) as [
      ...[string, string, string, string, string, string],
    ]
    const brandId = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
    const [viewer, administrator] = [await roleId(client, 'viewer'), await roleId(client, 'administrator')]
    for (const userId of [cleo, abe, tess, other])
      await client.post('assignments', { userId, roleId: viewer, brandId, reason: 'x' })
    await client.post('assignments', { userId: ada, roleId: administrator, brandId, reason: 'x' })
    const team = (await client.post('teams', { name: 'Press', brandId, leaderId: tess })).body.id
    await put('asset-types/library', { label: 'Packages' })
    const theirs = { brandId, creatorId: cleo, assigneeIds: [abe, none] }
    await put('assets/library/open', { name: 'Open', brandId })
    await put('assets/library/own', { name: 'Own', ...theirs, teamIds: [] })
    const made = await put('assets/library/team', { name: 'Team', ...theirs, teamIds: [team] })
    expect(made.body).toMatchObject({
      creator: { id: cleo, name: 'cleo@example.com' },
      assignees: [{ id: abe }, { id: none }],
      teams: [{ id: team }],
    })
    const again = [{ type: 'library', id: 'own', name: 'Own', ...theirs, teamIds: [] }]
    expect((await put('assets', { assets: again })).body).toEqual({ changed: 0 })

    const sees: [string, string[]][] = [
      [cleo, ['open', 'own', 'team']],
      [abe, ['open', 'own', 'team']],
      [tess, ['open', 'team']],
      [other, ['open']],
      // Theirs or not, without a role in the brand nobody may do anything there.
      [none, []],
      [ada, ['open', 'own', 'team']],
    ]
    for (const [user, ids] of sees) {
      const decided = []
      for (const id of ['open', 'own', 'team']) if ((await asksAuthZen(user, id)).decision) decided.push(id)
      const { items } = (await client.get(`assets?user=${user}&permission=content.view`)).body
      const found = await client.send('POST', '/access/v1/search/resource', {
        ...{ subject: { type: 'user', id: user }, action: { name: 'content.view' }, resource: { type: 'library' } },
      })
      const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id)
      expect([decided, idsOf(items), idsOf(found.body.results), await inDatabase(user)]).toEqual([ids, ids, ids, ids])
    }
    const explain = async (user: string, id: string, permission = 'content.view') =>
      (await client.get(`users/${user}/explain?permission=${permission}&asset=library/${id}`)).body
    expect(await explain(cleo, 'own')).toMatchObject({ allowed: true, step: 'team', reason: 'asset_creator' })
    expect(await explain(abe, 'own')).toMatchObject({ allowed: true, step: 'team', reason: 'asset_assigned' })
    expect(await explain(cleo, 'open')).toMatchObject({ allowed: true, reason: 'granted' })
    expect(await explain(cleo, 'own', 'content.publish')).toMatchObject({ allowed: false, reason: 'not_granted' })
    expect(await explain(other, 'own')).toMatchObject({ allowed: false, reason: 'team_restriction' })

    // The other tables of assets tell somebody of their own teams and ties alone, and somebody who is inactive sees nothing.
    const rows = await server.begin(async (sql) => {
      await sql`select set_config('rolecall.organization_id', ${client.organizationId}, true),
        set_config('rolecall.user_id', ${abe}, true)`
      expect(await sql`update assets set name = 'x' where id = 'nothing'`).toHaveLength(0)
      return sql`select user_id from asset_people union all select team_id from asset_teams`
    })
    expect(rows.map((row) => row['user_id'])).toEqual([abe, abe])
    const before = new Date().toISOString()
    await put('assets/library/own', { name: 'Own', brandId, teamIds: [] })
    expect((await asksAuthZen(cleo, 'own')).decision).toBe(false)
    expect(await inDatabase(cleo)).toEqual(['open', 'team'])
    const then = (await client.get(`assets?user=${cleo}&permission=content.view&at=${before}`)).body.items
    expect(then.map(({ id }: { id: string }) => id)).toEqual(['open', 'own', 'team'])
    await client.confirm('POST', `users/${abe}/deactivate`, {})
    expect(await inDatabase(abe)).toEqual([])
  })

  test('004-08: they stay with somebody who is deleted, go to a successor, and cannot be somebody of another organization', async () => {
    const [cleo, abe] = [await createUser(client, 'cleo@example.com'), await createUser(client, 'abe@example.com')]
    await put('asset-types/library', { label: 'Packages' })
    const other = await stage.createClient()
    const foreign = await createUser(other, 'cleo@example.com')
    expect((await put('assets/library/1', { name: 'One', creatorId: foreign })).status).toBe(404)
    expect((await put('assets/library/1', { name: 'One', assigneeIds: ['usr_nobody'] })).status).toBe(404)
    const at = ['--organization', client.slug, '--asset', 'library/1', '--name', 'One', '--restricted'] as const
    const people = ['--creator', 'cleo@example.com', '--assigned', 'abe@example.com'] as const
    expect((await stage.rolecall('asset', 'put', ...at, ...people)).exitCode).toBe(0)
    const asset = async () => (await client.get('assets/library/1')).body
    expect(await asset()).toMatchObject({ teams: [], creator: { id: cleo }, assignees: [{ id: abe }] })

    const leaves = (await client.get(`users/${cleo}/deactivation-preview`)).body.leaves
    expect(leaves).toMatchObject([{ kind: 'asset', item: 'creator/library/1', name: 'One' }])
    await client.confirm('POST', `users/${cleo}/deactivate`, { handOver: { to: 'abe@example.com' } })
    expect(await asset()).toMatchObject({ creator: { id: abe }, assignees: [{ id: abe }] })

    expect((await client.confirm('DELETE', `users/${abe}`)).status).toBeLessThan(300)
    expect(await asset()).toMatchObject({ creator: null, assignees: [] })
    const same = { name: 'One', teamIds: [], creatorId: abe, assigneeIds: [abe] }
    expect((await put('assets', { assets: [{ type: 'library', id: '1', ...same }] })).body).toEqual({ changed: 0 })
    expect((await client.post(`users/${abe}/restore`, {})).status).toBeLessThan(300)
    expect(await asset()).toMatchObject({ creator: { id: abe }, assignees: [{ id: abe }] })
  })
})

const { numRuns, seed: first } = runs(4)

test.each([...Array(numRuns)].map((_, run) => first + run))(
  'in a random state, lists and holders are what the evaluator says of each (seed %i)',
  { timeout: 60_000 },
  async (seed) => {
    const random = numbers(seed)
    const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T
    const some = <T>(items: readonly T[]): T[] => items.filter(() => random(3) === 0)
    const users = await Promise.all(['a', 'b', 'c', 'd'].map((name) => createUser(client, `${name}@example.com`)))
    const brands = await Promise.all(
      ['north', 'south', 'west'].map(
        async (slug) => (await client.post('brands', { slug, name: slug })).body.id as string,
      ),
    )
    const groups = await Promise.all(
      ['g', 'h'].map(async (displayName) => (await client.post('groups', { displayName })).body.id as string),
    )
    await client.post(`groups/${groups[0]}/members`, { groupIds: [groups[1]] })
    for (const group of groups) await client.post(`groups/${group}/members`, { userIds: [pick(users)] })
    const roles = await Promise.all(['viewer', 'editor', 'administrator'].map((key) => roleId(client, key)))
    const where = () => pick([null, ...brands])
    const teams: { id: string; brandId: string | null }[] = []
    for (let count = 0; count < 5; count += 1) {
      const brandId = where()
      const tops = teams.slice(0, 2).filter((top) => top.brandId === null || top.brandId === brandId)
      const parentId = count < 2 ? null : pick([null, ...tops.map(({ id }) => id)])
      const fields = { name: `T${count}`, brandId, parentId, leaderId: pick([null, ...users]) }
      const id = (await client.confirm('POST', 'teams', fields)).body.id as string
      teams.push({ id, brandId })
      const people = some(users)
      if (people.length > 0) await client.confirm('POST', `teams/${id}/members`, { userIds: people })
      if (random(2) === 0) await client.confirm('POST', `teams/${id}/sources`, { groupId: pick(groups) })
      if (random(3) === 0) await client.confirm('POST', `teams/${id}/sources`, { filter: 'userName sw "b"' })
      if (random(3) > 0)
        await client.confirm('POST', `teams/${id}/roles`, {
          roleId: pick(roles),
          brandId: brandId ?? where(),
          reason: 'x',
        })
    }
    for (const userId of some(users))
      await client.post('assignments', { userId, roleId: pick(roles), brandId: where(), reason: 'x' })
    if (random(2) === 0)
      await client.confirm('POST', 'policies', {
        name: 'P',
        permission: 'content.view',
        brandId: where(),
        exceptRoleIds: some(roles),
      })
    await client.confirm('PATCH', 'settings', {
      roleStrategy: pick(['union', 'highest']),
      administratorBrandAccess: pick(['explicit', 'implicit']),
    })
    await put('asset-types/library', { label: 'x' })
    const assets = [...Array(20)].map((_, index) => {
      const brandId = where()
      const fitting = teams.filter((team) => team.brandId === null || team.brandId === brandId).map(({ id }) => id)
      const teamIds = random(3) === 0 ? null : some(fitting)
      const people = { creatorId: pick([null, null, ...users]), assigneeIds: some(some(users)) }
      return { type: 'library', id: `a${index}`, name: 'x', brandId, teamIds, ...people }
    })
    expect((await put('assets', { assets })).body).toEqual({ changed: 20 })

    const held = new Map<string, string[]>()
    for (const user of users) {
      const access = (await client.get(`users/${user}/access`)).body.assignments as { role: { id: string } }[]
      held.set(
        user,
        access.map(({ role }) => role.id),
      )
      const listed = (await client.get(`assets?user=${user}&permission=content.view`)).body.items.map(
        ({ id }: never) => id,
      )
      const { body } = await client.send('POST', '/access/v1/evaluations', {
        subject: { type: 'user', id: user },
        action: { name: 'content.view' },
        evaluations: assets.map(({ type, id }) => ({ resource: { type, id } })),
      })
      const allowed = assets.filter((_, index) => body.evaluations[index].decision).map(({ id }) => id)
      expect(listed, `seed ${seed}`).toEqual(allowed.sort())
      // The database is never stricter than the evaluator.
      expect(await inDatabase(user), `seed ${seed}`).toEqual(expect.arrayContaining(allowed))
      expect((await client.get(`teams?userId=${user}`)).body.items.length).toBeGreaterThanOrEqual(0)
    }
    for (const role of roles) {
      const holders = (await client.get(`holders?roleId=${role}`)).body.items.map(
        ({ user }: never) => (user as { id: string }).id,
      )
      expect(holders.sort()).toEqual(users.filter((user) => held.get(user)?.includes(role)).sort())
    }
  },
)
