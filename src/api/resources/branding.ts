// /branding: how the organization looks to its people; for keys of the platform that name none, what holds for all.
import { z } from '@hono/zod-openapi'
import { getBranding } from '#access/organizations/branding/branding.ts'
import { changeBranding } from '#access/organizations/branding/change-branding.ts'
import { putLogo, removeLogo } from '#access/organizations/branding/change-logo.ts'
import { given } from '#platform/input.ts'
import { languages } from '#words/texts/languages.ts'
import { jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const operation = operationsOf('Settings')

const colour = z.string().nullable().openapi({ description: 'Such as `#0d6661`', example: '#0d6661' })
const link = z.string().nullable().openapi({ description: 'Begins with `https://`' })

const fields = {
  displayName: z.string().nullable().openapi({ description: 'Null: the name of the organization' }),
  accentLight: colour,
  accentDark: colour,
  backgroundLight: colour,
  backgroundDark: colour,
  supportContact: z
    .string()
    .nullable()
    .openapi({ description: 'An e-mail address, a telephone number or the address of a page' }),
  privacyUrl: link,
  termsUrl: link,
  helpUrl: link,
  mailSenderName: z
    .string()
    .nullable()
    .openapi({ description: 'Of mails that the mail server of the installation sends' }),
  language: z.enum(languages).nullable().openapi({ description: 'Of people who have chosen none' }),
}

const Branding = z
  .object({
    ...fields,
    logoHash: z.string().nullable().openapi({ description: 'The logo is at `/logo/` and this' }),
    updatedAt: time.nullable(),
  })
  .openapi('Branding', {
    description: 'What is null is as the platform has it, and where that says nothing, as Rolecall looks by itself',
  })

const getRoute = operation('get', '/branding', 'getBranding', {
  summary: 'Read how the organization looks to its people',
  responses: { 200: jsonAnswer(Branding, 'What it says of itself') },
})

const updateRoute = operation('patch', '/branding', 'changeBranding', {
  summary: 'Change how the organization looks to its people',
  description: 'Colours that cannot be read on each other are refused (`contrast`), with the nearest that can',
  request: { body: jsonBody(z.strictObject(fields).partial()) },
  responses: { 200: jsonAnswer(Branding, 'It as it is now') },
})

const putLogoRoute = operation('put', '/branding/logo', 'putLogo', {
  summary: 'Put the logo',
  request: {
    body: jsonBody(
      z.strictObject({
        content: z.string().openapi({ format: 'byte', description: 'A PNG, JPEG or WebP of at most 256 KB, base64' }),
      }),
    ),
  },
  responses: { 200: jsonAnswer(Branding, 'It as it is now') },
})

const removeLogoRoute = operation('delete', '/branding/logo', 'removeLogo', {
  summary: 'Remove the logo',
  responses: { 200: jsonAnswer(Branding, 'It as it is now') },
})

export const brandingRoutes = newRoutes()
  .openapi(getRoute, async (c) => c.json(await getBranding(c.get('ctx')), 200))
  .openapi(updateRoute, async (c) => c.json(await changeBranding(c.get('ctx'), given(c.req.valid('json'))), 200))
  .openapi(putLogoRoute, async (c) => {
    const { content } = c.req.valid('json')
    return c.json(await putLogo(c.get('ctx'), Buffer.from(content, 'base64')), 200)
  })
  .openapi(removeLogoRoute, async (c) => c.json(await removeLogo(c.get('ctx')), 200))
