// Mails to people about themselves: in their own language, or in that of their organization; to administrators in English.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { notifyOfAccess } from '#access/grants/assignments/notify-of-access.ts'
import { changeBranding } from '#access/organizations/branding/change-branding.ts'
import { inTransaction } from '#src/context.ts'
import { languages } from '#words/texts/languages.ts'
import { say } from '#words/texts/say.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { browserAt, outbox, provisionLocalUser } from '../support/accounts.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage({ hasMailServer: true, trustedProxies: 1 })
})
afterAll(() => stage?.close())
beforeEach(async () => {
  client = await stage.createClient()
})

const mailTo = async (recipient: string) => {
  const mail = (await outbox(client, recipient)).at(-1)
  if (mail === undefined) throw new Error(`No mail went to ${recipient}`)
  return mail
}
const says = (userId: string, attributes: Record<string, string>) =>
  stage.app.owner`update users set attributes = attributes || ${stage.app.owner.json(attributes)} where id = ${userId}`
const forget = (name: string) => browserAt(stage.app).post('/login/forgot', { email: name })

test('the person’s language comes first, then the organization’s, then English', async () => {
  const { organizationId, slug } = client
  const subject = (language: (typeof languages)[number]) => say(language, 'newPassword.subject', { organization: slug })
  const ada = await provisionLocalUser(client, `ada@${organizationId}.example.com`)
  await forget(ada.userName)
  expect((await mailTo(ada.userName)).subject).toBe(subject('en'))
  await changeBranding(client.ctx, { language: 'nl' })
  await forget(ada.userName)
  expect((await mailTo(ada.userName)).subject).toBe(subject('nl'))
  await says(ada.id, { locale: 'pl-PL' })
  await forget(ada.userName)
  expect((await mailTo(ada.userName)).subject).toBe(subject('pl'))
})

test.each(languages)('the frame of the mail is in it, too: %s', async (language) => {
  const ben = await provisionLocalUser(client, `ben@${client.organizationId}.example.com`)
  await changeBranding(client.ctx, { helpUrl: 'https://help.example.com', supportContact: 'it@example.com' })
  await says(ben.id, { preferredLanguage: language })
  await forget(ben.userName)
  const { text, html } = await mailTo(ben.userName)
  expect(text).toContain(say(language, 'newPassword.closing', { minutes: 30 }))
  expect(text).toContain(`${say(language, 'frame.help')}: https://help.example.com`)
  expect(text).toContain(say(language, 'frame.support', { contact: 'it@example.com' }))
  expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`)
})

test('whoever is invited reads the organization’s language, with dates and lists as it writes them', async () => {
  await changeBranding(client.ctx, { language: 'de' })
  const invited = await client.post('invitations', {
    ...{ email: 'cleo@example.com', roleId: await roleId(client, 'viewer'), expiresAt: '2098-03-01T00:00:00Z' },
    sponsor: 'it@example.com',
  })
  expect(invited.status).toBe(201)
  const { subject, text } = await mailTo('cleo@example.com')
  expect(subject).toBe(`Einladung zu ${client.slug}`)
  expect(text).toContain(`Viewer in ${client.slug} bis 1. März 2098 um 00:00 UTC`)
})

test('a change by hand is said in whole sentences of the language', async () => {
  const userId = await createUser(client, 'dora@example.com')
  await says(userId, { preferredLanguage: 'fr' })
  const change = {
    userId,
    kind: 'given',
    role: 'Éditeur',
    insteadOf: 'Lecteur',
    brand: 'Aurora',
    reason: null,
  } as const
  await inTransaction(client.ctx, (tx) =>
    notifyOfAccess(tx, client.ctx, { ...change, expiresAt: '2098-03-01T00:00:00.000Z' }),
  )
  expect((await mailTo('dora@example.com')).text).toContain(
    'vous a donné le rôle Éditeur dans Aurora jusqu’au 1 mars 2098 à 00:00 UTC, à la place de Lecteur.',
  )
})
