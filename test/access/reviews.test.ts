// Access reviews: what is frozen, who answers, what an answer does and when, what no answer means, and what is left as evidence.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { searchBrands } from '#access/grants/brands/search-brands.ts'
import { countOverview } from '#access/organizations/overview.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { cancelReview, resumeReview, suspendReview, takeOverReview } from '#access/reviews/change-review.ts'
import { closeReview, previewClosing } from '#access/reviews/close-review.ts'
import { exportEvidence, isAsSealed } from '#access/reviews/evidence.ts'
import { answerLines } from '#access/reviews/lines/answer-lines.ts'
import { countLines, listReviewLines, type ReviewLine } from '#access/reviews/lines/lines.ts'
import { listOwnLines, listOwnReviews } from '#access/reviews/lines/own-lines.ts'
import { passOnLines } from '#access/reviews/lines/pass-on-lines.ts'
import { listReviewTasks } from '#access/reviews/lines/tasks.ts'
import { restoreReview } from '#access/reviews/restore-review.ts'
import { previewReview, type ReviewInput, scheduleReview } from '#access/reviews/schedule-review.ts'
import { getReview, listReviews } from '#access/reviews/scope/reviews.ts'
import { addDomain, removeDomain } from '#connections/domains/change-domains.ts'
import { standardJobs } from '#jobs/jobs.ts'
import { createLog } from '#platform/log.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { actingAs } from '../support/ceilings.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let ctx: CallContext
let ada: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)
const system = (): CallContext => ({ ...ctx, actor: { type: 'system', id: 'worker' } })
const log = createLog('silent')
const run = () => standardJobs.review?.(system(), log)
const alarms = async (): Promise<string[]> =>
  (await client.get('alarms?status=open')).body.items.map(({ kind }: { kind: string }) => kind)
const as = (userId: string): CallContext => ({ ...ctx, actor: { type: 'user', id: userId }, permissions: new Set() })

beforeEach(async () => {
  client = await stage.createClient()
  ctx = client.ctx
  // Whoever is at example.com is from outside.
  await addDomain(ctx, { name: `${client.slug}.example`, isVerified: true })
  ada = await createPerson(client, 'ada@example.com', 'Ada')
  await giveRole(client, { userId: ada, role: 'administrator' })
})

const schedule = (input: Partial<z.input<typeof ReviewInput>> = {}) =>
  scheduleReview(ctx, { name: 'All of it', fallbackId: ada, undoHours: 0, ...input })
const linesOf = (reviewId: string) => listReviewLines(ctx, { reviewId, filter: {}, limit: 1_000 })
const lineOf = async (reviewId: string, userId: string): Promise<ReviewLine> => {
  const line = (await linesOf(reviewId)).find(({ user }) => user.id === userId)
  if (line === undefined) throw new Error('There is no line about them')
  return line
}
const roles = async (userId: string): Promise<string[]> =>
  (await client.get(`users/${userId}/access`)).body.assignments.map(({ role }: { role: { key: string } }) => role.key)
const holders = async (role: string): Promise<string[]> =>
  (await client.get(`holders?roleId=${await roleId(client, role)}`)).body.items.map(
    ({ user }: { user: { id: string } }) => user.id,
  )
const closing = async (reviewId: string) => {
  const { hash } = await previewClosing(ctx, reviewId)
  return closeReview(ctx, { reviewId, hash })
}

