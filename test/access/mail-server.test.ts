// The mail server of an organization: who may set it, what is said of it, where it may be, and by which one mail goes out.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getMailServer } from '#access/notices/mail/mail-server.ts'
import { removeMailServer } from '#access/notices/mail/remove-mail-server.ts'
import { sendByServers } from '#access/notices/mail/send-mails.ts'
import { sendTestMail } from '#access/notices/mail/send-test-mail.ts'
import { type SetMailServerInput, setMailServer } from '#access/notices/mail/set-mail-server.ts'
import { tryMailServer } from '#access/notices/mail/try-mail-server.ts'
import { createOutgoing } from '#platform/outgoing.ts'
import { Secret } from '#platform/secret.ts'
import { createMailTransport, type MailTransport } from '#platform/smtp.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { actingAs } from '../support/ceilings.ts'
import { type ConsoleClient, consoleClient, createManager } from '../support/console.ts'
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts'

let stage: AccessStage
let [own, other]: SmtpServer[] = []
let installation: MailTransport
let client: Client
let page: ConsoleClient
let server: SetMailServerInput
beforeAll(async () => {
  ;[own, other] = [await startSmtpServer({ login: 'acme:swordfish' }), await startSmtpServer()]
  stage = await startStage()
  installation = createMailTransport(new Secret(other.url), 'Rolecall <rolecall@example.com>')
})
afterAll(async () => {
  installation.close()
  await Promise.all([own?.close(), other?.close()])
  await stage.close()
})
beforeEach(async () => {
  client = await stage.createClient()
  page = consoleClient(stage.app, await createManager(organizationOf(client)))
  server = {
    ...{ status: 'on', host: '127.0.0.1', port: Number(new URL(own?.url ?? '').port), security: 'none' },
    ...{ username: 'acme', password: 'swordfish', senderAddress: 'it@acme.example.com', senderName: 'Acme IT' },
  }
})

const organizationOf = ({ organizationId: id, slug, ctx }: Client) => ({ id, slug, ctx })
const formOf = ({ port, username, password, ...rest }: SetMailServerInput) => ({
  ...{ ...rest, port: String(port), username: username ?? '', password: password ?? '' },
})
const mailsTo = (smtp: SmtpServer | undefined, address: string) => smtp?.mails.filter(({ to }) => to.includes(address))
let people = 0
async function invite(): Promise<{ email: string; id: string }> {
  people += 1
  const email = `server${people}@example.com`
  const { body } = await client.post('invitations', { email, roleId: await roleId(client, 'viewer') })
  return { email, id: body.id }
}

