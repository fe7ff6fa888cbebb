// Access reviews over the API and by command: the same verbs, in problem+json and in words.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { createPerson, giveRole } from '../support/people.ts'

let stage: AccessStage
let client: Client
let ada: string
let ben: string
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  ada = await createPerson(client, 'ada@example.com', 'Ada')
  ben = await createPerson(client, 'ben@example.com', 'Ben')
  await giveRole(client, { userId: ada, role: 'administrator' })
  await giveRole(client, { userId: ben, role: 'viewer' })
})
afterAll(() => stage.close())

test('a campaign over the API, from its preview to its evidence', async () => {
  const wanted = {
    name: 'Spring',
    fallbackId: ada,
    undoHours: 0,
    noAnswer: 'remove',
    scope: { roleIds: [await roleId(client, 'viewer')] },
  }
  expect(await client.post('access-reviews/preview', wanted)).toMatchObject({
    ...{ status: 200, body: { lines: 1, people: 1, privileged: 0, reviewers: [{ id: ada, name: 'Ada', lines: 1 }] } },
  })
  const made = await client.post('access-reviews', wanted)
  expect(made).toMatchObject({
    status: 201,
    body: { status: 'open', lines: 1, unanswered: 1, owner: { type: 'api_key' } },
  })
  const at = `access-reviews/${made.body.id}`
  expect((await client.get('access-reviews?status=open')).body).toMatchObject({
    items: [{ name: 'Spring' }],
    nextCursor: null,
  })
  const lines = await client.get(`${at}/lines?state=unanswered&isPrivileged=false&q=BE&limit=1`)
  expect(lines.body).toMatchObject({
    items: [{ position: 1, user: { id: ben }, reviewers: [{ id: ada }] }],
    nextCursor: null,
  })
  expect(await client.get(`${at}/lines?cursor=x`)).toMatchObject({ status: 400, body: { reason: 'invalidCursor' } })
  expect(await client.post(`${at}/answers`, { lines: [9], answer: 'keep' })).toMatchObject({ status: 404 })
  expect(await client.post(`${at}/answers`, { lines: [1], answer: 'end' })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'endAt' }] },
  })
  expect(await client.post(`${at}/answers`, { lines: [99999999999], answer: 'keep' })).toMatchObject({ status: 400 })
  expect(await client.post(`${at}/answers`, { lines: [1], answer: 'keep' })).toMatchObject({
    status: 200,
    body: { answered: 1 },
  })
  expect(await client.post(`${at}/answers`, { lines: [1], answer: 'withdraw' })).toMatchObject({ status: 200 })
  expect(await client.post(`${at}/pass-on`, { lines: [1], to: 'ben@example.com', reason: 'x' })).toMatchObject({
    status: 400,
  })
  for (const [verb, suspendedAt] of [
    ['suspend', expect.any(String)],
    ['resume', null],
  ] as const)
    expect(await client.post(`${at}/${verb}`)).toMatchObject({ status: 200, body: { suspendedAt } })
  expect(await client.post(`${at}/take-over`)).toMatchObject({ status: 200 })
  const { body: closing } = await client.get(`${at}/closing`)
  expect(closing).toMatchObject({ unanswered: 1, removedByDefault: 1, assignmentsRemoved: 1 })
  expect(await client.post(`${at}/close`, { hash: 'x' })).toMatchObject({
    status: 412,
    body: { reason: 'stale_preview' },
  })
  expect(await client.post(`${at}/close`, { hash: closing.hash })).toMatchObject({
    status: 200,
    body: { status: 'closed' },
  })
  expect((await client.get(at)).body).toMatchObject({ figures: { remove: 1, taken: 1, openTasks: 0 } })
  const csv = await client.get(`${at}/evidence`)
  expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect((await client.get(`${at}/evidence?format=json`)).body).toMatchObject({ lines: [{ outcome: 'removed' }] })
  expect(await client.post(`${at}/restore`, {})).toMatchObject({
    status: 200,
    body: { restored: 1, failed: 0, left: 0 },
  })
  expect(await client.post(`${at}/cancel`)).toMatchObject({ status: 409, body: { reason: 'not_open' } })
  expect((await client.get('access-review-tasks?status=open')).body).toEqual({ items: [], nextCursor: null })
  expect(await client.post('access-review-tasks/rtk_none/cancel')).toMatchObject({ status: 404 })
  const stranger = await stage.createClient()
  for (const path of [at, `${at}/lines`, `${at}/closing`, `${at}/evidence`])
    expect((await stranger.get(path)).status, path).toBe(404)
})

test('the same by command', async () => {
  const of = ['--organization', client.slug]
  const made = await stage.rolecall(
    ...['review', 'schedule', ...of, '--name', 'Autumn', '--fallback', 'ada@example.com', '--role', 'viewer'],
    ...['--unanswered', 'remove', '--undo-hours', '0', '--repeat', 'yearly', '--json'],
  )
  expect(made.json).toMatchObject({ status: 'open', lines: 1, recurrence: 'yearly' })
  const review = ['--review', made.json.id]
  const words = async (...args: string[]) => {
    const { exitCode, lines, errors } = await stage.rolecall('review', ...args)
    return { exitCode, text: [...lines, ...errors].join('\n') }
  }
  expect((await words('preview', ...of, '--name', 'x', '--fallback', 'ada@example.com')).text).toMatch(
    /^\d lines about \d people/,
  )
  expect((await words('list', ...of)).text).toMatch(/Autumn\s+open\s+1\s+1/)
  expect((await words('lines', ...of, ...review)).text).toContain('directly: Works here')
  expect((await words('answer', ...of, ...review, '--line', '1', '--answer', 'keep')).text).toBe('Lines answered: 1')
  expect((await words('answer', ...of, ...review, '--line', '1', '--answer', 'withdraw')).exitCode).toBe(0)
  expect(
    (await words('pass-on', ...of, ...review, '--line', '1', '--to', 'ada@example.com', '--reason', 'x')).exitCode,
  ).toBe(0)
  expect((await words('show', ...of, ...review)).text).toContain('No answer means: it is removed. Every year')
  expect((await words('suspend', ...of, ...review)).text).toBe('Autumn: open, suspended')
  expect((await words('resume', ...of, ...review)).text).toBe('Autumn: open')
  expect((await words('take-over', ...of, ...review)).exitCode).toBe(0)
  expect(await words('close', ...of, ...review)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('Nothing is changed yet'),
  })
  expect((await words('close', ...of, ...review, '--yes')).text).toMatch(/^Autumn: closed\. 1 lines are unanswered/)
  const { lines } = await stage.rolecall('review', 'evidence', ...of, ...review)
  const { body } = await client.get(`access-reviews/${made.json.id}/evidence`)
  expect(`${lines.join('\n')}\n`).toBe(body)
  expect((await words('restore', ...of, ...review)).text).toBe('Given back: 1; could not be: 0; still to come: 0')
  expect((await words('tasks', ...of)).exitCode).toBe(0)
  expect((await words('cancel-task', ...of, '--task', 'rtk_none')).exitCode).toBe(1)
  expect((await words('cancel', ...of, ...review)).exitCode).toBe(1)
})
