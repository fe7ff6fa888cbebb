// How organizations look to their people. The rows named `platform` are the platform's own.
import { sql } from 'drizzle-orm'
import { check, index, pgTable, text } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, time } from './common.ts'

/** One an organization; null: the platform's, and without one Rolecall's own. */
export const branding = pgTable(
  'branding',
  {
    organizationId: text('organization_id').primaryKey(),
    displayName: text('display_name'),
    /** Colours as `#0d6661`, checked together; null: Rolecall's. */
    accentLight: text('accent_light'),
    accentDark: text('accent_dark'),
    backgroundLight: text('background_light'),
    backgroundDark: text('background_dark'),
    supportContact: text('support_contact'),
    privacyUrl: text('privacy_url'),
    termsUrl: text('terms_url'),
    helpUrl: text('help_url'),
    mailSenderName: text('mail_sender_name'),
    /** Of people who say nothing else. */
    language: text('language'),
    updatedAt: time('updated_at').notNull(),
  },
  () => [ownOrganizationOnly()],
)

/** Pictures as they were written anew from what was uploaded. */
export const logos = pgTable(
  'logos',
  {
    organizationId: text('organization_id').primaryKey(),
    /** SHA-256 of the bytes, by which a browser asks for it. */
    hash: text('hash').notNull(),
    mediaType: text('media_type', { enum: ['image/png', 'image/jpeg', 'image/webp'] }).notNull(),
    /** Base64. */
    content: text('content').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    index('logos_hash').on(table.hash),
    check('logos_media_type', sql`media_type in ('image/png', 'image/jpeg', 'image/webp')`),
    ownOrganizationOnly(),
  ],
)
