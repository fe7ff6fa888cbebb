// Access reviews in the browser, by plain requests: the console for whoever manages them, and the page of whoever is asked.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listRoles } from '#access/grants/roles/roles.ts'
import { listReviewLines } from '#access/reviews/lines/lines.ts'
import { listOwnLines } from '#access/reviews/lines/own-lines.ts'
import { scheduleReview } from '#access/reviews/schedule-review.ts'
import { listReviews } from '#access/reviews/scope/reviews.ts'
import { once } from '#db/statement.ts'
import { createGroup } from '#directory/create-group.ts'
import { type CallContext, inOneUnitOfWork, inTransaction } from '#src/context.ts'
import { change } from '../support/access.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager, createTestBrand } from '../support/console.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let app: TestApp
let organization: TestOrganization
let admin: ConsoleClient
let sam: ConsoleClient
let brandId: string
const ids: Record<string, string> = {}
beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
  admin = consoleClient(app, await createManager(organization))
  brandId = await createTestBrand(organization, 'aurora', 'Aurora')
  for (const [name, role] of [
    ['Sam', undefined],
    ['Ben', 'viewer'],
    ['Cy', 'viewer'],
    ['Di', 'administrator'],
  ] as const) {
    const id = await createPerson(organization, `${name.toLowerCase()}@example.com`, name)
    if (role !== undefined) await giveRole(organization, { userId: id, role, brandId })
    ids[name] = id
  }
  sam = consoleClient(app, { userId: ids['Sam'] ?? '', session: await signIn(organization, ids['Sam'] ?? '') })
})
afterAll(() => app.close())

const wanted = (more: Record<string, string> = {}) => ({
  ...{
    name: 'Aurora, autumn',
    brand: brandId,
    reviewerRule: 'person',
    reviewerId: 'sam@example.com',
    noAnswer: 'remove',
  },
  ...{ dueDays: '14', graceDays: '3', undoHours: '0', ...more },
})
const newest = async () => (await listReviews(organization.ctx, { limit: 1 }))[0]
const hidden = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''

test('a review is previewed, scheduled, answered by whoever is asked, closed and given back', async () => {
  expect((await admin.get('/console/reviews')).text).toContain('Nothing is reviewed yet')
  const form = await admin.get('/console/reviews/new')
  expect(form.text).toContain('The managers of each brand')
  const refused = await admin.post('/console/reviews/preview', wanted({ reviewerId: 'nobody@example.com' }))
  expect([refused.status, refused.text]).toEqual([
    400,
    expect.stringContaining('nobody who is active here is called so'),
  ])
  const preview = await admin.post('/console/reviews/preview', wanted())
  expect(preview.text).toMatch(/Who answers[\s\S]*Sam[\s\S]*>3</)
  expect(await newest()).toBeUndefined()
  const made = await admin.post('/console/reviews', wanted())
  const review = await newest()
  expect(made).toMatchObject({ status: 303, location: `/console/reviews/${review?.id}?done=created` })

  // Sam manages nothing: the console is closed to them, their reviews are not.
  const own = `/account/reviews/${review?.id}`
  expect((await sam.get('/console/reviews')).status).toBe(403)
  expect((await sam.get('/account')).text).toContain('3 lines wait for your answer')
  expect((await sam.get('/account/reviews')).text).toContain('Aurora, autumn')
  const list = await sam.get(own)
  expect(list.text).toContain('Choose Ben: Viewer in Aurora')
  expect(list.text).not.toContain('Choose Di')
  const line = (name: string) =>
    /lines\/(\d+)"/.exec(list.text.slice(list.text.search(new RegExp(`lines/\\d+">${name}<`))))?.[1] ?? ''
  expect(await sam.post(`${own}/answers`, { do: `keep.${line('Ben')}`, query: 'q=b' })).toMatchObject({
    ...{ status: 303, location: `${own}?q=b#lines` },
  })
  const one = `${own}/lines/${line('Cy')}`
  expect((await sam.get(one)).text).toContain('Do they still need it?')
  expect((await sam.post(`${one}/answer`, { answer: 'end' })).text).toContain('say when it ends')
  expect((await sam.post(`${one}/pass-on`, { to: 'cy@example.com', reason: 'x' })).text).toContain(
    'nobody reviews their own access',
  )
  expect((await sam.post(`${one}/answer`, { answer: 'remove', comment: 'Has moved on' })).status).toBe(303)
  const bulk = await sam.post(`${own}/answers`, {
    do: 'remove',
    [`line.${line('Di')}`]: 'on',
    [`line.${line('Ben')}`]: 'on',
  })
  expect([bulk.status, bulk.text]).toEqual([409, expect.stringContaining('one line at a time')])
  expect((await sam.get(`${own}?state=taken`)).text).toContain('Removed')
  expect((await sam.get(`${own}/lines/99`)).status).toBe(404)
  expect((await sam.get('/account/reviews/rev_none')).status).toBe(404)

  const page = await admin.get(`/console/reviews/${review?.id}?state=refused&advice=end&privileged=yes&q=x`)
  expect(page.text).toContain('No lines match')
  expect((await admin.get(`/console/reviews/${review?.id}/lines/${line('Cy')}`)).text).toContain('Has moved on')
  const closing = await admin.get(`/console/reviews/${review?.id}/close`)
  expect(closing.text).toContain('1 line without an answer')
  expect((await admin.post(`/console/reviews/${review?.id}/close`, { hash: 'x' })).status).toBe(412)
  const close = { hash: hidden(closing.text, 'hash') }
  expect((await admin.post(`/console/reviews/${review?.id}/close`, close)).status).toBe(303)
  expect(await newest()).toMatchObject({ status: 'closed' })
  const evidence = await admin.get(`/console/reviews/${review?.id}/evidence?check=1`)
  expect(evidence.text).toContain('As it was sealed')
  expect((await admin.get(`/console/reviews/${review?.id}/evidence.csv`)).text).toContain('cy@example.com')
  expect((await admin.get(`/console/reviews/${review?.id}/evidence.json`)).text).toContain('"outcome":"removed"')
  expect((await admin.get(`/console/reviews/${review?.id}/restore`)).text).toContain('Give it back')
  expect((await admin.post(`/console/reviews/${review?.id}/restore`)).status).toBe(303)
  expect((await admin.get(`/console/reviews/${review?.id}?state=taken`)).text).toContain('Given back')
  expect((await sam.get('/account/reviews')).text).toContain('Nobody asks you anything')
})

