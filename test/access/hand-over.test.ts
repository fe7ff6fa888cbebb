// What people leave behind: what hangs on them, to whom it goes, what cannot go there, and the way back.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { beginChecklist } from '#access/checklists/begin-checklists.ts'
import { createChecklistTemplate } from '#access/checklists/templates.ts'
import { handOver } from '#access/people/hand-over/hand-over.ts'
import { getLeftBehind, listLeftBehind } from '#access/people/hand-over/left-behind.ts'
import { takeBack } from '#access/people/hand-over/take-back.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { answerLines } from '#access/reviews/lines/answer-lines.ts'
import { listReviewLines } from '#access/reviews/lines/lines.ts'
import { passOnLines } from '#access/reviews/lines/pass-on-lines.ts'
import { scheduleReview } from '#access/reviews/schedule-review.ts'
import { endUnsponsored } from '#access/upkeep/sponsors.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, change, roleId, startStage } from '../support/access.ts'
import { actingAs } from '../support/ceilings.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let ctx: CallContext
let lena: string
let noor: string
let brandId: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)

beforeEach(async () => {
  client = await stage.createClient()
  ctx = client.ctx
  lena = await createPerson(client, 'lena@example.com', 'Lena')
  noor = await createPerson(client, 'noor@example.com', 'Noor')
  brandId = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
})

const campaign = (id: string, more: Record<string, unknown> = {}) => ({
  ...{ type: 'campaign', id, name: `Campaign ${id}`, user: 'lena@example.com' },
  ...more,
})
const put = (...ownerships: unknown[]) => client.send('PUT', 'ownerships', { ownerships })
const kindsOf = async (userId: string): Promise<Record<string, number>> => {
  const { work } = await getLeftBehind(ctx, userId)
  return Object.fromEntries(
    [...new Set(work.map(({ kind }) => kind))].map((kind) => [kind, work.filter((each) => each.kind === kind).length]),
  )
}
const sponsorOf = async (id: string): Promise<unknown> =>
  (await owner`select sponsor from assignments where id = ${id}`)[0]?.['sponsor']

/** One of everything. */
async function furnish() {
  await put(campaign('1', { url: 'https://app.example.com/campaigns/1', brandId }), campaign('2', { kind: 'approver' }))
  const free = await createPerson(client, 'free@example.com', 'Free')
  const editor = await roleId(client, 'editor')
  const assignmentId = (
    await client.post('assignments', {
      userId: free,
      roleId: editor,
      brandId,
      reason: 'Helps',
      sponsor: 'lena@example.com',
    })
  ).body.id
  const [team] = await change(ctx, { kind: 'create_team', name: 'Desk', leaderId: lena })
  const review = await scheduleReview(ctx, { name: 'All of it', fallbackId: lena })
  const { id: templateId } = await createChecklistTemplate(ctx, {
    ...{ name: 'Leaving', kind: 'leaving', brandId: null },
    tasks: [{ title: 'Collect the laptop', ownerId: lena, dueDays: 7 }],
  })
  const list = await beginChecklist(ctx, { userId: free, templateId })
  return { free, assignmentId, teamId: team?.id ?? '', reviewId: review.id, checklistId: list.id }
}