describe('002-14: mail settings with a test, and failures on the invitation', () => {
  test('an administrator sets the server in the console, tries it before, and invitations go out by it', async () => {
    const tried = await page.post('/console/settings/mail/server', {
      ...formOf(server),
      ...{ act: 'try', to: 'ops@example.com' },
    })
    expect(tried.text).toContain('The server took the mail to ops@example.com')
    expect(tried.text).not.toContain('swordfish')
    expect(mailsTo(own, 'ops@example.com')).toMatchObject([{ from: 'it@acme.example.com' }])
    expect(await getMailServer(client.ctx)).toBeNull()
    expect((await page.get('/console/settings/mail')).text).toContain('There is no mail server')

    const saved = await page.post('/console/settings/mail/server', { ...formOf(server), act: 'save' })
    expect(saved).toMatchObject({ status: 303, location: '/console/settings/mail?done=saved' })
    const settings = await page.get('/console/settings/mail')
    expect(settings.text).toContain('127.0.0.1 sends, from Acme IT')
    expect(settings.text).not.toContain('There is no mail server')
    const form = (await page.get('/console/settings/mail/server')).text
    expect(form).toContain('value="it@acme.example.com"')
    expect(form).toContain('One is kept, and never shown')
    expect(form).not.toContain('swordfish')

    const { email, id } = await invite()
    expect((await page.get(`/console/invitations/${id}`)).text).toContain('On its way')
    await sendByServers(client.ctx, installation)
    expect(mailsTo(own, email)).toHaveLength(1)
    expect(mailsTo(own, email)?.[0]?.data).toMatch(/^From: Acme IT <it@acme.example.com>$/m)
    expect(mailsTo(other, email)).toEqual([])
    expect((await page.get(`/console/invitations/${id}`)).text).toContain('Delivered')
  })

  test('what the server refuses stands on the invitation and in the list of invitations', async () => {
    await setMailServer(client.ctx, server)
    const { email, id } = await invite()
    own?.refusals.set(email, '550 5.1.1 No such user here')
    await sendByServers(client.ctx, undefined)
    for (const path of [`/console/invitations/${id}`, '/console/invitations', '/console/settings/mail']) {
      const { text } = await page.get(path)
      expect([path, text.includes('Not delivered'), text.includes('550 5.1.1 No such user here')]).toEqual([
        ...[path, true, true],
      ])
    }
    expect((await client.get(`invitations/${id}`)).body.delivery.status).toBe('failed')
  })

  test('a trial says in words what is wrong, and keeps what was typed', async () => {
    const wrong = { ...formOf(server), password: 'guess', act: 'try', to: 'ops@example.com' }
    const refused = await page.post('/console/settings/mail/server', wrong)
    expect(refused.text).toContain('The mail could not be sent')
    expect(refused.text).toContain('535 5.7.8 Authentication failed')
    expect(refused.text).toContain('value="Acme IT"')
    const nobody = await page.post('/console/settings/mail/server', { ...wrong, port: '9' })
    expect(nobody.text).toMatch(/ECONNREFUSED/)
    const untyped = await page.post('/console/settings/mail/server', { ...wrong, to: 'nobody' })
    expect([untyped.status, untyped.text.includes('must be an e-mail address')]).toEqual([400, true])
  })

  test('without one of its own, or with one that is off, the installation’s sends', async () => {
    const first = await sendTestMail({ ...client.ctx, hasMailServer: true }, { to: 'first@example.com' })
    await sendByServers(client.ctx, installation)
    expect(mailsTo(other, 'first@example.com')).toHaveLength(1)
    expect((await client.get(`mails/${first}`)).body.status).toBe('sent')
    await setMailServer(client.ctx, { ...server, status: 'off' })
    await sendTestMail({ ...client.ctx, hasMailServer: true }, { to: 'second@example.com' })
    await sendByServers(client.ctx, installation)
    expect(mailsTo(other, 'second@example.com')).toHaveLength(1)
  })

  test('where none is left, mails are kept; where a node has none, they wait for another', async () => {
    await setMailServer(client.ctx, server)
    const { id } = await invite()
    await removeMailServer(client.ctx)
    expect((await client.get(`invitations/${id}`)).body.delivery.status).toBe('kept')
    const waiting = await sendTestMail({ ...client.ctx, hasMailServer: true }, { to: 'wait@example.com' })
    expect(await sendByServers(client.ctx, undefined)).toEqual({ sent: 0, failed: 0 })
    expect((await client.get(`mails/${waiting}`)).body).toMatchObject({ status: 'queued', attempts: 0 })
  })
})

test('API and command set, show, try and remove it, with audit rows that hold no password', async () => {
  expect((await client.get('mail-server')).status).toBe(404)
  const put = await client.send('PUT', 'mail-server', server)
  expect(put).toMatchObject({ status: 200, body: { status: 'on', hasPassword: true, senderName: 'Acme IT' } })
  expect(JSON.stringify([put.body, (await client.get('mail-server')).body])).not.toContain('swordfish')
  const { status: _, password: __, ...address } = server
  const tried = await client.post('mail-server/try', { ...address, to: 'api@example.com' })
  expect(tried.body).toEqual({ isAccepted: true, message: null })
  const options = ['--organization', client.slug, '--host', '127.0.0.1', '--port', String(server.port)]
  const sender = ['--security', 'none', '--sender-address', 'it@acme.example.com', '--sender-name', 'Acme']
  const login = ['--username', 'acme', '--stdin']
  const set = await stage.rolecallWith(
    'swordfish\n',
    'mail',
    'server',
    'set',
    ...options,
    ...sender,
    ...login,
    '--json',
  )
  expect([set.errors, set.json]).toMatchObject([[], { senderName: 'Acme', hasPassword: true }])
  const failed = await stage.rolecallWith(
    ...['wrong', 'mail', 'server', 'try', ...options, ...sender, ...login],
    ...['--to', 'cli@example.com'],
  )
  expect([failed.exitCode, failed.lines.join()]).toEqual([1, expect.stringContaining('535')])
  expect((await stage.rolecall('mail', 'server', 'show', '--organization', client.slug)).lines.join()).toContain('Acme')
  expect((await stage.rolecall('mail', 'server', 'remove', '--organization', client.slug)).errors).toEqual([])
  expect((await client.delete('mail-server')).status).toBe(404)
  const rows = await stage.app.owner`select action, detail::text as detail from audit_events
    where organization_id = ${client.organizationId} and action like 'mail_server.%' order by id`
  expect(rows.map(({ action }) => action)).toEqual([
    ...['mail_server.set', 'mail_server.try', 'mail_server.set', 'mail_server.try', 'mail_server.remove'],
  ])
  expect(JSON.stringify(rows)).not.toContain('swordfish')
  expect(rows[0]?.['detail']).toContain('"password": "replaced"')
})