describe('what a campaign is about', () => {
  test('whatever is held is in it, frozen by the names of then, with where it comes from and a word of advice', async () => {
    const ben = await createPerson(client, 'ben@example.com', 'Ben')
    await giveRole(client, { userId: ben, role: 'viewer' })
    const gone = await createPerson(client, 'gone@example.com', 'Gone')
    await giveRole(client, { userId: gone, role: 'editor' })
    await deactivateUser(ctx, { userId: gone })
    const { id } = await schedule()
    await owner`update users set display_name = 'Somebody else' where id = ${ben}`
    const lines = await linesOf(id)
    expect(lines.map(({ user, role, advice }) => [user.displayName, role?.name, advice.answer, advice.reason])).toEqual(
      [
        ['Ada', 'Administrator', 'end', 'outside_without_end'],
        ['Ben', 'Viewer', 'end', 'outside_without_end'],
        ['Gone', 'Editor', 'remove', 'inactive'],
      ],
    )
    expect(lines[1]).toMatchObject({
      source: { type: 'direct', reason: 'Works here' },
      isPrivileged: false,
      isOutside: true,
    })
    expect(lines[0]?.isPrivileged).toBe(true)
    expect(await client.auditOf(id)).toEqual(['access_review.schedule', 'access_review.open'])
  })

  test('while the organization has verified no domain, nobody is known to be from outside', async () => {
    await removeDomain(ctx, `${client.slug}.example`)
    const { id } = await schedule()
    expect(await linesOf(id)).toMatchObject([{ isOutside: false, advice: { answer: 'keep', reason: 'usual' } }])
    await expect(schedule({ scope: { isOutside: true } })).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'scope.isOutside', message: expect.stringContaining('verify yours first') }],
    })
  })

  test('roles, brands, privileges, outside and directories narrow it; a preview says how far and leaves nothing', async () => {
    const brandId = (await client.post('brands', { slug: 'north', name: 'North' })).body.id
    const directory = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx })
    const scim = scimClient((path, init) => stage.request(path, init), directory)
    const dora = await scim.user('dora@example.com')
    await giveRole(client, { userId: dora, role: 'editor', brandId })
    const viewer = await roleId(client, 'viewer')
    await giveRole(client, { userId: await createPerson(client, 'ben@example.com', 'Ben'), role: 'viewer' })
    // Of the only administrator's own line there is nobody to ask.
    const found = async (scope: z.input<typeof ReviewInput>['scope']) => {
      const { lines, people, privileged, unreviewable } = await previewReview(ctx, {
        name: 'x',
        fallbackId: ada,
        scope,
      })
      return [lines, people, privileged, unreviewable]
    }
    expect(await found({})).toEqual([3, 3, 1, 1])
    expect(await found({ roleIds: [viewer] })).toEqual([1, 1, 0, 0])
    expect(await found({ brandIds: [brandId] })).toEqual([1, 1, 0, 0])
    expect(await found({ isPrivileged: true })).toEqual([1, 1, 1, 1])
    expect(await found({ isOutside: true })).toEqual([2, 2, 1, 1])
    expect(await found({ directoryId: directory.directoryId })).toEqual([1, 1, 0, 0])
    expect(await listReviews(ctx, { limit: 10 })).toEqual([])
    await expect(found({ brandIds: ['brd_none'] })).rejects.toMatchObject({ code: 'invalid' })
    await expect(previewReview(ctx, { name: 'x', fallbackId: 'usr_none' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(schedule({ noAnswer: 'end' })).rejects.toMatchObject({ fields: [{ path: 'endDays' }] })
  })

  test('advice goes by others who stand alike, by a sponsor who left, and by how long somebody has not been here', async () => {
    const people = await Promise.all(
      Array.from({ length: 12 }, (_, at) => createPerson(client, `p${at}@example.com`, `P${at}`)),
    )
    const brandId = (await client.post('brands', { slug: 'north', name: 'North' })).body.id
    for (const userId of people)
      await giveRole(client, { userId, role: 'viewer', brandId, expiresAt: '2100-01-01T00:00:00Z' })
    const [odd = '', left = '', idle = ''] = people
    await giveRole(client, { userId: odd, role: 'editor', brandId, expiresAt: '2100-01-01T00:00:00Z' })
    await owner`update assignments set sponsor = 'x', sponsor_left_at = now() where user_id = ${left}`
    await owner`update users set last_active_at = now() - interval '91 days' where id = ${idle}`
    const { id } = await schedule({ scope: { brandIds: [brandId] } })
    const lines = await linesOf(id)
    const advice = (userId: string, role = 'Viewer') =>
      lines.find((line) => line.user.id === userId && line.role?.name === role)?.advice.reason
    expect([advice(odd, 'Editor'), advice(odd), advice(left), advice(idle)]).toEqual([
      ...['unlike_peers', 'usual', 'sponsor_left', 'unused'],
    ])
    expect(lines.find(({ role }) => role?.name === 'Editor')?.peers).toEqual({ by: 'brand', count: 11, holding: 0 })
    expect(lines.find(({ user }) => user.id === idle)?.peers).toEqual({ by: 'brand', count: 11, holding: 11 })
  })
})