test('the switches: suspended, resumed, taken over, and cancelled once its name is typed', async () => {
  const { id } = await scheduleReview(organization.ctx, {
    name: 'Winter',
    fallbackId: 'sam@example.com',
    recurrence: 'yearly',
  })
  const at = `/console/reviews/${id}`
  expect((await admin.post(`${at}/suspend`)).location).toBe(`${at}?done=saved`)
  expect((await admin.get(at)).text).toContain('Suspended')
  expect((await sam.get(`/account/reviews/${id}`)).text).toContain('This review is suspended')
  expect((await admin.post(`${at}/resume`)).status).toBe(303)
  expect((await admin.post(`${at}/take-over`)).status).toBe(303)
  expect((await admin.get(`${at}/cancel`)).text).toContain('The next one of the series')
  expect((await admin.post(`${at}/cancel`, { proof: 'no' })).status).toBe(400)
  expect((await admin.post(`${at}/cancel`, { proof: 'winter' })).status).toBe(303)
  expect((await admin.get(at)).text).toContain('Cancelled')
  expect((await admin.get('/console/reviews?status=scheduled')).text).toContain('opens on')
})

test('a manager of a brand reviews it, and no other', async () => {
  const north = await createTestBrand(organization, 'north', 'North')
  const lead = await createManager(organization, { name: 'Lea Lead', brandId: north })
  const console = consoleClient(app, lead)
  const form = await console.get('/console/reviews/new')
  expect(form.text).toContain('North')
  expect(form.text).not.toMatch(/<option[^>]*>Aurora</)
  expect((await console.post('/console/reviews', wanted())).status).toBe(400)
  expect((await console.post('/console/reviews', wanted({ name: 'North', brand: north }))).status).toBe(303)
  const list = await console.get('/console/reviews')
  expect(list.text).toContain('North')
  expect(list.text).not.toContain('Aurora, autumn')
  const [, other] = await listReviews(organization.ctx, { limit: 2 })
  expect((await console.get(`/console/reviews/${other?.id}`)).status).toBe(404)
})

test('a list of campaigns goes on', async () => {
  const startsAt = '2100-01-01T00:00:00Z'
  for (let at = 0; at < 51; at += 1)
    await scheduleReview(organization.ctx, { name: `Later ${at}`, fallbackId: 'sam@example.com', startsAt })
  const first = await admin.get('/console/reviews?status=scheduled')
  expect(first.text).toContain('Later 50')
  expect((await admin.get(nextOf(first.text))).text).toContain('Later 0')
})

