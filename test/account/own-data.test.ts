// What people see of what is kept of them: all that is about them, without secrets, and nothing that is about somebody else.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { applyDraft } from '#access/drafts/apply-draft.ts'
import { previewDraft } from '#access/drafts/drafts.ts'
import { createDraft } from '#access/drafts/write-draft.ts'
import { exportOwnData } from '#access/people/personal-data/own-data.ts'
import { register } from '#access/people/personal-data/register.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { answerLines } from '#access/reviews/lines/answer-lines.ts'
import { listReviewLines } from '#access/reviews/lines/lines.ts'
import { scheduleReview } from '#access/reviews/schedule-review.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { actingAs } from '../support/ceilings.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
let ada: string
let amara: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

beforeEach(async () => {
  client = await stage.createClient()
  ada = await createPerson(client, 'ada@example.com', 'Ada')
  await giveRole(client, { userId: ada, role: 'administrator' })
  amara = await createPerson(client, 'amara@example.com', 'Amara')
  await giveRole(client, { userId: amara, role: 'viewer' })
})

const as = (userId: string): Promise<CallContext> =>
  actingAs({ id: client.organizationId, slug: client.slug, ctx: client.ctx }, userId)
const get = (path: string, { cookie }: SignedIn): Promise<Response> =>
  stage.request(path, { headers: { accept: 'text/html', cookie } })
const rowsOf = async (userId: string, section: string): Promise<Record<string, unknown>[]> => {
  const { sections } = await exportOwnData(await as(userId))
  return sections.find(({ name }) => name === section)?.rows ?? []
}

describe('what is kept of oneself', () => {
  test('is shown as a page and as JSON, by the register, without secrets, and noted', async () => {
    const session = await signIn(client, amara)
    const page = await get('/account/data', session)
    expect(page.status).toBe(200)
    const text = await page.text()
    for (const words of ['What is kept of me', 'amara@example.com', 'Roles given to them directly'])
      expect(text).toContain(words)
    const file = await get('/account/data.json', session)
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${amara}.json"`)
    const { userId, sections } = (await file.json()) as { userId: string; sections: { name: string }[] }
    expect(userId).toBe(amara)
    expect(sections.map(({ name }) => name)).toEqual(register.map(({ name }) => name))
    expect(JSON.stringify(sections)).not.toMatch(/_hash|_sealed|"organization_id"/)
    expect(await client.auditOf(amara)).toEqual(['user.provision', 'user.export_own_data', 'user.export_own_data'])
  })

  test('wants a fresh proof, and a session', async () => {
    const session = await signIn(client, amara)
    await stage.app
      .owner`update sessions set authenticated_at = now() - interval '1 hour' where id = ${session.sessionId}`
    for (const path of ['/account/data', '/account/data.json']) {
      const answer = await get(path, session)
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        '/login/step-up?return_to=%2Faccount%2Fdata',
      ])
    }
    expect((await stage.request('/account/data.json', { headers: { accept: 'text/html' } })).status).toBe(303)
    expect(await client.auditOf(amara)).toEqual(['user.provision'])
  })

  test('is for people alone, of themselves, and not too often', async () => {
    await expect(exportOwnData(client.ctx)).rejects.toMatchObject({ reason: 'person' })
    const ctx = await as(amara)
    for (let time = 0; time < 20; time += 1) await exportOwnData(ctx)
    await expect(exportOwnData(ctx)).rejects.toMatchObject({ code: 'too_many' })
    expect((await exportOwnData(await as(ada))).userId).toBe(ada)
  })
})