describe('what host applications say that people own', () => {
  test('000-31: is registered, repeated without harm, given to another owner, listed and withdrawn', async () => {
    expect((await put(campaign('1'), campaign('2', { kind: 'approver', user: noor }))).body).toEqual({ changed: 2 })
    expect((await put(campaign('1'))).body).toEqual({ changed: 0 })
    await put(campaign('1', { user: noor }), campaign('2', { kind: 'approver' }))
    const { items } = (await client.get('ownerships?type=campaign')).body
    expect(
      items
        .map((each: { id: string; kind: string; user: { userName: string } }) => [
          each.id,
          each.kind,
          each.user.userName,
        ])
        .sort(),
    ).toEqual([
      ['1', 'owner', 'noor@example.com'],
      ['2', 'approver', 'lena@example.com'],
      ['2', 'approver', 'noor@example.com'],
    ])
    const first = (await client.get('ownerships?limit=1')).body
    const rest = (await client.get(`ownerships?limit=2&cursor=${first.nextCursor}`)).body
    expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([1, 2, null])
    expect((await client.delete(`ownerships/campaign/2?userId=${noor}`)).status).toBe(204)
    expect((await client.get('ownerships')).body.items).toHaveLength(2)
    expect((await client.delete('ownerships/campaign/9')).status).toBe(404)
    const actions = (await client.get('audit-events?limit=200')).body.items.map(
      ({ action }: { action: string }) => action,
    )
    expect(actions.filter((action: string) => action.startsWith('ownership.'))).toEqual([
      ...['ownership.delete', 'ownership.put', 'ownership.put'],
    ])
  })

  test.each([
    [{ url: 'javascript:alert(1)' }, 400],
    [{ url: 'http://app.example.com' }, 400],
    [{ name: 'a\u0000b' }, 400],
    [{ type: 'Campaign' }, 400],
    [{ user: 'nobody@example.com' }, 404],
    [{ brandId: 'brd_nowhere' }, 404],
  ])('refuses %j', async (more, status) => {
    expect((await put(campaign('1', more))).status).toBe(status)
  })

  test('is for who may write assets, and another organization’s people are not there', async () => {
    const other = await stage.createClient()
    const foreign = await other.send('PUT', 'ownerships', { ownerships: [campaign('1', { user: lena })] })
    expect(foreign.status).toBe(404)
    await put(campaign('1'))
    expect((await other.delete('ownerships/campaign/1')).status).toBe(404)
    expect((await other.get('ownerships')).body.items).toEqual([])
  })
})

describe('a deactivation with a successor', () => {
  test('000-31: its preview lists what they leave, and in the same step all of it is the successor’s', async () => {
    const { assignmentId, teamId, reviewId, checklistId } = await furnish()
    const preview = (await client.get(`users/${lena}/deactivation-preview`)).body
    expect(preview.leaves.map(({ kind, name }: { kind: string; name: string }) => [kind, name])).toEqual([
      ['ownership', 'Campaign 1'],
      ['ownership', 'Campaign 2'],
      ['review', 'All of it'],
      ['review_line', 'All of it'],
      ['sponsored', 'Free'],
      ['task', 'Collect the laptop'],
      ['team', 'Desk'],
    ])
    const done = await client.confirm('POST', `users/${lena}/deactivate`, { handOver: { to: 'noor@example.com' } })
    expect(done.body.status).toBe('inactive')
    expect(await kindsOf(lena)).toEqual({})
    expect(await kindsOf(noor)).toEqual({ ownership: 2, review: 1, review_line: 1, sponsored: 1, task: 1, team: 1 })
    expect(await sponsorOf(assignmentId)).toBe('noor@example.com')
    expect((await client.get(`teams/${teamId}`)).body.leader.id).toBe(noor)
    expect((await client.get(`access-reviews/${reviewId}`)).body.fallback.id).toBe(noor)
    expect(
      (await owner`select owner_id from checklist_tasks where checklist_id = ${checklistId}`)[0]?.['owner_id'],
    ).toBe(noor)
    expect(await client.auditOf(lena)).toEqual(['user.provision', 'user.hand_over', 'user.deactivate'])
  })

  test('000-31: host applications read what changed, in order, from where they stopped', async () => {
    await put(campaign('1', { id: 'a/b/c' }), campaign('2'))
    const begin = (await client.get('ownerships/changes')).body
    expect(begin.items).toEqual([])
    await client.confirm('POST', `users/${lena}/deactivate`, { handOver: { to: noor } })
    const { items, nextCursor } = (await client.get(`ownerships/changes?cursor=${begin.nextCursor}`)).body
    expect(items).toMatchObject([
      { type: 'campaign', id: 'a/b/c', kind: 'owner', name: 'Campaign 1', from: { id: lena }, to: { id: noor } },
      { type: 'campaign', id: '2', isReturn: false },
    ])
    expect((await client.get(`ownerships/changes?cursor=${nextCursor}`)).body).toEqual({ items: [], nextCursor })
    expect((await client.get('ownerships/changes?cursor=x')).status).toBe(400)
  })

  test('goes kind by kind and thing by thing, and what is named to nobody stays', async () => {
    await furnish()
    const mo = await createPerson(client, 'mo@example.com', 'Mo')
    await deactivateUser(ctx, {
      userId: lena,
      handOver: {
        to: noor,
        items: [
          { kind: 'ownership', to: mo },
          { kind: 'ownership', item: 'owner/campaign/1', to: null },
          { kind: 'team', to: null },
        ],
      },
    })
    expect(await kindsOf(lena)).toEqual({ ownership: 1, team: 1 })
    expect(await kindsOf(mo)).toEqual({ ownership: 1 })
  })

  test.each([
    [
      'somebody who is not active',
      async () => {
        await deactivateUser(ctx, { userId: noor })
        return noor
      },
    ],
    ['the one who leaves', async () => lena],
    ['nobody', async () => 'nobody@example.com'],
    [
      'somebody of another organization',
      async () => createPerson(await stage.createClient(), 'else@example.com', 'Else'),
    ],
  ])('refuses %s, and nothing has happened', async (_who, to) => {
    await put(campaign('1'))
    const handOverTo = { to: await to() }
    const refused = await client.confirm('POST', `users/${lena}/deactivate`, { handOver: handOverTo })
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, 'handOver.to'])
    expect((await client.get(`users/${lena}`)).body.status).toBe('active')
  })

  test('nobody vouches for themselves or reviews their own access: named it is refused, otherwise it stays', async () => {
    const { free, assignmentId } = await furnish()
    const named = { items: [{ kind: 'sponsored' as const, to: free }] }
    await expect(deactivateUser(ctx, { userId: lena, handOver: named })).rejects.toMatchObject({ code: 'invalid' })
    await deactivateUser(ctx, { userId: lena, handOver: { to: free } })
    expect(await kindsOf(lena)).toEqual({ review_line: 1, sponsored: 1 })
    expect(await sponsorOf(assignmentId)).toBe('lena@example.com')
  })

  test('asks for what each thing asks for, and for no more than the caller holds', async () => {
    const { teamId } = await furnish()
    const desk = await createPerson(client, 'desk@example.com', 'Desk')
    await client.post('roles', {
      ...{
        key: 'desk',
        name: 'Desk',
        purpose: 'Switches people off',
        rank: 60,
        allows: ['users.manage', 'users.read'],
      },
    })
    await giveRole(client, { userId: desk, role: 'desk' })
    const weak = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, desk)
    const named = { items: [{ kind: 'team' as const, to: noor }] }
    await expect(deactivateUser(weak, { userId: lena, handOver: named })).rejects.toMatchObject({ code: 'forbidden' })
    await deactivateUser(weak, { userId: lena, handOver: { to: noor } })
    expect(await kindsOf(lena)).toEqual({ review: 1, review_line: 1, sponsored: 1, team: 1 })
    // A team with a role gives it to whoever leads it.
    const editor = await roleId(client, 'editor')
    await change(ctx, { kind: 'give_team_roles', teamId, roles: [{ roleId: editor, reason: 'They edit' }] })
    await client.post('roles', {
      ...{ key: 'teams', name: 'Teams', purpose: 'Runs teams', rank: 5, allows: ['teams.manage', 'users.read'] },
    })
    await giveRole(client, { userId: desk, role: 'teams' })
    const teams = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, desk)
    await expect(handOver(teams, { userId: lena, ...named })).rejects.toMatchObject({ reason: 'ceiling' })
  })
})

