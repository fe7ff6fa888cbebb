// /mail-server: the organization's own.
import { z } from '@hono/zod-openapi'
import { getMailServer } from '#access/notices/mail/mail-server.ts'
import { removeMailServer } from '#access/notices/mail/remove-mail-server.ts'
import { setMailServer } from '#access/notices/mail/set-mail-server.ts'
import { tryMailServer } from '#access/notices/mail/try-mail-server.ts'
import { notFound } from '#platform/errors.ts'
import { mailSecurities } from '#platform/smtp.ts'
import { jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const operation = operationsOf('Settings')

const address = {
  host: z.string().openapi({ description: 'A public host, such as `mail.example.com`' }),
  port: z.number().int(),
  security: z.enum(mailSecurities).openapi({
    description:
      '`tls` from the first byte, `starttls` and nothing before it; `none` for development on loopback alone',
  }),
  username: z.string().nullable().openapi({ description: 'Null: the server asks for none' }),
  senderAddress: z.string(),
  senderName: z.string(),
}

const status = z
  .enum(['on', 'off'])
  .openapi({ description: '`off`: the settings stay, and the mail server of the installation sends' })

const password = z.string().optional().openapi({
  writeOnly: true,
  description: 'Left out: the one that is kept, as long as host, port and user name stay',
})

const MailServer = z.object({ status, ...address, hasPassword: z.boolean(), updatedAt: time }).openapi('MailServer')

const Trial = z
  .object({
    isAccepted: z
      .boolean()
      .openapi({ description: 'Whether the server took the mail; if it arrives is another matter' }),
    message: z.string().nullable().openapi({ description: 'What the server said, or why it could not be asked' }),
  })
  .openapi('MailTrial')

const getRoute = operation('get', '/mail-server', 'getMailServer', {
  summary: 'Read the organization’s own mail server',
  responses: { 200: jsonAnswer(MailServer, 'The mail server, without its password') },
})

const putRoute = operation('put', '/mail-server', 'setMailServer', {
  summary: 'Set the organization’s own mail server',
  request: { body: jsonBody(z.strictObject({ status, ...address, password })) },
  responses: { 200: jsonAnswer(MailServer, 'The mail server, without its password') },
})

const deleteRoute = operation('delete', '/mail-server', 'removeMailServer', {
  summary: 'Remove the organization’s own mail server; that of the installation sends from then on',
  responses: { 204: noContent('It is removed') },
})

const tryRoute = operation('post', '/mail-server/try', 'tryMailServer', {
  summary: 'Send a mail by such a server at once, and save nothing',
  request: { body: jsonBody(z.strictObject({ ...address, password, to: z.string() })) },
  responses: { 200: jsonAnswer(Trial, 'What the server said') },
})

export const mailServerRoutes = newRoutes()
  .openapi(getRoute, async (c) => {
    const server = await getMailServer(c.get('ctx'))
    if (server === null) throw notFound('Mail server')
    return c.json(server, 200)
  })
  .openapi(putRoute, async (c) => c.json(await setMailServer(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(deleteRoute, async (c) => {
    await removeMailServer(c.get('ctx'))
    return c.body(null, 204)
  })
  .openapi(tryRoute, async (c) => c.json(await tryMailServer(c.get('ctx'), c.req.valid('json')), 200))