describe('who answers', () => {
  test('managers of the brand, nobody about themselves, else the fallback, else who administers', async () => {
    const brandId = (await client.post('brands', { slug: 'north', name: 'North' })).body.id
    const mia = await createPerson(client, 'mia@example.com', 'Mia')
    const tom = await createPerson(client, 'tom@example.com', 'Tom')
    await giveRole(client, { userId: mia, role: 'administrator', brandId })
    await giveRole(client, { userId: tom, role: 'viewer', brandId })
    const eve = await createPerson(client, 'eve@example.com', 'Eve')
    await giveRole(client, { userId: eve, role: 'viewer' })
    const { id } = await schedule({ fallbackId: eve })
    const asked = async (userId: string) => (await lineOf(id, userId)).reviewers.map(({ name }) => name)
    expect(await asked(tom)).toEqual(['Mia'])
    expect(await asked(mia)).toEqual(['Eve'])
    expect(await asked(ada)).toEqual(['Eve'])
    expect(await asked(eve)).toEqual(['Ada'])
    expect((await listOwnReviews(as(eve))).map(({ lines, unanswered }) => [lines, unanswered])).toEqual([[2, 2]])
    // Whoever leaves is replaced, line by line.
    await deactivateUser(ctx, { userId: mia })
    await run()
    expect(await asked(tom)).toEqual(expect.arrayContaining(['Eve']))
    expect(await lineOf(id, tom)).toMatchObject({ isFallback: true })
    await deactivateUser(ctx, { userId: eve })
    await run()
    expect(await asked(tom)).toEqual(expect.arrayContaining(['Ada']))
    expect(await client.auditOf(id)).toContain('access_review.replace_reviewers')
  })

  test('the sponsor, the owner of the role, or one person', async () => {
    const sam = await createPerson(client, 'sam@example.com', 'Sam')
    const ben = await createPerson(client, 'ben@example.com', 'Ben')
    await giveRole(client, { userId: ben, role: 'viewer' })
    await owner`update assignments set sponsor = ' Sam@Example.com' where user_id = ${ben}`
    await owner`update roles set owner = 'sam@example.com' where organization_id = ${client.organizationId} and key = 'viewer'`
    for (const rule of ['sponsor', 'role_owner', 'person'] as const) {
      const { id } = await schedule({ reviewerRule: rule, reviewerId: rule === 'person' ? sam : null })
      expect((await lineOf(id, ben)).reviewers, rule).toEqual([{ id: sam, name: 'Sam' }])
    }
  })

  test('somebody who is asked needs no permission, and answers what they are asked alone', async () => {
    const sam = await createPerson(client, 'sam@example.com', 'Sam')
    const ben = await createPerson(client, 'ben@example.com', 'Ben')
    await giveRole(client, { userId: ben, role: 'viewer' })
    await giveRole(client, { userId: sam, role: 'viewer' })
    const { id } = await schedule({ reviewerRule: 'person', reviewerId: sam, undoHours: 24 })
    const own = await listOwnLines(as(sam), { reviewId: id, filter: {}, limit: 50 })
    expect(own.map(({ user }) => user.displayName)).toEqual(['Ada', 'Ben'])
    const [line, mine] = [(await lineOf(id, ben)).position, (await lineOf(id, sam)).position]
    const answer = { reviewId: id, answer: 'keep' } as const
    await expect(answerLines(as(sam), { ...answer, lines: [mine] })).rejects.toMatchObject({ code: 'not_found' })
    await expect(answerLines(as(ben), { ...answer, lines: [line] })).rejects.toMatchObject({ code: 'not_found' })
    await expect(listReviewLines(as(sam), { reviewId: id, filter: {}, limit: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await answerLines(as(sam), { ...answer, lines: [line], comment: 'Needs it' })
    expect((await lineOf(id, ben)).answer).toMatchObject({
      answer: 'keep',
      comment: 'Needs it',
      by: { id: sam, name: 'Sam' },
    })
    await answerLines(as(sam), { reviewId: id, lines: [line], answer: 'withdraw' })
    expect((await lineOf(id, ben)).answer).toBeNull()
    // An administrator may answer for others, and not for themselves.
    const admin = { ...as(ada), permissions: 'all' } as const
    await answerLines(admin, { ...answer, lines: [line] })
    const about = (await lineOf(id, ada)).position
    await expect(answerLines(admin, { ...answer, lines: [about] })).rejects.toMatchObject({ reason: 'yourself' })
    await expect(answerLines(ctx, { ...answer, lines: [line, about] })).rejects.toMatchObject({ reason: 'privileged' })
  })

  test('a line is passed on for a reason, never to the one whom it is about, and the other is told', async () => {
    const sam = await createPerson(client, 'sam@example.com', 'Sam')
    const ben = await createPerson(client, 'ben@example.com', 'Ben')
    await giveRole(client, { userId: ben, role: 'viewer' })
    const { id } = await schedule()
    const { position } = await lineOf(id, ben)
    const pass = (to: string, by = as(ada)) =>
      passOnLines(by, { reviewId: id, lines: [position], to, reason: 'Knows Ben' })
    await expect(pass('ben@example.com')).rejects.toMatchObject({ code: 'invalid' })
    await expect(pass('nobody@example.com')).rejects.toMatchObject({ fields: [{ path: 'to' }] })
    await pass('Sam@example.com')
    expect(await lineOf(id, ben)).toMatchObject({
      reviewers: [{ id: sam }],
      passedOn: [{ from: ada, to: sam, reason: 'Knows Ben' }],
    })
    await expect(pass('sam@example.com')).rejects.toMatchObject({ code: 'not_found' })
    const [mail] =
      await owner`select recipient, subject from mails where organization_id = ${client.organizationId} and kind = 'review'`
    expect(mail).toMatchObject({
      recipient: 'sam@example.com',
      subject: 'All of it: a reviewer has passed 1 line on to you',
    })
    expect(await client.auditOf(id)).toContain('access_review.pass_on')
  })
})

describe('what an answer does', () => {
  test('nothing before the time to undo is over; then it removes, or sets an end', async () => {
    const [ben, cy] = [
      await createPerson(client, 'ben@example.com', 'Ben'),
      await createPerson(client, 'cy@example.com', 'Cy'),
    ]
    for (const userId of [ben, cy]) await giveRole(client, { userId, role: 'viewer' })
    const { id } = await schedule({ undoHours: 24 })
    const [one, two] = [(await lineOf(id, ben)).position, (await lineOf(id, cy)).position]
    await answerLines(ctx, { reviewId: id, lines: [one], answer: 'remove' })
    await answerLines(ctx, { reviewId: id, lines: [two], answer: 'end', endAt: '2100-01-01T00:00:00Z' })
    await run()
    expect(await roles(ben)).toEqual(['viewer'])
    expect(await listReviewLines(ctx, { reviewId: id, filter: { state: 'pending' }, limit: 9 })).toHaveLength(2)
    await owner`update access_review_lines set effective_at = now() where review_id = ${id}  and effective_at is not null`
    const [due] =
      await owner`select count(*)::int as due from due_work('upkeep') where organization_id = ${client.organizationId} and kind = 'review'`
    expect(due?.['due']).toBe(1)
    await run()
    expect(await roles(ben)).toEqual([])
    expect(await lineOf(id, ben)).toMatchObject({ outcome: 'removed' })
    expect(await lineOf(id, cy)).toMatchObject({ outcome: 'ended' })
    const [assignment] = (await client.get(`assignments?userId=${cy}`)).body.items
    expect(assignment.expiresAt).toBe('2100-01-01T00:00:00.000Z')
    await expect(answerLines(ctx, { reviewId: id, lines: [one], answer: 'keep' })).rejects.toMatchObject({
      reason: 'in_effect',
    })
    // What it took is given back, as it was.
    expect(await restoreReview(ctx, { reviewId: id })).toEqual({ restored: 2, failed: 0, left: 0 })
    expect(await roles(ben)).toEqual(['viewer'])
    expect((await client.get(`assignments?userId=${cy}`)).body.items[0].expiresAt).toBeNull()
    await expect(restoreReview(ctx, { reviewId: id })).rejects.toMatchObject({ reason: 'nothing_taken' })
  })

  test('a role of a group is held back, everywhere, until the provider has followed', async () => {
    const directory = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx })
    const scim = scimClient((path, init) => stage.request(path, init), directory)
    const [dora, finn] = [
      await scim.user('dora@example.com', { displayName: 'Dora' }),
      await scim.user('finn@example.com'),
    ]
    const team = await scim.group('Writers', [dora, finn])
    const brandId = (await client.post('brands', { slug: 'north', name: 'North' })).body.id
    const editor = await roleId(client, 'editor')
    for (const brand of [null, brandId])
      expect((await client.confirm('POST', 'mappings', { groupId: team, roleId: editor, brandId: brand })).status).toBe(
        201,
      )
    const { id } = await schedule({ scope: { roleIds: [editor] } })
    const lines = (await linesOf(id)).filter(({ user }) => user.id === dora)
    expect(lines[0]?.source).toEqual({
      ...{ type: 'mapping', mappingId: expect.any(String), filter: null },
      groups: [{ id: team, name: 'Writers', provider: 'Directory' }],
    })
    await answerLines(ctx, { reviewId: id, lines: lines.map(({ position }) => position), answer: 'remove' })
    expect(await roles(dora)).toEqual([])
    expect(await roles(finn)).toEqual(['editor', 'editor'])
    const inBrand = async (userId: string) =>
      (await client.get(`users?brandId=${brandId}&limit=200`)).body.items.some(
        (user: { id: string }) => user.id === userId,
      )
    const gus = await createPerson(client, 'gus@example.com', 'Gus')
    await giveRole(client, { userId: gus, role: 'viewer' })
    const everywhere = async () => {
      const { items } = (await client.get('users?sort=role&direction=desc&limit=9')).body
      const ranking = items.map((user: { id: string }) => user.id)
      return [
        (await holders('editor')).includes(dora),
        await inBrand(dora),
        (await client.get(`users/${dora}/explain?permission=content.edit&brand=north`)).body.allowed,
        (await client.get(`users?roleId=${editor}&limit=200`)).body.items.some(
          (user: { id: string }) => user.id === dora,
        ),
        // The list of people sorts by what each holds.
        ranking.indexOf(dora) < ranking.indexOf(gus),
        (await searchBrands(ctx)).items.find((brand) => brand.id === brandId)?.people === 2,
      ]
    }
    expect(await everywhere()).toEqual([false, false, false, false, false, false])
    const tasks = await listReviewTasks(ctx, { isOpen: true, limit: 10 })
    expect(tasks).toMatchObject([
      { user: { displayName: 'Dora' }, groups: [{ name: 'Writers', provider: 'Directory' }], status: 'open' },
      { user: { displayName: 'Dora' }, status: 'open' },
    ])
    expect((await countOverview(ctx)).reviewTasks).toBe(2)
    // Nor does a preview count them among those who would lose it.
    const [mapping] = (await client.get('mappings')).body.items
    expect((await client.delete(`mappings/${mapping.id}`)).body.preview.losing).toBe(1)
    expect(await alarms()).toEqual(['review_tasks'])
    // Given back by hand, it is held at once; taken again, the provider's own change ends the task.
    await restoreReview(ctx, { reviewId: id, lines: [lines[0]?.position ?? 0] })
    expect(await roles(dora)).toEqual(['editor'])
    await scim.patch(`/Groups/${team}`, { op: 'remove', path: `members[value eq "${dora}"]` })
    await run()
    expect((await listReviewTasks(ctx, { limit: 10 })).map(({ status }) => status).toSorted()).toEqual([
      'cancelled',
      'done',
    ])
    expect(await alarms()).toEqual([])
    await scim.patch(`/Groups/${team}`, { op: 'add', path: 'members', value: [{ value: dora }] })
    expect(await roles(dora)).toEqual(['editor', 'editor'])
    expect(await everywhere()).toEqual([true, true, true, true, true, true])
    expect(await restoreReview(ctx, { reviewId: id })).toMatchObject({ restored: 1, failed: 1 })
  })

  test('a role of a group with an end date is kept until then', async () => {
    const directory = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx })
    const scim = scimClient((path, init) => stage.request(path, init), directory)
    const dora = await scim.user('dora@example.com')
    const team = await scim.group('Writers', [dora])
    const editor = await roleId(client, 'editor')
    await client.confirm('POST', 'mappings', { groupId: team, roleId: editor })
    const { id } = await schedule({ scope: { roleIds: [editor] } })
    const { position } = await lineOf(id, dora)
    await answerLines(ctx, { reviewId: id, lines: [position], answer: 'end', endAt: '2100-01-01T00:00:00Z' })
    expect(await lineOf(id, dora)).toMatchObject({ outcome: 'task', task: { status: 'waiting' } })
    await run()
    expect(await roles(dora)).toEqual(['editor'])
    await owner`update review_tasks set starts_at = now() where review_id = ${id}`
    await run()
    expect(await roles(dora)).toEqual([])
    expect(await listReviewTasks(ctx, { limit: 9 })).toMatchObject([{ status: 'open' }])
    expect(await alarms()).toEqual(['review_tasks'])
    // Given back, there is nothing left that administrators are called for.
    await restoreReview(ctx, { reviewId: id })
    expect([await alarms(), await roles(dora)]).toEqual([[], ['editor']])
  })

  test('the last administrator stays, and so does whoever goes beyond the rights of the one whose campaign it is', async () => {
    const brandId = (await client.post('brands', { slug: 'north', name: 'North' })).body.id
    const mia = await createPerson(client, 'mia@example.com', 'Mia')
    const ann = await createPerson(client, 'ann@example.com', 'Ann')
    await client.post('roles', {
      key: 'lead',
      name: 'Lead',
      purpose: 'Leads',
      allows: ['roles.assign', 'content.view'],
    })
    await giveRole(client, { userId: mia, role: 'lead', brandId })
    await giveRole(client, { userId: ann, role: 'administrator', brandId })
    const limited = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, mia)
    await expect(scheduleReview(limited, { name: 'x', fallbackId: ada })).rejects.toMatchObject({ code: 'forbidden' })
    const own = await scheduleReview(limited, {
      name: 'North',
      fallbackId: ada,
      scope: { brandIds: [brandId] },
      undoHours: 0,
    })
    await answerLines(ctx, { reviewId: own.id, lines: [(await lineOf(own.id, ann)).position], answer: 'remove' })
    expect(await lineOf(own.id, ann)).toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/do not hold yourself|beyond/),
    })
    const all = await schedule({ noAnswer: 'remove', scope: { isPrivileged: true } })
    await closing(all.id)
    expect(await lineOf(all.id, ada)).toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/administrator/),
    })
    expect(await roles(ada)).toEqual(['administrator'])
    expect(await getReview(ctx, all.id)).toMatchObject({ status: 'closed' })
    expect((await client.get(`audit-events?targetId=${all.id}`)).body.items[0].detail).toMatchObject({ refused: 1 })
  })
})