describe('whoever has gone without a successor', () => {
  test('J7: by SCIM they are out at once, and what they left waits until somebody takes it over', async () => {
    const scim = scimClient(
      (path, init) => stage.request(path, init),
      await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx }),
    )
    const dora = await scim.user('dora@example.com')
    await put(campaign('1', { user: dora, brandId }))
    expect(await listLeftBehind(ctx, { limit: 10 })).toEqual([])
    expect((await scim.delete(`/Users/${dora}`)).status).toBe(204)
    expect((await client.get('left-behind')).body.items).toMatchObject([
      { user: { id: dora, isDeleted: true }, counts: { ownership: 1 }, total: 1 },
    ])
    const outcome = (await client.post(`users/${dora}/hand-over`, { to: noor })).body
    expect(outcome).toMatchObject({ handedOver: [{ name: 'Campaign 1' }], left: [] })
    expect((await client.get('left-behind')).body.items).toEqual([])
    expect(await client.auditOf(dora)).toContain('user.hand_over')
  })

  test('an assignment that was to end since its sponsor had gone ends as it would have ended', async () => {
    const { assignmentId } = await furnish()
    await deactivateUser(ctx, { userId: lena })
    await endUnsponsored({ ...ctx, actor: { type: 'system', id: 'worker' } })
    const endOf = async () =>
      (await owner`select expires_at from assignments where id = ${assignmentId}`)[0]?.['expires_at']
    expect(await endOf()).not.toBeNull()
    await handOver(ctx, { userId: lena, to: noor })
    expect([await endOf(), await sponsorOf(assignmentId)]).toEqual([null, 'noor@example.com'])
  })

  test('a manager of a brand sees and hands over what is of that brand, and nothing else', async () => {
    await furnish()
    const mia = await createPerson(client, 'mia@example.com', 'Mia')
    await client.post('roles', {
      ...{ key: 'lead', name: 'Lead', purpose: 'Looks after a brand', rank: 60 },
      allows: [
        'users.read',
        'roles.assign',
        'teams.manage',
        'content.*',
        'assets.*',
        'workflow.*',
        'campaigns.*',
        'analytics.*',
        'brands.view',
      ],
    })
    await giveRole(client, { userId: mia, role: 'lead', brandId })
    await deactivateUser(ctx, { userId: lena })
    const manager = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, mia)
    expect(await listLeftBehind(manager, { limit: 10 })).toMatchObject([
      { counts: { ownership: 1, review_line: 1, sponsored: 1 } },
    ])
    const { work, made } = await getLeftBehind(manager, lena)
    expect([work.map(({ kind }) => kind).sort(), made.apiKeys]).toEqual([['ownership', 'review_line', 'sponsored'], []])
    await handOver(manager, { userId: lena, to: noor })
    expect((await kindsOf(lena))['ownership']).toBe(1)
    await expect(handOver(manager, { userId: lena, to: noor })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(getLeftBehind(manager, lena)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is nobody else’s to look at or to hand over', async () => {
    await put(campaign('1'))
    await deactivateUser(ctx, { userId: lena })
    const other = await stage.createClient()
    expect((await other.get(`users/${lena}/left-behind`)).status).toBe(404)
    expect((await other.post(`users/${lena}/hand-over`, { to: noor })).status).toBe(404)
    expect((await other.post(`users/${lena}/take-back`)).status).toBe(404)
    expect((await other.get('left-behind')).body.items).toEqual([])
    const weak: CallContext = { ...ctx, permissions: new Set(['users.read']) }
    await expect(handOver(weak, { userId: lena, to: noor })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(takeBack(weak, lena)).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('some thousands of things go in one step', async () => {
    for (let part = 0; part < 3; part += 1)
      await put(...Array.from({ length: 1_000 }, (_, at) => campaign(`${part}-${at}`)))
    const begin = Date.now()
    const { handedOver } = await handOver(ctx, { userId: lena, to: noor })
    expect(handedOver).toHaveLength(3_000)
    expect(await takeBack(ctx, lena)).toHaveLength(3_000)
    expect(Date.now() - begin).toBeLessThan(5_000)
  })
})

describe('whoever comes back', () => {
  test('takes back what nobody has changed since, and host applications hear of it', async () => {
    const { teamId, assignmentId } = await furnish()
    const mo = await createPerson(client, 'mo@example.com', 'Mo')
    await deactivateUser(ctx, { userId: lena, handOver: { to: noor } })
    await change(ctx, { kind: 'update_team', teamId, leaderId: mo })
    const preview = (await client.get(`users/${lena}/reactivation-preview`)).body
    expect(preview.returnable.map(({ kind }: { kind: string }) => kind)).not.toContain('team')
    expect(preview.returnable[0].holder.id).toBe(noor)
    await client.post(`users/${lena}/reactivate`, { takeBack: true })
    expect(await kindsOf(lena)).toEqual({ ownership: 2, review: 1, review_line: 1, sponsored: 1, task: 1 })
    expect(await sponsorOf(assignmentId)).toBe('lena@example.com')
    const { items } = (await client.get('ownerships/changes')).body
    expect(items.map(({ isReturn }: { isReturn: boolean }) => isReturn)).toEqual([false, false, true, true])
    expect(await client.auditOf(lena)).toContain('user.take_back')
    expect((await client.post(`users/${lena}/take-back`)).body).toMatchObject({
      status: 409,
      reason: 'nothing_to_take_back',
    })
  })

  test('takes nothing back unasked, and can later on', async () => {
    await put(campaign('1'))
    await deactivateUser(ctx, { userId: lena, handOver: { to: noor } })
    await expect(takeBack(ctx, lena)).rejects.toMatchObject({
      ...{
        code: 'conflict',
        reason: 'not_active',
        message: expect.stringContaining('reactivate or restore them first'),
      },
    })
    await reactivateUser(ctx, { userId: lena })
    expect(await kindsOf(lena)).toEqual({})
    expect((await client.post(`users/${lena}/take-back`)).body.takenBack).toHaveLength(1)
    expect(await kindsOf(lena)).toEqual({ ownership: 1 })
  })
})

describe('what hangs on somebody whom the caller may not take from', () => {
  /** A person below administrators, who may look after others all the same. */
  async function limited(allows: string[], more: { brandId?: string } = {}): Promise<[string, CallContext]> {
    const id = await createPerson(client, 'mia@example.com', 'Mia')
    const role = { key: 'lead', name: 'Lead', purpose: 'Looks after people', rank: 60, allows }
    await client.post('roles', role)
    await giveRole(client, { userId: id, role: 'lead', ...more })
    return [id, await actingAs({ id: client.organizationId, slug: client.slug, ctx }, id)]
  }
  const administrator = async (name: string): Promise<string> => {
    const id = await createPerson(client, `${name}@example.com`, name)
    await giveRole(client, { userId: id, role: 'administrator' })
    return id
  }
  const ownerOf = async (): Promise<unknown> =>
    (await owner`select user_id from ownerships where organization_id = ${client.organizationId}`)[0]?.['user_id']
  const reader = { key: 'reader', name: 'Reader', purpose: 'P', allows: ['content.view'] }
  /** A review of a chief by an administrator, who answers it. */
  async function underReview(scope: object = {}) {
    const root = await administrator('root')
    const victim = await administrator('victim')
    const asRoot = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, root)
    const reviewing = {
      name: 'All',
      fallbackId: root,
      reviewerRule: 'person',
      reviewerId: root,
      undoHours: 0,
      ...scope,
    }
    const { id: reviewId } = await scheduleReview(asRoot, reviewing as Parameters<typeof scheduleReview>[1])
    const lines = await listReviewLines(ctx, { reviewId, filter: {}, limit: 100 })
    const lineOf = (userId: string): number => lines.find(({ user }) => user.id === userId)?.position ?? 0
    const isLine = (userId: string) => ({ kind: 'review_line' as const, item: `${reviewId}/${lineOf(userId)}` })
    const has = async (userId: string): Promise<number> =>
      (await owner`select from assignments where user_id = ${userId}`).length
    return { root, victim, reviewId, lineOf, isLine, has }
  }

  test('000-31: is not taken from somebody above them, and goes by whoever is above nobody', async () => {
    const [mia, manager] = await limited(['users.read', 'users.manage'])
    const root = await administrator('root')
    await put(campaign('1', { user: root }))
    await expect(handOver(manager, { userId: root, to: mia })).rejects.toMatchObject({ reason: 'ceiling' })
    expect(await ownerOf()).toBe(root)
    await put(campaign('1'))
    await handOver(manager, { userId: lena, to: mia })
    expect(await ownerOf()).toBe(mia)
  })

  test('000-31: is not taken back from somebody above them', async () => {
    const [, manager] = await limited(['users.read', 'users.manage'])
    const root = await administrator('root')
    await put(campaign('1'))
    await deactivateUser(ctx, { userId: lena, handOver: { to: root } })
    await reactivateUser(ctx, { userId: lena })
    await expect(takeBack(manager, lena)).rejects.toMatchObject({ reason: 'nothing_to_take_back' })
    expect(await ownerOf()).toBe(root)
    await takeBack(ctx, lena)
    expect(await ownerOf()).toBe(lena)
  })

  test('000-36: a manager of a brand takes no line of somebody else’s review; once its reviewer leaves, those of the brand go', async () => {
    const [mia, manager] = await limited(['users.read', 'roles.assign', 'content.*', 'assets.*'], { brandId })
    const reviewer = lena
    const free = await createPerson(client, 'free@example.com', 'Free')
    const chief = { key: 'chief', name: 'Chief', purpose: 'P', rank: 70, allows: ['users.*', 'roles.*', 'content.*'] }
    await client.post('roles', chief)
    await client.post('roles', reader)
    await giveRole(client, { userId: free, role: 'reader', brandId })
    await giveRole(client, { userId: noor, role: 'chief', brandId })
    const { isLine } = await underReview({ fallbackId: reviewer, reviewerId: reviewer })
    const named = (userId: string) => ({ userId: reviewer, items: [{ ...isLine(userId), to: mia }] })
    await expect(handOver(manager, named(free))).rejects.toMatchObject({ code: 'forbidden', reason: 'permission' })
    await deactivateUser(ctx, { userId: reviewer })
    await expect(handOver(manager, named(noor))).rejects.toMatchObject({ code: 'forbidden', reason: 'ceiling' })
    expect((await handOver(manager, named(free))).handedOver).toHaveLength(1)
    expect((await handOver(manager, { userId: reviewer, to: mia })).handedOver.map(({ kind }) => kind)).toEqual([])
  })

  test('000-36: who manages a review and is not asked answers and passes on within their rights alone', async () => {
    const [mia, manager] = await limited(['users.read', 'roles.assign', 'content.*', 'assets.*'])
    await client.post('roles', reader)
    await giveRole(client, { userId: noor, role: 'reader' })
    const { root, victim, reviewId, lineOf, isLine, has } = await underReview()
    const about = (userId: string) => ({ reviewId, lines: [lineOf(userId)] })
    const beyond = { code: 'forbidden', reason: 'ceiling' }
    await expect(answerLines(manager, { ...about(victim), answer: 'remove' })).rejects.toMatchObject(beyond)
    const endAt = new Date(Date.now() + 86_400_000).toISOString()
    await expect(answerLines(manager, { ...about(victim), answer: 'end', endAt })).rejects.toMatchObject(beyond)
    await expect(passOnLines(manager, { ...about(victim), to: mia, reason: 'Mine' })).rejects.toMatchObject(beyond)
    await expect(handOver(manager, { userId: root, items: [{ ...isLine(victim), to: mia }] })).rejects.toMatchObject(
      beyond,
    )
    expect(await has(victim)).toBe(1)
    expect(await answerLines(manager, { ...about(noor), answer: 'remove' })).toEqual({ answered: 1 })
    expect(await has(noor)).toBe(0)
    // Whom the campaign asks answers whatever it asks.
    const asked = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, root)
    await passOnLines(asked, { ...about(victim), to: mia, reason: 'She knows' })
    expect(await answerLines(manager, { ...about(victim), answer: 'remove' })).toEqual({ answered: 1 })
    expect(await has(victim)).toBe(0)
  })

  test('000-36: who is to be asked is changed by nobody below whoever set the review going', async () => {
    const [mia, manager] = await limited(['users.read', 'users.manage', 'roles.assign'])
    await underReview({ fallbackId: lena, reviewerId: lena })
    const named = { userId: lena, items: [{ kind: 'review' as const, to: mia }] }
    await expect(handOver(manager, named)).rejects.toMatchObject({ code: 'forbidden', reason: 'ceiling' })
    expect((await handOver(ctx, named)).handedOver).toHaveLength(2)
  })
})