test('ten thousand lines: a page reads what it shows, wherever it begins, and tasks go on as well', async () => {
  const { id: organizationId, ctx } = organization
  const many = 10_000
  await app.owner`insert into users (organization_id, id, user_name, user_name_key, display_name, status, status_changed_at, attributes,
      created_at, updated_at)
    select ${organizationId}, 'usr_' || lpad(n::text, 26, '0'), 'crowd' || n || '@example.com', 'crowd' || n || '@example.com',
      'Member ' || lpad(n::text, 5, '0'), 'active', now(), '{}', now(), now() from generate_series(1, ${many}::int) n`
  const content = { displayName: 'Crowd', externalId: null, attributes: {} }
  const groupId = (await createGroup(ctx, { directoryId: null, content, memberIds: [] })).id
  const roleId = (await listRoles(ctx)).find(({ key }) => key === 'editor')?.id ?? ''
  await change(ctx, { kind: 'create_mappings', mappings: [{ groupId, roleId, brandId: null }] })
  await app.owner`insert into group_members (organization_id, group_id, user_id, created_at)
    select ${organizationId}, ${groupId}, 'usr_' || lpad(n::text, 26, '0'), now() from generate_series(1, ${many}::int) n`
  await app.owner`analyze`
  const person = { reviewerRule: 'person', reviewerId: 'sam@example.com', fallbackId: 'sam@example.com' } as const
  const shortly = inOneUnitOfWork(ctx, async (own) => {
    await inTransaction(own, (tx) => tx.run(once(sql`select set_config('statement_timeout', '100', true)`)))
    return scheduleReview(own, { name: 'Too much', ...person })
  })
  await expect(shortly).rejects.toMatchObject({ code: 'invalid', reason: 'too_much', fields: [{ path: 'scope' }] })
  const { id, lines } = await scheduleReview(ctx, {
    name: 'Crowd',
    scope: { roleIds: [roleId] },
    undoHours: 0,
    ...person,
  })
  expect(lines).toBe(many)
  await app.owner`analyze access_review_lines, access_review_reviewers`

  const asked: CallContext = { ...ctx, actor: { type: 'user', id: ids['Sam'] ?? '' }, permissions: new Set() }
  for (const after of [0, 9_000]) {
    const page = { reviewId: id, filter: {}, after, limit: 51 }
    const read = [
      await linesRead(asked, (own) => listOwnLines(own, page)),
      await linesRead(ctx, (own) => listReviewLines(own, page)),
    ]
    for (const rows of read) {
      expect(rows).toBeGreaterThan(50)
      expect(rows).toBeLessThan(300)
    }
  }
  const path = `/account/reviews/${id}`
  const first = await sam.get(path)
  expect(first.text).toContain('Member 00050')
  expect((await sam.get(nextOf(first.text))).text).toContain('Member 00051')
  const last = await admin.get(`/console/reviews/${id}?after=9950`)
  expect(last.text).toContain('Member 10000')
  expect(last.text).not.toContain('rel="next"')
  // A page at once, by boxes.
  const boxes = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`line.${at + 1}`, 'on']))
  expect((await sam.post(`${path}/answers`, { do: 'remove', ...boxes })).status).toBe(303)
  await sam.post(`${path}/answers`, { do: 'remove.51' })
  const tasks = await admin.get('/console/reviews/tasks')
  expect(tasks.text).toContain('Take Member 00051 (crowd51@example.com) out of the group Crowd')
  expect((await admin.get(nextOf(tasks.text))).text).toContain('Member 00001')
  const [, task = ''] = /tasks\/(rtk_\w+)\/cancel/.exec(tasks.text) ?? []
  expect((await admin.post(`/console/reviews/tasks/${task}/cancel`)).status).toBe(303)
  expect((await admin.get('/console/reviews/tasks?status=settled')).text).toContain('Given back')
})

const nextOf = (html: string): string => /href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''

/** How many rows of the table of lines `work` has PostgreSQL read. */
const linesRead = (ctx: CallContext, work: (own: CallContext) => Promise<unknown>): Promise<number> =>
  inOneUnitOfWork(ctx, async (own) => {
    // What the connection has not reported yet of transactions before counts as well, so it is taken off.
    const before = await linesCounted(own)
    await work(own)
    return (await linesCounted(own)) - before
  })

async function linesCounted(own: CallContext): Promise<number> {
  const statement = once<{ rows: number }>(
    sql`select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'access_review_lines'`,
  )
  const [row] = await inTransaction(own, (tx) => tx.run(statement))
  return row?.rows ?? 0
}
