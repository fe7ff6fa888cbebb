// The pages about access itself, the overview, settings and emergency access, one line each: see `walk.ts` for what is looked at.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { sendTestMail } from '#access/notices/mail/send-test-mail.ts'
import { setMailServer } from '#access/notices/mail/set-mail-server.ts'
import { issueApiKey, listApiKeys } from '#access/organizations/api-keys/api-keys.ts'
import { planAbsence } from '#access/people/absence/plan-absence.ts'
import { exceptFromInactivity } from '#access/people/inactivity/exceptions.ts'
import { setApplicationTerms } from '#access/platform/applications/terms.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import { createGroup } from '#directory/create-group.ts'
import { enterInstance, platformId } from '#src/context.ts'
import { change } from '../support/access.ts'
import type { TestApp } from '../support/app.ts'
import { launchBrowser, pageFaults } from '../support/browser.ts'
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
  const brand = await createTestBrand(organization, 'aurora', 'Aurora Magazine')
  const user = await createPerson(organization, 'wren@example.com', 'Wren Writer')
  const fields = { key: 'reporter', name: `Reporter ${'x'.repeat(60)}`, purpose: 'Writes', owner: 'Ada', rank: 35 }
  const role = (await createRole(ctx, { ...fields, allows: ['content.view', 'content.edit'], denies: [] })).id
  await giveRole(organization, { userId: user, role: 'reporter', brandId: brand })
  const editor = (await listRoles(ctx)).find(({ key }) => key === 'editor')?.id ?? ''
  const made = async (displayName: string): Promise<string> => {
    const content = { displayName, externalId: null, attributes: {} }
    return (await createGroup(ctx, { directoryId: null, content, memberIds: [user] })).id
  }
  const [group] = [await made('Writers'), await made('brand-aurora-viewer')]
  await change(ctx, { kind: 'create_mappings', mappings: [{ groupId: group, roleId: editor, brandId: brand }] })
  const policy = { name: 'Only editors publish', permission: 'content.publish', exceptRoleIds: [editor] }
  await change(ctx, { kind: 'create_policy', policy })
  const application = (
    await createApplication(ctx, { name: 'Newsroom', redirectUris: ['https://newsroom.example.com/callback'] })
  ).application.id
  const machine = (await createApplication(ctx, { kind: 'machine', name: 'Night sync' })).application.id
  await issueApiKey(ctx, { name: 'Nightly report' })
  const key = (await listApiKeys(ctx))[0]?.id
  const domain = (await addDomain(ctx, { name: 'example.org' })).id
  await sendTestMail(ctx, { to: 'ops@example.com' })
  await setMailServer(ctx, {
    ...{ status: 'off', host: 'mail.example.com', port: 465, security: 'tls', username: null },
    ...{ senderAddress: 'it@example.com', senderName: 'IT' },
  })
  const emergency = (await createEmergencyAccount(ctx, { name: 'Envelope one' })).userId
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()
  const leave = { from: inDays(100), until: inDays(400), reason: 'Parental leave' }
  await planAbsence(ctx, { userId: user, ...leave })
  await exceptFromInactivity(ctx, { userId: user, reason: 'On leave' })
  const above = { ...ctx, organizationId: platformId, entry: enterInstance({}) }
  const redirectUris = ['https://studio.example.com/callback']
  const studio = (await createApplication(above, { name: 'Studio', redirectUris })).application.id
  await setApplicationTerms(above, studio, { isOptional: true })
  Object.assign(ids, { brand, user, role, editor, group, application, machine, studio, key, domain, emergency })
  walk = await startWalk((view) => openAs(browser, app, administrator, view))
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const at = (path: string): string => app.origin + path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? '')

walkPages(
  [
    ['/console', 'Needs attention'],
    ['/console/roles', 'Reporter'],
    ['/console/roles/new', 'Purpose'],
    ['/console/roles/:role', 'Wren Writer'],
    ['/console/roles/:editor', 'Edit'],
    ['/console/roles/:role/edit', 'Reporter'],
    ['/console/mappings', 'Writers'],
    ['/console/mappings/new', 'Group'],
    ['/console/mappings/suggestions', 'brand-aurora-viewer'],
    ['/console/policies', 'Only editors publish'],
    ['/console/settings', 'People from outside'],
    ['/console/settings/branding', 'Privacy notice'],
    ['/console/settings/sign-in', 'Passwords'],
    ['/console/settings/domains', 'example.org'],
    ['/console/settings/domains/:domain/remove', 'What will happen'],
    ['/console/settings/applications', 'Newsroom'],
    ['/console/settings/applications/new/confidential', 'It knows no PKCE'],
    ['/console/settings/applications/new/public', 'Origins of its pages'],
    ['/console/settings/applications/new/machine', 'What it may do'],
    ['/console/settings/applications/:application', 'Discovery address'],
    ['/console/settings/applications/:machine', 'Name and rights'],
    ['/console/settings/applications/platform/:studio/off', 'None of your users can sign in'],
    ['/console/settings/applications/:application/rotate', 'void at once'],
    ['/console/settings/applications/:application/disable', 'until it is turned on again'],
    ['/console/settings/applications/:application/delete', 'cannot be undone'],
    ['/console/settings/api-keys', 'Nightly report'],
    ['/console/settings/api-keys/:key/revoke', 'What will happen'],
    ['/console/settings/inactivity', 'Warn after so many days'],
    ['/console/settings/inactivity/outlook', 'Within 30 days'],
    ['/console/settings/inactivity/exceptions', 'On leave'],
    ['/console/users/:user/absence', 'Until the end of'],
    ['/console/users/absences', 'Parental leave'],
    ['/console/users/:user/inactivity', 'Change the exception'],
    ['/console/settings/mail/digest', 'What they would be told now'],
    ['/console/settings/mail/server', 'STARTTLS, and nothing is sent without it'],
    ['/console/settings/mail/server/remove', 'What will happen'],
    ['/console/settings/mail', 'ops@example.com'],
    ['/console/emergency', 'Envelope one'],
    ['/console/emergency/accounts/:emergency/reseal', 'Envelope one'],
  ],
  () => walk,
  at,
)

test('the preview of what cannot be undone is right for everybody', async () => {
  const { page, errors } = walk.full
  errors.splice(0)
  await page.goto(at('/console/groups/:group'))
  await page.getByRole('button', { name: 'Delete Writers' }).click()
  await page.getByText('1 person in Aurora Magazine').waitFor()
  expect([await pageFaults(page), errors]).toEqual([[], []])
})