describe('what is about somebody else stays with them', () => {
  test('who did something is told as what they are; the note of a deactivation is about oneself', async () => {
    const administrator = await as(ada)
    await deactivateUser(administrator, { userId: amara, note: 'On leave' })
    await reactivateUser(administrator, { userId: amara })
    const { sections } = await exportOwnData(await as(amara))
    const events = sections.find(({ name }) => name === 'audit_events')?.rows ?? []
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'user.deactivate',
        actor_id: 'an administrator or a manager',
        detail: expect.objectContaining({ note: 'On leave' }),
      }),
    )
    expect(JSON.stringify(sections)).not.toContain(ada)
  })

  test('what they did to others is told without whom and what', async () => {
    await deactivateUser(await as(ada), { userId: amara, note: 'On leave' })
    const events = await rowsOf(ada, 'audit_events')
    const [done] = events.filter(({ action }) => action === 'user.deactivate')
    expect(done).toMatchObject({ actor_id: ada, target_type: 'user' })
    expect(done).not.toHaveProperty('detail')
    expect(JSON.stringify(events)).not.toContain(amara)
    expect(JSON.stringify(events)).not.toContain('On leave')
  })

  test('of a draft they see what it did to them, once it is made, and that they had a hand in it', async () => {
    const bob = await createPerson(client, 'bob@example.com', 'Bob')
    const group = (await client.post('groups', { displayName: 'Writers' })).body.id
    const [editor, viewer] = [await roleId(client, 'editor'), await roleId(client, 'viewer')]
    const give = (userId: string, reason: string) => ({ userId, roleId: editor, reason })
    const administrator = await as(ada)
    const { id: draftId } = await createDraft(administrator, {
      name: 'Restructuring, dismissal of Bob',
      changes: [
        { kind: 'create_assignments', assignments: [give(amara, 'Takes over'), give(bob, 'Is to go on Friday')] },
        { kind: 'create_mappings', mappings: [{ filter: 'userName eq "bob@example.com"', roleId: viewer }] },
        { kind: 'add_members', groupId: group, memberIds: [bob, amara] },
      ],
    })
    expect(await rowsOf(amara, 'change_drafts')).toEqual([])
    await applyDraft(administrator, { draftId, hash: (await previewDraft(administrator, draftId)).hash })
    const theirs = await rowsOf(amara, 'change_drafts')
    expect(theirs).toEqual([
      {
        ...{ id: draftId, status: 'applied', applied_at: expect.any(String) },
        changes: [
          { kind: 'create_assignments', assignments: [give(amara, 'Takes over')] },
          { kind: 'add_members', groupId: group, memberIds: [amara] },
        ],
      },
    ])
    const [made] = await rowsOf(ada, 'change_drafts')
    expect(made).toMatchObject({ id: draftId, created_by: ada, applied_by: ada })
    expect(JSON.stringify(made)).not.toMatch(/Restructuring|Friday|bob@/)
  })

  test('an answer of a reviewer is told once it counts, with the comment; lines about others are not', async () => {
    const bea = await createPerson(client, 'bea@example.com', 'Bea')
    const { id: reviewId } = await scheduleReview(client.ctx, { name: 'Autumn', fallbackId: bea, undoHours: 24 })
    const lines = await listReviewLines(client.ctx, { reviewId, filter: {}, limit: 10 })
    const position = lines.find(({ user }) => user.id === amara)?.position ?? 0
    const answer = { reviewId, lines: [position], answer: 'remove' as const, comment: 'Left the project' }
    await answerLines(await as(bea), answer)
    const [waiting, ...others] = await rowsOf(amara, 'access_review_lines')
    expect(others).toEqual([])
    expect(waiting).not.toHaveProperty('answer')
    expect(JSON.stringify(waiting)).not.toContain('Left the project')
    await stage.app
      .owner`update access_review_lines set outcome = 'removed' where review_id = ${reviewId} and position = ${position}`
    expect((await rowsOf(amara, 'access_review_lines'))[0]).toMatchObject({
      ...{ answer: 'remove', comment: 'Left the project', answered_by: 'somebody else', answered_by_name: 'Bea' },
    })
    expect(await rowsOf(bea, 'access_review_lines')).toEqual([])
  })
})
