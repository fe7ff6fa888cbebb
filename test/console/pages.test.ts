// The pages about people, groups, brands, invitations and the audit trail, one line each: see `walk.ts` for what is looked at.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { putAssetType } from '#access/grants/assets/asset-types.ts'
import { putAssets } from '#access/grants/assets/put-assets.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { answerLines } from '#access/reviews/lines/answer-lines.ts'
import { listReviewLines } from '#access/reviews/lines/lines.ts'
import { scheduleReview } from '#access/reviews/schedule-review.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { createGroup } from '#directory/create-group.ts'
import { change } from '../support/access.ts'
import type { TestApp } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { type ConsolePerson, createManager, createTestBrand, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { startWalk, type Walk, walkPages } from '../support/walk.ts'

let app: TestApp & { origin: string }
let browser: Browser
let administrator: ConsolePerson
let walk: Walk
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  const organization = await app.createOrganization()
  const { ctx } = organization
  administrator = await createManager(organization)
  const roles = await listRoles(ctx)
  const roleId = roles.find(({ key }) => key === 'viewer')?.id ?? ''
  const brand = await createTestBrand(organization, 'aurora', 'Aurora Magazine')
  const long = `Wolfeschlegelsteinhausenbergerdorff-${'x'.repeat(40)}`
  const user = await createPerson(organization, `${long.toLowerCase()}@example.com`, long)
  const gone = await createPerson(organization, 'gone@example.com', 'Gone Girl')
  await giveRole(organization, { userId: user, role: 'editor', brandId: brand, expiresAt: '2099-01-01T00:00:00Z' })
  await giveRole(organization, { userId: gone, role: 'viewer' })
  await deactivateUser(ctx, { userId: gone })
  const content = { displayName: 'Writers', externalId: null, attributes: {} }
  const group = (await createGroup(ctx, { directoryId: null, content, memberIds: [user] })).id
  await change(ctx, { kind: 'create_mappings', mappings: [{ groupId: group, roleId, brandId: brand }] })
  const [made] = await change(ctx, { kind: 'create_team', name: 'Press desk', brandId: brand, leaderId: user })
  const team = made?.id ?? ''
  await change(ctx, { kind: 'fill_team', teamId: team, sources: [{ groupId: group }, { filter: 'title eq "Editor"' }] })
  await change(ctx, { kind: 'add_team_members', teamId: team, userIds: [user] })
  await change(ctx, { kind: 'give_team_roles', teamId: team, roles: [{ roleId, reason: 'They look after it' }] })
  await putAssetType(ctx, { name: 'library', label: 'Content library' })
  await putAssets(ctx, { assets: [{ type: 'library', id: '1', name: 'Embargo', brandId: brand, teamIds: [team] }] })
  const invitation = (await createInvitation(ctx, { email: 'guest@example.com', roleId })).id
  const [assigned] = await listAuditEvents(ctx, { filter: { action: 'assignment.create' }, limit: 1 })
  const { id: me } = { id: administrator.userId }
  const asked = { reviewerRule: 'person', reviewerId: me, fallbackId: me, undoHours: 0 } as const
  const review = (await scheduleReview(ctx, { name: 'Autumn review', ...asked })).id
  const lines = await listReviewLines(ctx, { reviewId: review, filter: {}, limit: 9 })
  const held = lines.find(({ source }) => source.type === 'mapping')?.position ?? 0
  await answerLines(ctx, { reviewId: review, lines: [held], answer: 'remove' })
  const line = String(lines.find((each) => each.position !== held && each.user.id !== me)?.position)
  ids['over'] = await keptChange(organization.id, [user, gone], new Date())
  ids['running'] = await keptChange(organization.id, [user, gone], null)
  Object.assign(ids, {
    user,
    gone,
    group,
    team,
    brand,
    invitation,
    me,
    review,
    line,
    event: assigned?.id,
    assignment: assigned?.targetId,
  })
  walk = await startWalk((view) => openAs(browser, app, administrator, view))
})
afterAll(async () => {
  await browser.close()
  await app.close()
})

/** A change of many people, of which the first was come to; nobody works on it here. @returns its id */
async function keptChange(organizationId: string, userIds: string[], finishedAt: Date | null): Promise<string> {
  const id = app.services.ids.next('chg')
  const [begun, how] = [new Date(), app.owner.json({ kind: 'deactivate' })]
  await app.owner`insert into user_changes (organization_id, id, action, actor_type, actor_id, started_at, finished_at)
    values (${organizationId}, ${id}, ${how}, 'operator', 'cli', ${begun}, ${finishedAt})`
  for (const [index, userId] of userIds.entries()) {
    const outcome = index === 0 ? 'done' : finishedAt === null ? null : 'skipped'
    await app.owner`insert into user_change_people (organization_id, change_id, position, user_id, outcome, message)
      values (${organizationId}, ${id}, ${index + 1}, ${userId}, ${outcome}, ${index === 0 ? null : 'Is inactive already'})`
  }
  return id
}

