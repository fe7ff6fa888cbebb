// How access was at a moment of the past: the same verbs, over the history that the database keeps. In a random history, each
// answer for a moment is the one that was given then.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exactTime } from '#words/times.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { numbers, runs } from '../support/property.ts'
import { scimClient } from '../support/scim.ts'

let stage: AccessStage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

/** A moment between what was and what comes, by the clock of the database. */
async function moment(): Promise<string> {
  await sleep(3)
  const [row] = await stage.app.owner`select to_json(clock_timestamp()) #>> '{}' as at`
  await sleep(3)
  return new Date((row as { at: string }).at).toISOString()
}

const withAt = (path: string, at: string | undefined): string =>
  at === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}at=${encodeURIComponent(at)}`

async function person(client: Client, name: string): Promise<string> {
  return createUser(client, name)
}

describe('a moment of the past', () => {
  let client: Client
  let [ann, brand, editor, viewer] = ['', '', '', '']
  beforeAll(async () => {
    client = await stage.createClient()
    ann = await person(client, 'ann@example.com')
    brand = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
    editor = await roleId(client, 'editor')
    viewer = await roleId(client, 'viewer')
  })
  const matrix = async (at?: string) => (await client.get(withAt(`users/${ann}/access-matrix`, at))).body
  const may = async (at?: string) =>
    (await client.get(withAt(`users/${ann}/explain?permission=content.publish&brand=aurora`, at))).body
  const holders = async (at?: string) =>
    (await client.get(withAt(`holders?brandId=${brand}`, at))).body.items?.map(
      ({ user }: never) => (user as { id: string }).id,
    )

  test('matrix, decision, holders and differences, by API and command', async () => {
    const before = await moment()
    const given = await client.post('assignments', { userId: ann, roleId: editor, brandId: brand, reason: 'Launch' })
    const held = await moment()
    await client.confirm('DELETE', `assignments/${given.body.id}`)
    await client.patch(`brands/${brand}`, { name: 'Aurora Weekly' })
    const after = await moment()
    await client.post('assignments', { userId: ann, roleId: viewer, reason: 'Stays on' })

    expect([await holders(before), await holders(held), await holders(after), await holders()]).toEqual([
      [],
      [ann],
      [],
      [],
    ])
    expect((await matrix(held)).rows).toMatchObject([
      { role: { key: 'editor' }, cells: [{ brandId: brand, sources: [{ type: 'direct', reason: 'Launch' }] }] },
    ])
    expect([(await matrix(held)).scopes[1].name, (await matrix()).rows.length]).toEqual(['Aurora', 1])
    expect([(await may(before)).allowed, (await may(held)).allowed, (await may(after)).allowed]).toEqual([
      false,
      true,
      false,
    ])
    const changed = (await client.get(`users/${ann}/access-difference?from=${before}&to=${held}`)).body
    expect(changed).toMatchObject({ roles: { gained: [{ role: { key: 'editor' }, brand: { id: brand } }], lost: [] } })
    expect(changed.permissions.gained.map(({ name }: { name: string }) => name)).toContain('content.publish')
    const sum = (await client.get(`users/${ann}/access-difference?from=${held}`)).body.roles
    expect([sum.gained[0].role.key, sum.lost[0].role.key]).toEqual(['viewer', 'editor'])
    expect((await client.get(`brands/${brand}/access-difference?from=${held}&to=${after}`)).body).toMatchObject({
      gained: [],
      lost: [{ userId: ann, roleName: 'Editor' }],
    })
    const scope = ['--organization', client.slug, '--json'] as const
    const shown = (await stage.rolecall('access', 'show', '--user', ann, '--at', held, ...scope)).json
    expect(shown.assignments).toMatchObject([{ role: 'editor', brand: 'aurora' }])
    const asked = ['--user', ann, '--permission', 'content.publish', '--brand', 'aurora'] as const
    expect((await stage.rolecall('access', 'check', ...asked, '--at', held, ...scope)).exitCode).toBe(0)
    expect((await stage.rolecall('access', 'check', ...asked, ...scope)).exitCode).toBe(3)
    const lines = await stage.rolecall(
      'access',
      'difference',
      '--brand',
      'aurora',
      '--from',
      held,
      '--organization',
      client.slug,
    )
    expect(lines.lines).toEqual(['- ann@example.com: Editor'])
  })

  test('on the pages of a person and of a brand', async () => {
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    const manager = consoleClient(stage.app, await createManager(organization))
    const bea = await person(client, 'bea@example.com')
    const given = await client.post('assignments', { userId: bea, roleId: editor, brandId: brand, reason: 'Relaunch' })
    const held = await moment()
    await client.confirm('DELETE', `assignments/${given.body.id}`)
    const [now, then] = await Promise.all(
      [`/console/users/${bea}/past`, `/console/users/${bea}/past?at=${held}`].map(
        async (path) => (await manager.get(path)).text,
      ),
    )
    expect(now).not.toContain('Relaunch')
    expect(then).toContain('Relaunch')
    expect(then).toContain('Lost')
    const page = await manager.get(`/console/brands/${brand}/past?at=${held}`)
    expect([page.text.includes('bea@example.com'), page.text.includes('0 gained, 1 lost')]).toEqual([true, true])
    expect((await manager.get(`/console/users/${bea}/past?at=tomorrow`)).status).toBe(400)
    expect((await manager.get(`/console/users/${bea}/past?at=1999-01-01T00:00`)).status).toBe(400)
  })

  test('an end date counts as it did, also where it has been moved since', async () => {
    const ends = Date.now() + 2_000
    const soon = new Date(ends).toISOString()
    const given = await client.post('assignments', { userId: ann, roleId: editor, reason: 'Short', expiresAt: soon })
    const during = await moment()
    await sleep(Math.max(0, ends - Date.now()) + 50)
    const ended = await moment()
    const count = async (at: string) => (await matrix(at)).rows.length
    expect([await count(during), await count(ended)]).toEqual([2, 1])
    await client.confirm('DELETE', `assignments/${given.body.id}`)
    expect([await count(during), await count(ended)]).toEqual([2, 1])
  })

  test('before the history, in the future and what is no time are refused; what writes finds nothing to write', async () => {
    const { beginsAt } = (await client.get('access-history')).body
    const early = new Date(Date.parse(beginsAt) - 60_000).toISOString()
    const late = new Date(Date.now() + 60_000).toISOString()
    for (const [at, words] of [
      [early, `before the history, which begins on ${exactTime(beginsAt)}: choose a later moment`],
      [late, 'in the future'],
      ['yesterday', 'must be a date and time'],
    ] as const) {
      const answer = await client.get(withAt(`users/${ann}/access`, at))
      expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining(words)])
    }
    const backwards = await client.get(`users/${ann}/access-difference?from=${await moment()}&to=${beginsAt}`)
    expect(backwards.status).toBe(400)
  })

  test('of another organization, and of somebody who was erased, there is nothing to see', async () => {
    const at = await moment()
    const other = await stage.createClient()
    expect((await other.get(`users/${ann}/access`)).status).toBe(404)
    const otherAt = await moment()
    expect((await other.get(withAt(`users/${ann}/access`, otherAt))).status).toBe(404)
    expect((await client.get(withAt(`users/${ann}/access`, at))).status).toBe(200)
    await client.confirm('POST', `users/${ann}/deactivate`)
    await stage.app.owner`update users set status_changed_at = now() - interval '90 days' where id = ${ann}`
    await client.post(`users/${ann}/erase`, { confirm: 'ann@example.com' })
    expect((await client.get(withAt(`users/${ann}/access`, at))).status).toBe(404)
    expect(await stage.app.owner`select from history.users where id = ${ann}`).toHaveLength(0)
  })
})

const { numRuns, seed: first } = runs(4)
const seeds = [...Array(numRuns)].map((_, run) => first + run)

describe('in a random history', () => {
  test.each(seeds)(
    'each answer for a moment is the one that was given then (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      const [client, random] = [await stage.createClient(), numbers(seed)]
      const { id: directoryId, token } = (await client.post('directories', { name: 'Okta', brake: undefined })).body
      const scim = scimClient(stage.request, { directoryId, token })
      const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T
      const users = await Promise.all(
        ['a', 'b', 'c'].map((name) => scim.user(`${name}@example.com`, { title: 'Clerk' })),
      )
      const groups = await Promise.all(['One', 'Two', 'Three'].map((name) => scim.group(name)))
      const brands = await Promise.all(
        ['north', 'south'].map(async (slug) => (await client.post('brands', { slug, name: slug })).body.id as string),
      )
      const roles = await Promise.all(['viewer', 'editor', 'administrator'].map((key) => roleId(client, key)))
      const custom = (
        await client.confirm('POST', 'roles', {
          key: 'custom',
          name: 'Custom',
          purpose: 'Tries',
          rank: 3,
          allows: ['content.view'],
          denies: [],
        })
      ).body.id as string | undefined
      const where = () => pick([null, ...brands])
      const team = async (fields: object) => (await client.confirm('POST', 'teams', fields)).body.id as string
      const parent = await team({ name: 'Parent', leaderId: users[0] })
      const teams = [parent, await team({ name: 'Child', parentId: parent }), await team({ name: 'Other' })]
      const dropOne = async (path: string) => {
        const { items } = (await client.get(path)).body
        if (items?.length > 0) await client.confirm('DELETE', `${path}/${pick(items as { id: string }[]).id}`)
      }
      const teamSteps = (): (() => Promise<unknown>)[] => [
        () => client.post(`teams/${pick(teams)}/members`, { userIds: [pick(users)] }),
        () => client.confirm('DELETE', `teams/${pick(teams)}/members/${pick(users)}`),
        () => client.confirm('POST', `teams/${pick(teams)}/sources`, { groupId: pick(groups) }),
        () => client.confirm('POST', `teams/${pick(teams)}/sources`, { filter: 'title eq "Lead"' }),
        () => dropOne(`teams/${pick(teams)}/sources`),
        () =>
          client.confirm('POST', `teams/${pick(teams)}/roles`, { roleId: pick(roles), brandId: where(), reason: 'x' }),
        () => dropOne(`teams/${pick(teams)}/roles`),
        () => client.confirm('PATCH', `teams/${pick(teams)}`, { leaderId: pick([null, ...users]) }),
        () => client.confirm('PATCH', `teams/${teams[1]}`, { parentId: pick([null, parent, teams[2]]) }),
      ]
      const steps: (() => Promise<unknown>)[] = [
        () => scim.patch(`/Groups/${pick(groups)}`, { op: 'add', path: 'members', value: [{ value: pick(users) }] }),
        () => scim.patch(`/Groups/${pick(groups)}`, { op: 'remove', path: `members[value eq "${pick(users)}"]` }),
        () =>
          scim.patch(`/Groups/${groups[0]}`, {
            op: pick(['add', 'remove']),
            path: 'members',
            value: [{ value: groups[1] }],
          }),
        () => scim.patch(`/Users/${pick(users)}`, { op: 'replace', path: 'active', value: random(2) === 0 }),
        () =>
          scim.patch(`/Groups/${pick(groups)}`, {
            op: 'replace',
            path: 'displayName',
            value: pick(['Renamed', 'Again']),
          }),
        () => scim.patch(`/Users/${pick(users)}`, { op: 'replace', path: 'title', value: pick(['Clerk', 'Lead']) }),
        () => client.confirm('POST', 'mappings', { groupId: pick(groups), roleId: pick(roles), brandId: where() }),
        () => client.confirm('POST', 'mappings', { filter: 'title eq "Lead"', roleId: pick(roles), brandId: where() }),
        async () => {
          const { items } = (await client.get('mappings')).body
          if (items.length > 0) await client.confirm('DELETE', `mappings/${pick(items as { id: string }[]).id}`)
        },
        () => client.post('assignments', { userId: pick(users), roleId: pick(roles), brandId: where(), reason: 'x' }),
        async () => {
          const { items } = (await client.get(`assignments?userId=${pick(users)}`)).body
          if (items?.length > 0) await client.confirm('DELETE', `assignments/${pick(items as { id: string }[]).id}`)
        },
        () =>
          client.confirm('POST', 'policies', {
            name: `p${random(1_000_000)}`,
            permission: 'content.*',
            brandId: where(),
            exceptRoleIds: [pick(roles)],
          }),
        async () => {
          const { items } = (await client.get('policies')).body
          if (items?.length > 0) await client.confirm('DELETE', `policies/${pick(items as { id: string }[]).id}`)
        },
        () =>
          client.confirm('PATCH', `organizations/${client.organizationId}`, {
            roleStrategy: pick(['union', 'highest']),
          }),
        () =>
          client.confirm('PATCH', `roles/${custom}`, {
            allows: pick([['content.view'], ['content.*']]),
            denies: pick([[], ['content.publish']]),
          }),
        ...teamSteps(),
      ]
      const answers = async (at?: string) =>
        Promise.all(
          users
            .flatMap((id) => [
              client.get(withAt(`users/${id}/access`, at)),
              client.get(withAt(`users/${id}/permissions`, at)),
              client.get(withAt(`users/${id}/explain?permission=content.publish&brand=north`, at)),
            ])
            .concat([client.get(withAt('holders', at)), client.get(withAt(`holders?brandId=${brands[0]}`, at))]),
        ).then((all) => all.map(({ status, body }) => ({ status, body })))

      // So that whatever is done next matters.
      for (const [index, groupId] of groups.entries()) {
        await scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: users[index] }] })
        await client.confirm('POST', 'mappings', {
          groupId,
          roleId: roles[index],
          brandId: index === 0 ? null : brands[0],
        })
      }
      const told: { at: string; said: unknown }[] = []
      for (let step = 0; step < 40; step += 1) {
        await pick(steps)()
        if (step % 4 === 3) told.push({ at: await moment(), said: await answers() })
      }
      expect(new Set(told.map(({ said }) => JSON.stringify(said))).size).toBeGreaterThan(2)
      for (const { at, said } of told) expect(await answers(at), `seed ${seed} at ${at}`).toEqual(said)
    },
  )
})
