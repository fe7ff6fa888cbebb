// Settings: the organization's own mail server, tried before it is saved.
import { type Context, Hono } from 'hono'
import { getMailServer, type MailServer } from '#access/notices/mail/mail-server.ts'
import { removeMailServer } from '#access/notices/mail/remove-mail-server.ts'
import { setMailServer } from '#access/notices/mail/set-mail-server.ts'
import { type MailTrial, tryMailServer } from '#access/notices/mail/try-mail-server.ts'
import { renderPage } from '#http/pages.ts'
import type { Form } from '#http/read-form.ts'
import { notFound } from '#platform/errors.ts'
import { mailSecurities } from '#platform/smtp.ts'
import { Confirm } from '../ui/confirm.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, filledForm, textOf } from '../ui/forms.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { MailServerPage, mailServerHome, mailTrail } from './mail-server-page.tsx'

/** @returns an app to be mounted at `/console/settings/mail/server` */
export function createMailServerPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', async (c) => showServer(c, formOf(await getMailServer(c.get('ctx')))))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showServer(c, state) }, async (form) => {
      const ctx = c.get('ctx')
      if (form['act'] === 'try') {
        const trial = await tryMailServer(ctx, { ...addressOf(form), to: form['to'] ?? '' })
        return showServer(c, filledForm({ ...form }), { ...trial, to: form['to'] ?? '' })
      }
      await setMailServer(ctx, { ...addressOf(form), status: form['status'] === 'off' ? 'off' : 'on' })
      return '/console/settings/mail?done=saved'
    }),
  )

  pages.get('/remove', async (c) => {
    const [frame, server] = [frameOf(c), await getMailServer(c.get('ctx'))]
    if (server === null) throw notFound('Mail server')
    const effects = [
      `${server.host} no longer sends mail of this organization, and its password is deleted.`,
      frame.ctx.hasMailServer
        ? 'The mail server of the installation sends from then on.'
        : 'There is no other mail server: mails are kept in the outbox and reach nobody.',
    ]
    const asked = { effects, word: undefined, submit: 'Remove the mail server', back: mailServerHome, state: emptyForm }
    return renderPage(
      c,
      <ConsolePage frame={frame} section="settings" title={`Remove ${server.host}`} trail={mailTrail}>
        <Confirm action={`${mailServerHome}/remove`} {...asked} />
      </ConsolePage>,
    )
  })

  pages.post('/remove', async (c) => {
    await removeMailServer(c.get('ctx'))
    return c.redirect('/console/settings/mail?done=deleted', 303)
  })
  return pages
}

const addressOf = (form: Form) => ({
  host: form['host'] ?? '',
  port: Number(form['port']),
  security: mailSecurities.find((each) => each === form['security']) ?? 'tls',
  username: textOf(form, 'username') ?? null,
  password: form['password'] === '' ? undefined : form['password'],
  senderAddress: form['senderAddress'] ?? '',
  senderName: form['senderName'] ?? '',
})

const formOf = (server: MailServer | null) =>
  server === null
    ? filledForm({ port: '465', security: 'tls' })
    : filledForm({
        ...{ status: server.status, host: server.host, port: String(server.port), security: server.security },
        ...{ username: server.username ?? '', senderAddress: server.senderAddress, senderName: server.senderName },
      })

async function showServer(
  c: Context<ConsoleEnv>,
  state: Parameters<typeof MailServerPage>[0]['state'],
  trial?: MailTrial & { to: string },
): Promise<Response> {
  const [frame, server] = [frameOf(c), await getMailServer(c.get('ctx'))]
  return renderForm(c, state, <MailServerPage {...{ frame, state, server, trial }} />)
}