/** Addresses, with `:name` for an id of the stage; and words that the page shows. */
const pages: readonly (readonly [path: string, words: string])[] = [
  ['/console/users', 'Everybody who belongs'],
  ['/console/users?q=zzzz', 'No users match'],
  ['/console/users?columns=created&columns=status&sort=created&direction=desc', 'Created'],
  ['/console/users/:user', 'What they hold now'],
  ['/console/users/:user/past', 'What has changed since'],
  ['/console/brands/:brand/past', 'What has changed since'],
  ['/console/users/:me/sessions', 'Open sessions'],
  ['/console/users/:user/sign-ins', 'Attempts to sign in'],
  ['/console/users/:user/audit', 'History'],
  ['/console/users/:user/personal-data', 'Name, addresses and other attributes'],
  ['/console/users/:gone/personal-data', 'Name, addresses and other attributes'],
  ['/console/users/:user/why?permission=content.delete&brand=:brand', 'content.delete in Aurora Magazine'],
  ['/console/users/:user/why?permission=content.view', 'No:'],
  ['/console/users/:user/give', 'What the roles are for'],
  ['/console/users/:user/override', 'See what changes'],
  ['/console/separation', 'Nothing is kept apart'],
  ['/console/drafts', 'No draft yet'],
  ['/console/users/:user/assignments/:assignment', 'Undo'],
  ['/console/users/:user/edit', 'Links to set a password go there'],
  ['/console/users/:user/deactivate', 'Ends immediately'],
  ['/console/users/:gone', 'The receipt of their deactivation'],
  ['/console/users/:gone/reactivate', 'Comes back by itself'],
  ['/console/users/bulk/changes/:over', 'Is inactive already'],
  ['/console/users/bulk/changes/:running', '1 of 2 people'],
  ['/console/users/new', 'At least'],
  ['/console/users/sign-in-help', 'Type what they type'],
  ['/console/users/sign-in-help?name=guest@example.com', 'They have not accepted their invitation yet'],
  ['/console/users/bulk/deactivate', 'See what it does'],
  ['/console/users/bulk/reactivate', 'See what it does'],
  ['/console/users/bulk/assign', 'Reason'],
  ['/console/users/bulk/unassign', 'Where'],
  ['/console/groups', 'Writers'],
  ['/console/groups?q=zzzz', 'No groups match'],
  ['/console/groups/:group?q=gone', 'Add somebody'],
  ['/console/groups/new', 'Create the group'],
  ['/console/groups/:group/edit', 'Mappings stay'],
  ['/console/teams', 'Press desk'],
  ['/console/teams?q=zzzz', 'No teams match'],
  ['/console/teams/:team?q=gone', 'Embargo'],
  ['/console/teams/:team/edit', 'See what it does'],
  ['/console/teams/:team/fill', 'Preview members'],
  ['/console/teams/:team/give', 'See who gains what'],
  ['/console/teams/new', 'Create the team'],
  ['/console/brands', 'Aurora Magazine'],
  ['/console/brands/:brand', 'Who has access'],
  ['/console/brands/:brand/give?q=gone', 'Choose'],
  ['/console/brands/new', 'Short name'],
  ['/console/brands/:brand/edit', 'Delete the brand'],
  ['/console/invitations', 'guest@example.com'],
  ['/console/invitations?status=accepted', 'No invitations match'],
  ['/console/invitations/:invitation', 'In the outbox'],
  ['/console/invitations/new', 'A few words of your own'],
  ['/console/invitations/new?brand=:brand', '1 chosen'],
  ['/console/invitations/bulk', 'Whom'],
  ['/console/reviews', 'say whether it is still needed'],
  ['/console/reviews/new', 'Nobody answers for themselves'],
  ['/console/reviews/:review', 'How far it is'],
  ['/console/reviews/:review/lines/1', 'What is known'],
  ['/console/reviews/:review/close', 'without an answer'],
  ['/console/reviews/:review/cancel', 'There is no sealed evidence'],
  ['/console/reviews/:review/evidence', 'Not sealed yet'],
  ['/console/reviews/tasks', 'out of the group Writers'],
  ['/account/reviews', 'you are asked because you know'],
  ['/account/reviews/:review', 'privileged access is answered one by one'],
  ['/account/reviews/:review/lines/:line', 'Somebody else knows better?'],
  ['/console/audit', 'Assignment created'],
  ['/console/deleted-people', 'Hidden everywhere else'],
  ['/console/left-behind', 'Work of people who have gone'],
  ['/console/checklists', 'What is to be done when somebody joins'],
  ['/console/checklists/templates/new', 'Lines without a title are left out'],
  ['/console/reports', 'Who has what, through what'],
  ['/console/reports/permission_audit', 'To be looked at'],
  ['/console/reports/schedules/new', 'Who is told'],
  ['/console/reports/roster', 'The list'],
  ['/console/reports/places', 'Ranges and their names'],
  ['/console/audit/:event', 'Everything about this'],
]

walkPages(
  pages,
  () => walk,
  (path) => app.origin + path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? ''),
)

test('a change of many people is followed as it goes on, and then told person by person', async () => {
  const { page, errors } = walk.full
  errors.splice(0)
  const id = ids['running'] ?? ''
  await page.goto(`${app.origin}/console/users/bulk/changes/${id}`)
  await page.getByText('1 of 2 people').waitFor()
  await app.owner`update user_change_people set outcome = 'done' where change_id = ${id}`
  await page.getByText('2 of 2 people').waitFor()
  expect(await page.getByRole('progressbar').getAttribute('value')).toBe('2')
  await app.owner`update user_changes set finished_at = now() where id = ${id}`
  await page.getByRole('table', { name: 'Outcomes' }).waitFor()
  expect(await page.getByRole('progressbar').count()).toBe(0)
  expect(errors).toEqual([])
})
