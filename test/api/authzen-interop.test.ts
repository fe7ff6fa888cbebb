// The public scenarios of the AuthZEN working group, re-enacted: Todo, API gateway, Search, and the fixture of its certification. Their
// action names become permissions of the application (`app.`), their owner the property that is called so here.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccessStage, type Answer, type Client, createUser, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
let key: string

const made = async (answer: Promise<Answer>): Promise<Answer['body']> => {
  const { status, body } = await answer
  if (status > 299) throw new Error(JSON.stringify(body))
  return body
}

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  // Whoever only asks for decisions needs no more than this.
  key = (await made(client.post('api-keys', { name: 'Decisions', access: 'decisions' }))).key
  for (const name of permissions) await made(client.send('PUT', `permissions/${name}`, { description: `May ${name}` }))
  for (const [key, allows] of Object.entries(roles))
    await made(client.post('roles', { key, name: key, purpose: 'Interop', rank: 10, allows, denies: [] }))
  const all = (await made(client.get('roles?limit=100'))).items as { id: string; key: string }[]
  for (const [name, held] of Object.entries(people)) {
    const userId = await createUser(client, `${name}@example.com`)
    ids[name] = userId
    for (const role of held) {
      const roleId = all.find(({ key }) => key === role)?.id
      await made(client.post('assignments', { userId, roleId, reason: 'Interop' }))
    }
  }
})
afterAll(() => stage.close())

const todo = ['can_read_user', 'can_read_todos', 'can_create_todo', 'can_update_todo', 'can_delete_todo']
const permissions = [...todo, 'get', 'post', 'put', 'delete', 'read', 'write'].map((name) => `app.${name}`)
const reading = ['app.can_read_user', 'app.can_read_todos', 'app.get']
const changing = ['app.can_create_todo', 'app.post', 'app.put', 'app.delete']

const roles: Record<string, string[]> = {
  'todo-viewer': reading,
  'todo-editor': [...reading, ...changing, 'app.can_update_todo:own', 'app.can_delete_todo:own'],
  'todo-admin': [...reading, ...changing, 'app.can_update_todo:own', 'app.can_delete_todo'],
  'evil-genius': [...reading, ...changing, 'app.can_update_todo'],
  'record-writer': ['app.read', 'app.write'],
  'record-reader': ['app.read'],
}

const people: Record<string, string[]> = {
  rick: ['todo-admin', 'evil-genius'],
  morty: ['todo-editor'],
  summer: ['todo-editor'],
  beth: ['todo-viewer'],
  jerry: ['todo-viewer'],
  alice: ['record-writer'],
  bob: ['record-reader'],
}
const ids: Record<string, string> = {}

