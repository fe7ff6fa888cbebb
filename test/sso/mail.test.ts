// Mail: queued with the change that it is about, sent over real SMTP by the worker, tried again, given up, or kept.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { queueMail } from '#access/notices/mail/queue-mail.ts'
import { sendDueMails } from '#access/notices/mail/send-mails.ts'
import { mailJob } from '#jobs/mail.ts'
import { startWorker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { Secret } from '#platform/secret.ts'
import { createMailTransport, type MailTransport } from '#platform/smtp.ts'
import { inTransaction } from '#src/context.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { type SmtpServer, startSmtpServer, textOf } from '../support/smtp-server.ts'

let stage: AccessStage
let client: Client
let smtp: SmtpServer
let transport: MailTransport
beforeAll(async () => {
  smtp = await startSmtpServer()
  stage = await startStage({ hasMailServer: true })
  client = await stage.createClient()
  transport = createMailTransport(new Secret(smtp.url), 'Rolecall <rolecall@example.com>')
})
afterAll(async () => {
  transport.close()
  await smtp.close()
  await stage.close()
})

let people = 0
async function invite(): Promise<{ email: string; id: string }> {
  people += 1
  const email = `mailed${people}@example.com`
  const { body } = await client.post('invitations', {
    email,
    roleId: await roleId(client, 'viewer'),
    note: 'Grüße – bis bald',
  })
  return { email, id: body.id }
}
const mailsTo = (email: string) => smtp.mails.filter(({ to }) => to.includes(email))
const stateOf = async (targetId: string) => (await client.get(`mails?targetId=${targetId}`)).body.items[0]
const makeDue = (targetId: string) =>
  stage.app.owner`update mails set next_attempt_at = now() - interval '1 second' where target_id = ${targetId}`

describe('with a mail server', () => {
  test('002-08: the worker sends what is queued, and the invitation says so', async () => {
    const { email, id } = await invite()
    expect((await client.get(`invitations/${id}`)).body.delivery).toMatchObject({ status: 'queued', lastError: null })
    const worker = startWorker(stage.services, createLog('silent'), { jobs: mailJob(transport), tickMillis: 20 })
    await vi.waitFor(() => expect(mailsTo(email)).toHaveLength(1), 10_000)
    await worker.stop()
    expect((await client.get(`invitations/${id}`)).body.delivery.status).toBe('sent')
    const [mail] = mailsTo(email)
    expect(mail?.from).toBe('rolecall@example.com')
    expect(mail?.data).toMatch(/^From: Rolecall <rolecall@example.com>$/m)
    expect(mail?.data).toMatch(/^Subject: You are invited to /m)
    expect(mail?.data).toMatch(/^Auto-Submitted: auto-generated$/m)
    const text = Buffer.from(textOf(mail as NonNullable<typeof mail>), 'latin1').toString('utf8')
    expect(text).toContain('> Grüße – bis bald')
    const [url] = /https:\S+\/invitation\/[\w-]{43}/.exec(text) ?? []
    expect(url).toContain('https://id.example.com/invitation/')
    expect((await stage.request(new URL(url ?? '').pathname)).status).toBe(200)
  })

  test('what was sent loses its body; it is nobody’s to read, before or after', async () => {
    const { id } = await invite()
    const { id: mailId } = await stateOf(id)
    expect((await client.get(`mails/${mailId}`)).body).toMatchObject({ status: 'queued', body: null })
    await sendDueMails(client.ctx, transport)
    expect((await client.get(`mails/${mailId}`)).body).toMatchObject({ status: 'sent', body: null })
    const [row] = await stage.app.owner`select body_sealed from mails where id = ${mailId}`
    expect(row?.['body_sealed']).toBe('')
  })

  test('bodies are sealed while they wait', async () => {
    const { id } = await invite()
    const [row] = await stage.app.owner`select body_sealed from mails where target_id = ${id}`
    expect(row?.['body_sealed']).toMatch(/^v1\.test\./)
    await sendDueMails(client.ctx, transport)
  })

  test('two nodes send each mail once', async () => {
    const invited = await Promise.all([1, 2, 3, 4, 5].map(invite))
    await Promise.all([1, 2, 3].map(() => sendDueMails(client.ctx, transport)))
    for (const { email } of invited) expect(mailsTo(email)).toHaveLength(1)
  })

  test('002-14: a mailbox that is not there is given up at once, and says why', async () => {
    const { email, id } = await invite()
    smtp.refusals.set(email, '550 5.1.1 No such user here')
    await sendDueMails(client.ctx, transport)
    const { delivery } = (await client.get(`invitations/${id}`)).body
    expect(delivery.status).toBe('failed')
    expect(delivery.lastError).toContain('550 5.1.1 No such user here')
    const [row] = await stage.app.owner`select body_sealed, next_attempt_at from mails where target_id = ${id}`
    expect(row).toEqual({ body_sealed: '', next_attempt_at: null })
  })

  test('a server that is busy is tried again, less and less often, eight times within a day', async () => {
    const { email, id } = await invite()
    smtp.refusals.set(email, '450 4.2.1 Try again later')
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await makeDue(id)
      await sendDueMails(client.ctx, transport)
      const [row] = await stage.app.owner`select status, attempts,
        round(extract(epoch from next_attempt_at - now()) / 60)::int as minutes from mails where target_id = ${id}`
      expect(row?.['attempts']).toBe(attempt)
      expect(row?.['status']).toBe(attempt < 8 ? 'queued' : 'failed')
      if (attempt < 8) pauses.push(row?.['minutes'] as number)
    }
    expect(pauses).toEqual([1, 5, 15, 60, 120, 360, 720])
    expect(pauses.reduce((sum, each) => sum + each, 0)).toBeLessThan(24 * 60)
  })

  test('and arrives when the server has recovered', async () => {
    const { email, id } = await invite()
    smtp.refusals.set(email, '421 4.3.2 Shutting down')
    await sendDueMails(client.ctx, transport)
    expect(await stateOf(id)).toMatchObject({ status: 'queued', attempts: 1 })
    smtp.refusals.delete(email)
    await sendDueMails(client.ctx, transport)
    expect(mailsTo(email)).toHaveLength(0)
    await makeDue(id)
    await sendDueMails(client.ctx, transport)
    expect(mailsTo(email)).toHaveLength(1)
    expect(await stateOf(id)).toMatchObject({ status: 'sent', lastError: null })
  })

  test('a mail that cannot be opened keeps no other waiting', async () => {
    const [broken, fine] = [await invite(), await invite()]
    await stage.app.owner`update mails set body_sealed = 'v1.lost.AAAA', next_attempt_at = now() - interval '1 minute'
      where target_id = ${broken.id}`
    await sendDueMails(client.ctx, transport)
    expect(mailsTo(fine.email)).toHaveLength(1)
    expect(await stateOf(broken.id)).toMatchObject({ status: 'queued', attempts: 1 })
    expect((await stateOf(broken.id)).lastError).toContain('cannot be opened')
  })

  test('a server that is not there leaves the mail waiting', async () => {
    const { id } = await invite()
    const nowhere = createMailTransport(new Secret('smtp://127.0.0.1:9'), 'Rolecall <rolecall@example.com>')
    await sendDueMails(client.ctx, nowhere)
    nowhere.close()
    expect(await stateOf(id)).toMatchObject({ status: 'queued', attempts: 1 })
    expect((await stateOf(id)).lastError).toMatch(/ECONNREFUSED|connect/i)
  })

  test('002-14: a test mail can be sent', async () => {
    const sent = await stage.rolecall(
      'mail',
      'test',
      '--organization',
      client.slug,
      '--to',
      'ops@example.com',
      '--json',
    )
    expect(sent.errors).toEqual([])
    await sendDueMails(client.ctx, transport)
    expect(mailsTo('ops@example.com')).toHaveLength(1)
    expect((await client.get(`mails/${sent.json.mailId}`)).body.status).toBe('sent')
    expect((await stage.rolecall('mail', 'test', '--organization', client.slug, '--to', 'nobody')).exitCode).toBe(1)
  })

  test('nothing that people chose makes a header of its own', async () => {
    const letter = {
      subject: 'Hello\r\nBcc: evil@example.net',
      paragraphs: ['\r\n.\r\nMAIL FROM:<evil@example.net>'],
      closing: [],
    }
    await inTransaction(client.ctx, (tx) =>
      queueMail(tx, client.ctx, { kind: 'test', to: 'safe@example.com', letter, targetId: client.organizationId }),
    )
    await sendDueMails(client.ctx, transport)
    const [mail] = mailsTo('safe@example.com')
    expect(mail?.to).toEqual(['safe@example.com'])
    expect(mail?.data).not.toMatch(/^Bcc:/im)
    expect(mail?.data).toMatch(/^Subject: Hello Bcc: evil@example.net$/m)
    expect(smtp.mails.every(({ from }) => from === 'rolecall@example.com')).toBe(true)
  })
})

describe('without a mail server', () => {
  test('mail is kept, and read by API and command line', async () => {
    const own = await startStage()
    const reader = await own.createClient()
    await reader.post('invitations', { email: 'kept@example.com', roleId: await roleId(reader, 'viewer') })
    const { items } = (await reader.get('mails')).body
    expect(items).toMatchObject([{ kind: 'invitation', recipient: 'kept@example.com', status: 'kept' }])
    expect(items[0]).not.toHaveProperty('body')
    const { body } = await reader.get(`mails/${items[0].id}`)
    expect(body.body.text).toMatch(/https:\/\/id\.example\.com\/invitation\/[\w-]{43}/)
    const listed = await own.rolecall('mail', 'list', '--organization', reader.slug)
    expect(listed.lines.join('\n')).toContain('kept@example.com')
    expect(listed.lines.join('\n')).not.toContain('/invitation/')
    const other = await own.createClient()
    expect((await other.get(`mails/${items[0].id}`)).status).toBe(404)
    expect((await other.get('mails')).body.items).toEqual([])
    const { listMails } = await import('#access/notices/mail/mails.ts')
    await expect(listMails({ ...reader.ctx, permissions: new Set() })).rejects.toMatchObject({ code: 'forbidden' })
    await own.close()
  })
})
