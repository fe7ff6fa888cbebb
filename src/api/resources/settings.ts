// /settings
import { z } from '@hono/zod-openapi'
import { getSettings, updateSettings } from '#access/organizations/settings.ts'
import { emailChanges } from '#directory/email-change.ts'
import { jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'

const days = z.number().int()

export const settingsFields = {
  name: z.string(),
  provisioningLogDays: days.openapi({ description: 'How long requests of identity providers are kept' }),
  signInTraceDays: days.openapi({ description: 'How long traces of sign-ins are kept' }),
  mailDays: days.openapi({ description: 'How long mails are kept after they were sent' }),
  endDateGraceDays: days
    .nullable()
    .openapi({ description: 'Whose assignments have all ended this long ago is deactivated; null: nobody is' }),
  eraseAfterDays: days.openapi({ description: 'How long somebody has to be inactive before they can be erased' }),
  eraseDeleted: z
    .boolean()
    .openapi({ description: 'Whether deleted people are erased by themselves after `eraseAfterDays`' }),
  reservedDays: days.openapi({
    description:
      'Days for which a name or address that was somebody else’s is given to nobody; 0: it is free immediately',
  }),
  emailChange: z.enum(emailChanges).openapi({
    description:
      'Who may change addresses: `verified`: administrators, people by a link, and directories; `directory_only`: directories ' +
      'alone; `never`: nobody, and what a directory says waits for an administrator’s word',
  }),
  reactivation: z.enum(['by_holder', 'by_anyone']).openapi({
    description:
      'Who may switch somebody on again: the side that switched them off, directory or administrators, or either',
  }),
  accessContact: z.string().nullable().openapi({ description: 'Whom to ask for access, as refusals show it' }),
  personalMailDomains: z
    .array(z.string())
    .nullable()
    .openapi({ description: 'Domains that invitations warn of; null: the usual ones' }),
  guestMaxDays: days.nullable().openapi({
    description: 'Guests hold what they are given directly for this many days at most; null: also without end',
  }),
  guestDomains: z
    .array(z.string())
    .nullable()
    .openapi({ description: 'Domains that guests may be invited at; null: any' }),
}

const Settings = z.object(settingsFields).openapi('OrganizationSettings')

const operation = operationsOf('Settings')

const getRoute = operation('get', '/settings', 'getSettings', {
  summary: 'Read the settings of the organization',
  responses: { 200: jsonAnswer(Settings, 'The settings') },
})

const updateRoute = operation('patch', '/settings', 'updateSettings', {
  summary: 'Change the settings of the organization',
  request: { body: jsonBody(z.strictObject(settingsFields).partial()) },
  responses: { 200: jsonAnswer(Settings, 'The settings as they are now') },
})

export const settingsRoutes = newRoutes()
  .openapi(getRoute, async (c) => c.json(await getSettings(c.get('ctx')), 200))
  .openapi(updateRoute, async (c) => c.json(await updateSettings(c.get('ctx'), c.req.valid('json')), 200))
