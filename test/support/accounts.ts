// People with passwords, the mail that they get, and the codes of their authenticators.
import { sql } from 'drizzle-orm'
import { TOTP } from 'otpauth'
import { passwordWrite } from '#access/accounts/passwords/passwords.ts'
import { listMails } from '#access/notices/mail/mails.ts'
import { mailBodyPlace } from '#access/notices/mail/queue-mail.ts'
import { prepared } from '#db/statement.ts'
import { provisionUser } from '#directory/provision-user.ts'
import { inTransaction } from '#src/context.ts'
import type { TestApp, TestOrganization } from './app.ts'
import { createTestBrowser, type TestBrowser } from './sign-in.ts'

export const goodPassword = 'mossy lantern 47 drift'

export type Person = { id: string; userName: string; password: string }

/** An active local person with a password. */
export async function provisionLocalUser(
  { ctx }: Pick<TestOrganization, 'ctx'>,
  userName: string,
  options: { password?: string; mustChange?: boolean; email?: string | null } = {},
): Promise<Person> {
  const { password = goodPassword, mustChange = false, email = userName } = options
  const attributes = email === null ? {} : { emails: [{ value: email, primary: true }] }
  const content = { userName, externalId: null, displayName: null, isActive: true, attributes }
  const { id } = await provisionUser(ctx, { directoryId: null, content })
  const write = await passwordWrite(ctx, { userId: id, password, mustChange })
  await inTransaction(ctx, (tx) => tx.commitWith(write))
  return { id, userName, password }
}

/** A browser of its own address, so that limits by address do not meet. Wants an app that trusts one proxy. */
export function browserAt(app: TestApp, ip = newAddress()): TestBrowser {
  const request: TestApp['request'] = (path, init = {}) =>
    app.request(path, { ...init, headers: { ...(init.headers as Record<string, string>), 'x-forwarded-for': ip } })
  return createTestBrowser(request, app.urls.origin)
}

let addresses = 0

function newAddress(): string {
  addresses += 1
  return `198.51.${(addresses >> 8) & 255}.${addresses & 255}`
}

/** One attempt at the password page. */
export const tryPassword = (
  browser: TestBrowser,
  email: string,
  password: string,
  more: Record<string, string> = {},
): Promise<Response> => browser.post('/login/password', { email, password, ...more })

/** The state that a sign-in waits under, from where the browser is sent. */
export const stateOf = (answer: Response): string =>
  new URL(answer.headers.get('location') ?? '', 'https://none.example.com').searchParams.get('state') ?? ''

export type ReadMail = { kind: string; to: string; subject: string; text: string; html: string; id: string }

const sealedBody = prepared<{ organizationId: string; mailId: string }, { body: string }>(
  (p) => sql`select body_sealed as body from mails where organization_id = ${p.organizationId} and id = ${p.mailId}`,
)

/** The mails that are in the outbox, the oldest first, with the text that the recipient gets. */
export async function outbox({ ctx }: Pick<TestOrganization, 'ctx'>, to?: string): Promise<ReadMail[]> {
  const { organizationId } = ctx
  const mails = (await listMails(ctx)).toReversed().filter(({ recipient }) => to === undefined || recipient === to)
  return Promise.all(
    mails.map(async ({ id, kind, recipient, subject }) => {
      const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(sealedBody({ organizationId, mailId: id })))
      const sealed = rows?.[0]?.body ?? ''
      const body = sealed === '' ? '{}' : ctx.sealing.open(sealed, mailBodyPlace(organizationId, id))
      const { text = '', html = '' } = JSON.parse(body) as { text?: string; html?: string }
      return { id, kind, to: recipient, subject, text, html }
    }),
  )
}

/** The path that the last mail to somebody leads to. */
export async function linkIn(organization: Pick<TestOrganization, 'ctx'>, to: string): Promise<string> {
  const mail = (await outbox(organization, to)).at(-1)
  const [url] =
    /https?:\/\/\S+\/(invitation|login\/reset|login\/undo|account\/profile\/address)\/[\w-]+/.exec(mail?.text ?? '') ??
    []
  if (url === undefined) throw new Error(`No mail with a link went to ${to}`)
  return new URL(url).pathname
}

/** The code that an authenticator with this secret shows. @param steps further on */
export const codeOf = (app: TestApp, secret: string, steps = 0): string =>
  new TOTP({ secret: secret.replaceAll(' ', '') }).generate({ timestamp: app.clock.now().getTime() + steps * 30_000 })

/** The secret on a page that sets an authenticator up. */
export const secretIn = (html: string): string => /secret-key">([A-Z2-7 ]+)</.exec(html)?.[1]?.replaceAll(' ', '') ?? ''