test('the password is sealed, and goes to no other server than the one that it was typed for', async () => {
  await setMailServer(client.ctx, server)
  const [row] = await stage.app.owner`select password_sealed from mail_servers
    where organization_id = ${client.organizationId}`
  expect(row?.['password_sealed']).toMatch(/^v1\.test\./)
  const { password: _, status, ...kept } = server
  expect(await setMailServer(client.ctx, { ...kept, status, senderName: 'Acme' })).toMatchObject({ hasPassword: true })
  for (const moved of [{ host: 'localhost' }, { port: 25 }, { username: 'other' }]) {
    const elsewhere = { ...kept, ...moved }
    const fields = [{ path: 'password' }]
    await expect(setMailServer(client.ctx, { ...elsewhere, status })).rejects.toMatchObject({ code: 'invalid', fields })
    const trial = tryMailServer(client.ctx, { ...elsewhere, to: 'ops@example.com' })
    await expect(trial).rejects.toMatchObject({ code: 'invalid', fields })
  }
})

test('the operator’s network is out of reach, by address, by name and by what a name leads to', async () => {
  const outgoing = createOutgoing({ isLoopbackAllowed: false })
  const strict = { ...client.ctx, outgoing }
  const hosts = [
    '127.0.0.1',
    'localhost',
    '10.0.0.5',
    '192.168.1.9',
    '169.254.169.254',
    '::1',
    'fd00::1',
    'mail',
    'mail.internal',
  ]
  for (const host of hosts) {
    const refused = { code: 'invalid', reason: 'address', fields: [{ path: 'host' }] }
    await expect(setMailServer(strict, { ...server, host, security: 'tls' })).rejects.toMatchObject(refused)
    const { status: _, ...address } = server
    const trial = tryMailServer(strict, { ...address, host, security: 'tls', to: 'ops@example.com' })
    await expect(trial).rejects.toMatchObject(refused)
    await expect(outgoing.resolve(host)).rejects.toMatchObject({ code: 'invalid', reason: 'address' })
  }
  await expect(setMailServer(client.ctx, { ...server, host: 'mail.example.com' })).rejects.toMatchObject({
    fields: [{ path: 'security' }],
  })
  // Saved while loopback was allowed: what counts is what is so when it is connected to.
  await setMailServer(client.ctx, server)
  const { email, id } = await invite()
  await sendByServers(strict, undefined)
  expect(mailsTo(own, email)).toEqual([])
  expect((await client.get(`invitations/${id}`)).body.delivery.lastError).toContain('not a public one')
  await outgoing.close()
})

test('who does not hold everything sets, tries and removes none, and another organization’s is not there', async () => {
  const organization = organizationOf(client)
  await setMailServer(client.ctx, server)
  const role = await client.post('roles', {
    ...{ key: 'settings', name: 'Settings', purpose: 'Settings' },
    allows: ['users.manage', 'settings.manage', 'audit.view'],
  })
  expect(role.status).toBe(201)
  const { userId } = await createManager(organization, { name: 'Set Ting', role: 'settings' })
  const limited = await actingAs(organization, userId)
  const { status: _, ...address } = server
  const beyond = { code: 'forbidden', reason: 'ceiling' }
  await expect(setMailServer(limited, server)).rejects.toMatchObject(beyond)
  await expect(tryMailServer(limited, { ...address, to: 'ops@example.com' })).rejects.toMatchObject(beyond)
  await expect(removeMailServer(limited)).rejects.toMatchObject(beyond)
  expect(await getMailServer(limited)).toMatchObject({ host: '127.0.0.1' })
  const stranger = await stage.createClient()
  expect((await stranger.get('mail-server')).status).toBe(404)
  expect((await stranger.delete('mail-server')).status).toBe(404)
  await expect(setMailServer({ ...client.ctx, proof: 'stale' }, server)).rejects.toMatchObject({
    reason: 'fresh_proof',
  })
})