describe('what no answer means, and what is left', () => {
  test('closing is previewed, answers by default, and seals the evidence in the audit trail (000-35, 002-11)', async () => {
    const [ben, cy] = [
      await createPerson(client, 'ben@example.com', '=Ben'),
      await createPerson(client, 'cy@example.com', 'Cy'),
    ]
    for (const userId of [ben, cy]) await giveRole(client, { userId, role: 'viewer' })
    const { id } = await schedule({
      noAnswer: 'end',
      endDays: 30,
      scope: { roleIds: [await roleId(client, 'viewer')] },
    })
    await answerLines(ctx, {
      reviewId: id,
      lines: [(await lineOf(id, ben)).position],
      answer: 'keep',
      comment: 'Still "here"',
    })
    const preview = await previewClosing(ctx, id)
    expect(preview).toMatchObject({ unanswered: 1, endedByDefault: 1, keptByDefault: 0, assignmentsEnded: 1, tasks: 0 })
    await expect(closeReview(ctx, { reviewId: id, hash: 'another' })).rejects.toMatchObject({ reason: 'stale_preview' })
    const closed = await closeReview(ctx, { reviewId: id, hash: preview.hash })
    expect(closed).toMatchObject({ status: 'closed', unanswered: 0 })
    // An answer that nobody gave counts as none of the reviewers'.
    expect(await countLines(ctx, id)).toMatchObject({ keep: 1, end: 1, unanswered: 0, byNobody: 1 })
    expect(await lineOf(id, cy)).toMatchObject({ outcome: 'ended', answer: { answer: 'end', by: { type: 'system' } } })
    const ends = Date.parse((await client.get(`assignments?userId=${cy}`)).body.items[0].expiresAt)
    expect(Math.round((ends - Date.now()) / 86_400_000)).toBe(30)
    const read = async (format: 'csv' | 'json') => {
      let text = ''
      for await (const part of await exportEvidence(ctx, { reviewId: id, format })) text += part
      return text
    }
    const [csv, json] = [await read('csv'), await read('json')]
    const sha = (text: string) => createHash('sha256').update(text).digest('hex')
    const [event] = (await client.get(`audit-events?targetId=${id}`)).body.items
    expect(event).toMatchObject({
      action: 'access_review.close',
      detail: { csvSha256: sha(csv), jsonSha256: sha(json), kept: 1, ended: 1 },
    })
    expect(csv.split('\r\n')[1]).toMatch(/^\d,usr_\w+,ben@example\.com,'=Ben,active,Viewer,,directly: Works here,/)
    expect(JSON.parse(json)).toMatchObject({
      review: { id, status: 'closed' },
      lines: [{ outcome: 'kept' }, { outcome: 'ended' }],
    })
    // Giving back is told by the trail; the evidence stays as it was, until somebody in it is erased.
    await restoreReview(ctx, { reviewId: id })
    expect(await isAsSealed(ctx, await getReview(ctx, id))).toBe(true)
    await deactivateUser(ctx, { userId: cy })
    await owner`update users set status_changed_at = now() - interval '1 year' where id = ${cy}`
    expect((await client.post(`users/${cy}/erase`, { confirm: 'cy@example.com' })).status).toBe(204)
    expect(await isAsSealed(ctx, await getReview(ctx, id))).toBe(false)
    expect(await read('csv')).not.toContain('cy@example.com')
  })

  test('it closes by itself after the days of grace; suspended or cancelled, nothing happens by itself', async () => {
    const ben = await createPerson(client, 'ben@example.com', 'Ben')
    await giveRole(client, { userId: ben, role: 'viewer' })
    const { id } = await schedule({ noAnswer: 'remove', scope: { roleIds: [await roleId(client, 'viewer')] } })
    await suspendReview(ctx, id)
    await owner`update access_reviews set closes_at = now() - interval '1 hour', due_at = now() - interval '2 days',
      suspended_at = now() - interval '3 days' where id = ${id}`
    await run()
    const answer = { reviewId: id, lines: [1], answer: 'keep' as const }
    await expect(answerLines(ctx, answer)).rejects.toMatchObject({ reason: 'suspended' })
    const resumed = await resumeReview(ctx, id)
    expect(Date.parse(resumed.closesAt ?? '') - Date.now()).toBeGreaterThan(2.9 * 86_400_000)
    await run()
    expect(await roles(ben)).toEqual(['viewer'])
    await owner`update access_reviews set closes_at = now() where id = ${id}`
    await run()
    expect(await roles(ben)).toEqual([])
    expect(await getReview(ctx, id)).toMatchObject({ status: 'closed' })
    await expect(suspendReview(ctx, id)).rejects.toMatchObject({ reason: 'not_open' })
    await restoreReview(ctx, { reviewId: id })
    const other = await schedule({ noAnswer: 'remove', undoHours: 24 })
    await answerLines(ctx, { reviewId: other.id, lines: [(await lineOf(other.id, ben)).position], answer: 'remove' })
    await cancelReview(ctx, other.id)
    await owner`update access_review_lines set effective_at = now() where review_id = ${other.id} and effective_at is not null`
    await owner`update access_reviews set closes_at = now() where id = ${other.id}`
    await run()
    expect(await roles(ben)).toEqual(['viewer'])
    expect(await client.auditOf(other.id)).toEqual(expect.arrayContaining(['access_review.cancel']))
  })

  test('while it closes, an answer that takes something away can still become keep', async () => {
    const ben = await createPerson(client, 'ben@example.com', 'Ben')
    await giveRole(client, { userId: ben, role: 'viewer' })
    const { id } = await schedule({
      noAnswer: 'remove',
      undoHours: 24,
      scope: { roleIds: [await roleId(client, 'viewer')] },
    })
    expect(await closing(id)).toMatchObject({ status: 'closing' })
    await expect(answerLines(ctx, { reviewId: id, lines: [1], answer: 'withdraw' })).rejects.toMatchObject({
      reason: 'not_open',
    })
    await answerLines(ctx, { reviewId: id, lines: [1], answer: 'keep' })
    await run()
    expect(await getReview(ctx, id)).toMatchObject({ status: 'closed' })
    expect(await lineOf(id, ben)).toMatchObject({ outcome: 'kept' })
  })

  test('reviewers are told at the opening, a week and a day before, and when it is overdue, once each', async () => {
    await giveRole(client, { userId: await createPerson(client, 'ben@example.com', 'Ben'), role: 'viewer' })
    const { id } = await schedule({ graceDays: 30 })
    const subjects = async () => {
      await run()
      await run()
      return (await owner`select subject from mails where target_id = ${id} order by id`).map(({ subject }) =>
        String(subject),
      )
    }
    expect(await subjects()).toEqual([
      expect.stringMatching(/^All of it: please review who has access at organization-\d+, by /),
    ])
    await owner`update access_reviews set due_at = now() + interval '6 days' where id = ${id}`
    expect((await subjects()).at(-1)).toMatch(/1 line waits for your answer by \d/)
    await owner`update access_reviews set due_at = now() + interval '6 hours' where id = ${id}`
    expect((await subjects()).at(-1)).toBe('All of it: 1 line waits for your answer by tomorrow')
    await owner`update access_reviews set due_at = now() where id = ${id}`
    expect((await subjects()).at(-1)).toBe('All of it: your answers are overdue')
    expect((await countOverview(ctx)).overdueCampaigns).toBe(1)
    expect(await subjects()).toHaveLength(4)
    expect((await client.auditOf(id)).filter((action) => action === 'access_review.remind')).toHaveLength(4)
  })

  test('one that repeats opens at its time, and schedules the next (000-35)', async () => {
    const at = new Date(Date.now() + 86_400_000).toISOString()
    const { id, status } = await schedule({ startsAt: at, recurrence: 'quarterly' })
    expect(status).toBe('scheduled')
    await run()
    expect(await getReview(ctx, id)).toMatchObject({ status: 'scheduled', lines: 0 })
    await owner`update access_reviews set starts_at = now() where id = ${id}`
    await run()
    const [next, first] = await listReviews(ctx, { limit: 10 })
    expect(first).toMatchObject({ id, status: 'open', lines: 1 })
    expect(next).toMatchObject({ status: 'scheduled', followsId: id, recurrence: 'quarterly', lines: 0 })
    const days = (Date.parse(next?.startsAt ?? '') - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(88)
    expect(days).toBeLessThan(93)
  })

  test('whose campaign it is has gone: nothing takes effect until somebody takes it over', async () => {
    const bea = await createPerson(client, 'bea@example.com', 'Bea')
    await giveRole(client, { userId: bea, role: 'administrator' })
    const ben = await createPerson(client, 'ben@example.com', 'Ben')
    await giveRole(client, { userId: ben, role: 'viewer' })
    const hers = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, bea)
    const { id } = await scheduleReview(hers, { name: 'Hers', fallbackId: ada, undoHours: 0 })
    await deactivateUser(ctx, { userId: bea })
    await answerLines(as(ada), { reviewId: id, lines: [(await lineOf(id, ben)).position], answer: 'remove' })
    await run()
    expect(await roles(ben)).toEqual(['viewer'])
    expect(await alarms()).toEqual(['review_stalled'])
    await takeOverReview(ctx, id)
    await run()
    expect(await roles(ben)).toEqual([])
    expect(await alarms()).toEqual([])
  })

  test('accounts that nobody uses are found, and switched off (003-13)', async () => {
    const [idle, back] = [
      await createPerson(client, 'idle@example.com', 'Idle'),
      await createPerson(client, 'back@example.com', 'Back'),
    ]
    await createPerson(client, 'new@example.com', 'New')
    await owner`update users set created_at = now() - interval '1 year' where organization_id = ${client.organizationId}
      and user_name like any (array['idle@%', 'back@%', 'ada@%'])`
    await owner`update users set last_active_at = now() where id = ${ada}`
    const { id } = await schedule({ scope: { inactiveDays: 90 }, noAnswer: 'remove' })
    const lines = await linesOf(id)
    // They hold nothing, and are in it all the same.
    expect(lines.map(({ user, role, source, advice }) => [user.displayName, role, source, advice.reason])).toEqual([
      ['Back', null, { type: 'account', roles: 0 }, 'unused'],
      ['Idle', null, { type: 'account', roles: 0 }, 'unused'],
    ])
    await owner`update users set last_active_at = now() where id = ${back}`
    await closing(id)
    expect(await lineOf(id, idle)).toMatchObject({ outcome: 'removed' })
    expect(await lineOf(id, back)).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('active since'),
    })
    expect((await client.get(`users/${idle}`)).body).toMatchObject({ status: 'inactive', statusReason: 'inactivity' })
    await restoreReview(ctx, { reviewId: id })
    expect((await client.get(`users/${idle}`)).body).toMatchObject({ status: 'active' })
    await expect(schedule({ scope: { inactiveDays: 90 }, noAnswer: 'end', endDays: 3 })).rejects.toMatchObject({
      code: 'invalid',
    })
  })

  test('another organization finds nothing of it', async () => {
    const { id } = await schedule()
    const stranger = (await stage.createClient()).ctx
    for (const attempt of [
      () => getReview(stranger, id),
      () => answerLines(stranger, { reviewId: id, lines: [1], answer: 'keep' }),
      () => cancelReview(stranger, id),
      () => restoreReview(stranger, { reviewId: id }),
      () => countLines(stranger, id),
      () => previewClosing(stranger, id),
      () => exportEvidence(stranger, { reviewId: id, format: 'csv' }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('what a team gives', () => {
  let ann: string
  let ben: string
  let teamId: string
  let groupId: string
  beforeEach(async () => {
    ann = await createPerson(client, 'ann@example.com', 'Ann')
    ben = await createPerson(client, 'ben@example.com', 'Ben')
    teamId = (await client.post('teams', { name: 'Press' })).body.id
    groupId = (await client.post('groups', { displayName: 'Writers' })).body.id
    await client.post(`groups/${groupId}/members`, { userIds: [ben] })
    await client.confirm('POST', `teams/${teamId}/roles`, {
      roleId: await roleId(client, 'editor'),
      reason: 'They write',
    })
    await client.confirm('POST', `teams/${teamId}/members`, { userIds: [ann] })
    await client.confirm('POST', `teams/${teamId}/sources`, { groupId })
  })
  const answer = async (reviewId: string, userId: string, wanted: 'keep' | 'remove' | 'end') => {
    const { position } = await lineOf(reviewId, userId)
    const endAt = wanted === 'end' ? new Date(Date.now() + 86_400_000).toISOString() : null
    return answerLines(as(ada), { reviewId, lines: [position], answer: wanted, endAt })
  }

  test('has a line for each of its people; removed, they are out of the team whatever fills it, and come back as they were', async () => {
    const { id } = await schedule({ reviewerRule: 'person', reviewerId: ada } as never)
    expect((await lineOf(id, ben)).source).toMatchObject({
      type: 'team',
      team: { name: 'Press' },
      reason: 'They write',
    })
    await expect(answer(id, ann, 'end')).rejects.toMatchObject({ code: 'invalid' })
    await answer(id, ann, 'remove')
    await answer(id, ben, 'remove')
    await run()
    expect([await roles(ann), await roles(ben)]).toEqual([[], []])
    expect((await lineOf(id, ben)).outcome).toBe('removed')
    const left = (await client.get(`teams/${teamId}/left-out`)).body.items
    expect(left).toMatchObject([{ user: { id: ben }, reason: 'Taken out by an access review' }])
    // Whatever the group does meanwhile.
    await client.confirm('DELETE', `groups/${groupId}/members/${ben}`)
    await client.post(`groups/${groupId}/members`, { userIds: [ben] })
    expect(await roles(ben)).toEqual([])
    expect(await restoreReview(ctx, { reviewId: id })).toMatchObject({ restored: 2, failed: 0 })
    expect([await roles(ann), await roles(ben)]).toEqual([['editor'], ['editor']])
    expect((await client.get(`teams/${teamId}/left-out`)).body.items).toEqual([])
  })

  test('is removed where nobody answers and no answer means an end', async () => {
    const { id } = await schedule({ noAnswer: 'end', endDays: 7 })
    expect(await previewClosing(ctx, id)).toMatchObject({ teamsLeft: 2 })
    await closing(id)
    await run()
    expect([await roles(ann), await roles(ben)]).toEqual([[], []])
  })
})
