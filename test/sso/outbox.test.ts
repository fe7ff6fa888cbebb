// What the outbox shows of mails whose links are for their recipient alone.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asManager } from '#access/grants/managers/manager.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { getMail, listMails } from '#access/notices/mail/mails.ts'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { resolveSession } from '#access/sign-in/sessions/resolve-session.ts'
import { userContext } from '#http/session.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { browserAt, goodPassword, linkIn, provisionLocalUser } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
let organization: TestOrganization
beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
})
afterAll(() => stage.close())
beforeEach(async () => {
  client = await stage.createClient()
  organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
})

const bodyOf = async (ctx: CallContext, kind: string): Promise<string> => {
  const mail = (await listMails(client.ctx)).find((each) => each.kind === kind)
  return (await getMail(ctx, mail?.id ?? '')).body?.text ?? ''
}

const invite = async (email: string, role: string): Promise<void> => {
  const invited = await client.post('invitations', { email, roleId: await roleId(client, role) })
  expect(invited.status).toBe(201)
}

/** Somebody who sees settings and mails, and manages nobody. */
async function reader(authenticatedAt: string | null = null): Promise<CallContext> {
  const role = { key: 'mails', name: 'Mails', purpose: 'Reads mails', rank: 20, denies: [] }
  await createRole(client.ctx, {
    ...role,
    allows: ['settings.view', 'content.*', 'assets.*', 'workflow.*', 'campaigns.*', 'analytics.*', 'brands.*'],
  })
  const userId = await createPerson(organization, `reader@${client.slug}.example.com`)
  await giveRole(organization, { userId, role: 'mails' })
  const { tokenHash } = await signIn(organization, userId, { authenticatedAt })
  const live = await resolveSession(stage.services.database, tokenHash)
  if (live === undefined) throw new Error('There is no session')
  const session = { ...live, tokenHash }
  return (await asManager(userContext(stage.services, session, 'req_test'), { session })).ctx
}

const proofsOf = (email: string) => stage.app.owner`select p.how from email_proofs p join users u on u.id = p.user_id
  where u.user_name = ${email} and p.how = 'invitation'`

const accept = async (path: string): Promise<number> => {
  const form = { name: 'Ada', password: goodPassword, repeat: goodPassword }
  return (await browserAt(stage.app).post(path, form)).status
}

describe('the link of a new password', () => {
  test('is shown to nobody, be it by the API, the command line or the operator', async () => {
    const { userName } = await provisionLocalUser(organization, `ada@${client.slug}.example.com`)
    await browserAt(stage.app).post('/login/forgot', { email: userName })
    const path = await linkIn(organization, userName)
    const [mail] = (await client.get('mails')).body.items
    const shown = (await client.get(`mails/${mail.id}`)).body.body
    expect([shown.text, shown.html].map((text: string) => text.includes('/login/reset/'))).toEqual([false, false])
    expect(shown.text).toContain('for the recipient alone')
    expect(await bodyOf(client.ctx, 'password_reset')).not.toContain('/login/reset/')
    const command = await stage.rolecall('mail', 'show', '--organization', client.slug, '--mail', mail.id)
    expect(command.lines.join('\n')).not.toContain('/login/reset/')
    expect((await browserAt(stage.app).get(path)).status).toBe(200)
  })

  test('of one that was written before links were left out, nothing is shown', async () => {
    const { userName } = await provisionLocalUser(organization, `bo@${client.slug}.example.com`)
    await browserAt(stage.app).post('/login/forgot', { email: userName })
    const [mail] = await listMails(client.ctx)
    const id = mail?.id ?? ''
    const place = ['mails', 'body_sealed', client.organizationId, id] as const
    const sealed = client.ctx.sealing.seal(JSON.stringify({ text: 'x /login/reset/y', html: '' }), place)
    await stage.app.owner`update mails set body_sealed = ${sealed} where id = ${id}`
    expect((await getMail(client.ctx, id)).body).toBeNull()
  })
})

describe('the link of an invitation', () => {
  test('is shown where there is no mail server, and proves no address then', async () => {
    const email = `in@${client.slug}.example.com`
    await invite(email, 'viewer')
    expect(await bodyOf(client.ctx, 'invitation')).toContain('/invitation/')
    expect(await accept(await linkIn(organization, email))).toBe(303)
    expect(await proofsOf(email)).toHaveLength(0)
  })

  test('that nobody has looked at proves the address, also after it was sent again', async () => {
    const [first, second] = [`one@${client.slug}.example.com`, `two@${client.slug}.example.com`]
    await invite(first, 'viewer')
    expect(await accept(await linkIn(organization, first))).toBe(303)
    expect(await proofsOf(first)).toHaveLength(1)
    await invite(second, 'viewer')
    await bodyOf(client.ctx, 'invitation')
    const [invitation] = (await client.get('invitations?status=pending')).body.items
    expect((await client.post(`invitations/${invitation.id}/resend`)).status).toBe(200)
    expect(await accept(await linkIn(organization, second))).toBe(303)
    expect(await proofsOf(second)).toHaveLength(1)
  })

  test('is not shown to whoever is below the person, nor does looking count then', async () => {
    const email = `chief@${client.slug}.example.com`
    await invite(email, 'administrator')
    const ctx = await reader()
    const shown = await bodyOf(ctx, 'invitation')
    expect(shown).toContain('for the recipient alone')
    expect(shown).not.toContain('/invitation/')
    const [row] = await stage.app.owner`select link_shown_at from invitations where email = ${email}`
    expect(row?.['link_shown_at']).toBeNull()
    const lesser = `lesser@${client.slug}.example.com`
    await invite(lesser, 'viewer')
    expect(await bodyOf(ctx, 'invitation')).toContain('/invitation/')
  })

  test('X-17: is not shown to an old session', async () => {
    await invite(`in@${client.slug}.example.com`, 'viewer')
    const ctx = await reader(new Date(Date.now() - 12 * 3_600_000).toISOString())
    await expect(bodyOf(ctx, 'invitation')).rejects.toMatchObject({ reason: 'fresh_proof' })
  })

  test('nor to a key that may read mails and little else', async () => {
    await invite(`chief@${client.slug}.example.com`, 'administrator')
    const { key } = await issueApiKey(client.ctx, {
      name: 'Mails',
      access: 'permissions',
      permissions: ['settings.view'],
    })
    const [mail] = await listMails(client.ctx)
    const answer = await stage.request(`/api/v1/mails/${mail?.id}`, { headers: { authorization: `Bearer ${key}` } })
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toContain('/invitation/')
  })
})

test('with a mail server, no link is shown at all', async () => {
  await invite(`in@${client.slug}.example.com`, 'viewer')
  expect(await bodyOf({ ...client.ctx, hasMailServer: true }, 'invitation')).not.toContain('/invitation/')
})
