// /mails: the outbox.
import { z } from '@hono/zod-openapi'
import { getMail, listMails } from '#access/notices/mail/mails.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const fields = {
  id: z.string(),
  kind: z.enum([
    'invitation',
    'password_reset',
    'password_changed',
    'identity_linked',
    'address_change',
    'emergency_use',
    'emergency_drill',
    'alarm',
    'reminder',
    'access_changed',
    'report',
    'checklist',
    'review',
    'inactivity',
    'access_digest',
    'test',
  ]),
  recipient: z.string(),
  subject: z.string(),
  status: z
    .enum(['queued', 'sent', 'failed', 'kept'])
    .openapi({ description: '`kept`: there is no mail server, so it waits here to be read' }),
  attempts: z.number().int(),
  nextAttemptAt: time.nullable(),
  lastError: z.string().nullable().openapi({ description: 'What the mail server said last' }),
  targetId: z.string().nullable().openapi({ description: 'What it is about: an invitation, a user' }),
  createdAt: time,
  sentAt: time.nullable(),
}

const Mail = z.object(fields).openapi('Mail')

const MailWithBody = z
  .object({
    ...fields,
    body: z
      .object({ text: z.string(), html: z.string() })
      .nullable()
      .openapi({ description: 'Only while the mail is kept; links in it belong to the recipient' }),
  })
  .openapi('MailWithBody')

const operation = operationsOf('Mail')

const listRoute = operation('get', '/mails', 'listMails', {
  summary: 'List the mails, newest first',
  request: { query: z.strictObject({ ...pageParams, targetId: z.string().max(100).optional() }) },
  responses: { 200: jsonAnswer(pageOf(Mail), 'A page of mails') },
})

const getRoute = operation('get', '/mails/{id}', 'getMail', {
  summary: 'Read a mail',
  request: { params: idParam },
  responses: { 200: jsonAnswer(MailWithBody, 'The mail') },
})

export const mailRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, targetId } = c.req.valid('query')
    const rows = await listMails(c.get('ctx'), { targetId, after: afterId(cursor, 'mal'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(getRoute, async (c) => c.json(await getMail(c.get('ctx'), c.req.valid('param').id), 200))