const send = async (path: string, body: object) => {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }
  const response = await stage.request(`/access/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const person = (name: string) => ({ type: 'user', id: ids[name] ?? '' })

const decide = async (body: object): Promise<boolean> => {
  const answer = await send('evaluation', body)
  expect([answer.status, typeof answer.body['decision']]).toEqual([200, 'boolean'])
  return answer.body['decision'] as boolean
}

describe('Todo', () => {
  const aTodo = (owner: string) => ({ type: 'todo', id: '7240d0db', properties: { owner: `${owner}@example.com` } })
  const asked = (name: string) => [
    ['can_read_user', { type: 'user', id: 'beth@example.com' }],
    ['can_read_todos', { type: 'todo', id: 'todo-1' }],
    ['can_create_todo', { type: 'todo', id: 'todo-1' }],
    ['can_update_todo', aTodo(name)],
    ['can_update_todo', aTodo(name === 'rick' ? 'morty' : 'rick')],
    ['can_delete_todo', aTodo(name)],
    ['can_delete_todo', aTodo(name === 'rick' ? 'morty' : 'rick')],
  ]
  const expected: Record<string, boolean[]> = {
    rick: [true, true, true, true, true, true, true],
    morty: [true, true, true, true, false, true, false],
    summer: [true, true, true, true, false, true, false],
    beth: [true, true, false, false, false, false, false],
    jerry: [true, true, false, false, false, false, false],
  }
  test.each(Object.keys(expected))('%s, one question at a time and all at once', async (name) => {
    const questions = asked(name).map(([action, resource]) => ({ action: { name: `app.${action}` }, resource }))
    const single = []
    for (const question of questions) single.push(await decide({ subject: person(name), ...question }))
    const batch = await send('evaluations', { subject: person(name), evaluations: questions })
    const evaluations = batch.body['evaluations'] as { decision: boolean }[]
    expect(single).toEqual(expected[name])
    expect(evaluations.map(({ decision }) => decision)).toEqual(expected[name])
  })
})

describe('API gateway', () => {
  const routes = [
    ['get', '/users/{userId}'],
    ['get', '/todos'],
    ['post', '/todos'],
    ['put', '/todos/{todoId}'],
    ['delete', '/todos/{todoId}'],
  ]
  test.each([
    ['rick', [true, true, true, true, true]],
    ['morty', [true, true, true, true, true]],
    ['summer', [true, true, true, true, true]],
    ['beth', [true, true, false, false, false]],
    ['jerry', [true, true, false, false, false]],
  ])('%s', async (name, expected) => {
    const answers = []
    for (const [method, id] of routes)
      answers.push(
        await decide({ subject: person(name), action: { name: `app.${method}` }, resource: { type: 'route', id } }),
      )
    expect(answers).toEqual(expected)
  })
})

describe('the certification fixture', () => {
  const record = (id: string, properties: object = {}) => ({ type: 'record', id, properties })
  const ask = (name: string, action: string, resource: object = record('record-1'), more: object = {}) =>
    decide({ subject: person(name), action: { name: `app.${action}` }, resource, ...more })

  test('permits and denies by identifiers', async () => {
    expect([await ask('alice', 'read'), await ask('alice', 'write')]).toEqual([true, true])
    expect([await ask('bob', 'read'), await ask('bob', 'write')]).toEqual([true, false])
  })
  test('takes context, properties and fields that it does not know', async () => {
    const more = {
      context: { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' },
      foo: 'bar',
      future: { nested: true },
    }
    expect(await ask('alice', 'read', record('record-1', { status: 'active', owner: 'bob@example.com' }), more)).toBe(
      true,
    )
  })
  test.each(['subject', 'action', 'resource'])(
    'answers 400 without %s, at each endpoint that wants it',
    async (missing) => {
      const whole = { subject: person('alice'), action: { name: 'app.read' }, resource: record('record-1') }
      const { [missing as 'subject']: _, ...rest } = whole
      expect((await send('evaluation', rest)).status).toBe(400)
      for (const kind of ['subject', 'resource', 'action'])
        if (kind !== missing || kind !== 'action')
          expect([kind, (await send(`search/${kind}`, rest)).status]).toEqual([kind, 400])
    },
  )
  test('knows nobody but users, which is an answer and no error', async () => {
    expect(
      await decide({ subject: { type: 'robot', id: 'r2' }, action: { name: 'app.read' }, resource: record('1') }),
    ).toBe(false)
    for (const kind of ['subject', 'action', 'resource']) {
      const body = { subject: { type: 'robot', id: 'r2' }, action: { name: 'app.read' }, resource: record('1') }
      expect(await send(`search/${kind}`, body)).toEqual({
        status: 200,
        body: { results: [], page: { next_token: '' } },
      })
    }
  })
})

describe('Search', () => {
  type Page = { results: { id?: string; name?: string }[]; page: { next_token: string } }
  const all = async (kind: string, body: object, limit = 1): Promise<string[]> => {
    const found: string[] = []
    let token = ''
    for (let pages = 0; pages < 50; pages += 1) {
      const answer = await send(`search/${kind}`, { ...body, page: { limit, ...(token === '' ? {} : { token }) } })
      expect(answer.status).toBe(200)
      const { results, page } = answer.body as unknown as Page
      expect(results.length).toBeLessThanOrEqual(limit)
      found.push(...results.map(({ id, name }) => id ?? name ?? ''))
      token = page.next_token
      if (token === '') return found
    }
    throw new Error('The pages have no end')
  }

  test('finds whom an evaluation lets, and nobody else', async () => {
    const thing = { type: 'todo', id: 'x', properties: { owner: ids['morty'] } }
    for (const action of ['app.can_update_todo', 'app.can_read_todos', 'app.write', 'app.nothing']) {
      const question = { action: { name: action }, resource: thing }
      const expected = []
      for (const name of Object.keys(people))
        if (await decide({ subject: person(name), ...question })) expected.push(ids[name])
      const found = await all('subject', { subject: { type: 'user' }, ...question })
      expect([action, found]).toEqual([action, expected.toSorted()])
    }
  })

  test('finds what an evaluation lets somebody do, and nothing else', async () => {
    for (const owner of ['morty', 'rick']) {
      const body = { subject: person('morty'), resource: { type: 'todo', id: 'x', properties: { owner: ids[owner] } } }
      const found = await all('action', body, 2)
      const expected = []
      for (const name of permissions.toSorted()) if (await decide({ ...body, action: { name } })) expected.push(name)
      expect([owner, found.filter((name) => name.startsWith('app.'))]).toEqual([owner, expected])
    }
  })

  test('finds the things and the brands of somebody', async () => {
    await made(client.send('PUT', 'asset-types/record', { label: 'Record' }))
    for (const [id, creator] of [
      ['record-1', 'morty'],
      ['record-2', 'beth'],
      ['record-3', null],
    ] as const)
      await made(
        client.send('PUT', `assets/record/${id}`, { name: id, creatorId: creator === null ? null : ids[creator] }),
      )
    const search = (name: string, action: string) =>
      all('resource', { subject: person(name), action: { name: action }, resource: { type: 'record' } })
    expect(await search('alice', 'app.read')).toEqual(['record-1', 'record-2', 'record-3'])
    expect(await search('rick', 'app.can_delete_todo')).toEqual(['record-1', 'record-2', 'record-3'])
    expect(await search('morty', 'app.can_delete_todo')).toEqual(['record-1'])
    expect(await search('beth', 'app.can_delete_todo')).toEqual([])
    const brands = []
    for (const slug of ['aurora', 'borealis', 'cirrus'])
      brands.push((await client.post('brands', { slug, name: slug })).body.id)
    const inBrands = { action: { name: 'app.read' }, resource: { type: 'brand' } }
    for (const name of ['alice', 'morty']) {
      const expected = []
      for (const id of brands)
        if (await decide({ subject: person(name), action: inBrands.action, resource: { type: 'brand', id } }))
          expected.push(id)
      expect(await all('resource', { subject: person(name), ...inBrands })).toEqual(expected.toSorted())
    }
  })

  test('goes on past many who hold nothing', async () => {
    const far = await stage.createClient()
    await stage.app
      .owner`insert into users (organization_id, id, user_name, user_name_key, status, status_changed_at, attributes,
        created_at, updated_at)
      select ${far.organizationId}, 'usr_' || lpad(n::text, 26, '0'), 'p' || n, 'p' || n, 'active', now(), '{}', now(), now()
      from generate_series(1, 2300) n`
    const holder = await createUser(far, 'holder@example.com')
    const all = (await made(far.get('roles?limit=100'))).items as { id: string; key: string }[]
    const roleId = all.find(({ key }) => key === 'editor')?.id
    await made(far.post('assignments', { userId: holder, roleId, reason: 'Far' }))
    const body = { subject: { type: 'user' }, action: { name: 'content.edit' } }
    const resource = { type: 'organization', id: far.organizationId }
    const found = await made(far.post('/access/v1/search/subject', { ...body, resource, page: { limit: 5 } }))
    expect(found).toEqual({ results: [{ type: 'user', id: holder }], page: { next_token: '' } })
  })

  test('goes by tokens of its own alone', async () => {
    const body = {
      subject: { type: 'user' },
      action: { name: 'app.read' },
      resource: { type: 'record', id: 'record-1' },
    }
    for (const token of ['x', 'WzFd', 'e30'])
      expect((await send('search/subject', { ...body, page: { token } })).status).toBe(400)
    expect((await send('search/subject', { ...body, page: { limit: 0 } })).status).toBe(400)
  })

  test('another organization finds nobody', async () => {
    const other = await stage.createClient()
    const body = {
      subject: { type: 'user' },
      action: { name: 'app.read' },
      resource: { type: 'record', id: 'record-1' },
    }
    expect((await other.post('/access/v1/search/subject', body)).body.results).toEqual([])
  })

  test('needs the permission, in the brand that it is about', async () => {
    const [brand, other] = (await client.get('brands')).body.items as { id: string }[]
    const bound = { name: 'Bound', access: 'decisions', brandIds: [brand?.id] }
    const narrow = (await made(client.post('api-keys', bound))).key
    const headers = { Authorization: `Bearer ${narrow}`, 'Content-Type': 'application/json' }
    const status = async (id: string | undefined) => {
      const body = { subject: { type: 'user' }, action: { name: 'app.read' }, resource: { type: 'brand', id } }
      return (await stage.request('/access/v1/search/subject', { method: 'POST', headers, body: JSON.stringify(body) }))
        .status
    }
    expect([await status(brand?.id), await status(other?.id)]).toEqual([200, 403])
  })
})

describe('004-08 a permission for one’s own', () => {
  const ask = (name: string, id: string, properties: object = {}) =>
    decide({
      subject: person(name),
      action: { name: 'app.can_update_todo' },
      resource: { type: 'record', id, properties },
    })

  test('administrators, the creator and whom it was assigned to', async () => {
    const packet = { name: 'Packet', creatorId: ids['morty'], assigneeIds: [ids['summer']] }
    await made(client.send('PUT', 'assets/record/packet', packet))
    expect([await ask('rick', 'packet'), await ask('morty', 'packet'), await ask('summer', 'packet')]).toEqual([
      ...[true, true, true],
    ])
    await made(client.send('PUT', 'assets/record/packet', { ...packet, assigneeIds: [] }))
    expect([await ask('morty', 'packet'), await ask('summer', 'packet'), await ask('beth', 'packet')]).toEqual([
      ...[true, false, false],
    ])
  })
  test('of what is registered goes by the register, whatever a question says of its owner', async () => {
    expect(await ask('summer', 'packet', { owner: ids['summer'] })).toBe(false)
    expect(
      (
        await send('evaluation', {
          subject: person('summer'),
          action: { name: 'app.get' },
          resource: { type: 'todo', id: '1', properties: { owner: 1 } },
        })
      ).status,
    ).toBe(400)
  })
  test('is taken by a deny, and gives nothing without a thing', async () => {
    await client.post('roles', {
      key: 'no-update',
      name: 'no',
      purpose: 'x',
      rank: 1,
      allows: [],
      denies: ['app.can_update_todo'],
    })
    const own = { type: 'todo', id: 'y', properties: { owner: ids['jerry'] } }
    const question = { subject: person('jerry'), action: { name: 'app.can_update_todo' }, resource: own }
    const role = async (key: string) =>
      ((await made(client.get('roles?limit=100'))).items as { id: string; key: string }[]).find((r) => r.key === key)
        ?.id
    const give = async (key: string) =>
      client.post('assignments', { userId: ids['jerry'], roleId: await role(key), reason: 'Own' })
    await give('todo-editor')
    expect(await decide(question)).toBe(true)
    expect(await decide({ ...question, resource: { type: 'organization', id: client.organizationId } })).toBe(false)
    await give('no-update')
    expect(await decide(question)).toBe(false)
  })
})