test('the command line does the same', async () => {
  const at = ['--organization', client.slug]
  await stage.rolecall(
    'ownership',
    'put',
    ...at,
    '--asset',
    'campaign/1',
    '--user',
    'lena@example.com',
    '--name',
    'One',
  )
  await stage.rolecall(
    'ownership',
    'put',
    ...at,
    '--asset',
    'campaign/2',
    '--user',
    'lena@example.com',
    '--name',
    'Two',
  )
  expect((await stage.rolecall('ownership', 'list', ...at, '--user', 'lena@example.com')).lines).toHaveLength(3)
  await stage.rolecall('ownership', 'delete', ...at, '--asset', 'campaign/2')
  await stage.rolecall('user', 'deactivate', ...at, '--user', 'lena@example.com', '--hand-over-to', 'noor@example.com')
  expect((await stage.rolecall('ownership', 'changes', ...at)).lines[0]).toBe(
    'campaign/1 (owner): lena@example.com to noor@example.com',
  )
  await stage.rolecall('user', 'reactivate', ...at, '--user', 'lena@example.com', '--take-back')
  expect((await stage.rolecall('user', 'left-behind', ...at, '--user', lena)).lines[1]).toContain('One')
  await stage.rolecall('user', 'hand-over', ...at, '--user', 'lena@example.com', '--to', noor, '--kind', 'ownership')
  await stage.rolecall('user', 'take-back', ...at, '--user', 'lena@example.com')
  await stage.rolecall('user', 'deactivate', ...at, '--user', 'lena@example.com')
  expect((await stage.rolecall('user', 'leavers', ...at)).lines.join('\n')).toContain('lena@example.com')
})
