// What an organization, or the platform, says of its own look.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { lineSchema } from '#platform/input.ts'
import { type CallContext, inTransaction, platformId, requirePermission, type Transaction } from '#src/context.ts'
import { languages } from '#words/texts/languages.ts'
import { requirePlatform, requireWholeReach } from '../../ground/platform-rights.ts'

const colour = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, 'must be a colour such as #0d6661')
  .nullable()

const link = z
  .url({ protocol: /^https$/, error: 'must be an address that begins with https://' })
  .max(500, 'must have at most 500 characters')
  .nullable()

const words = (length: number) => lineSchema(length).nullable()

/** Null: what the platform says, and where it says nothing, what Rolecall looks like by itself. */
export const BrandingFields = z.object({
  displayName: words(100),
  accentLight: colour,
  accentDark: colour,
  backgroundLight: colour,
  backgroundDark: colour,
  supportContact: words(200),
  privacyUrl: link,
  termsUrl: link,
  helpUrl: link,
  mailSenderName: words(100),
  language: z.enum(languages).nullable(),
})

export type BrandingSettings = z.output<typeof BrandingFields>

export type Branding = BrandingSettings & { logoHash: string | null; updatedAt: string | null }

type Key = { organizationId: string }

const select = prepared<Key, Branding>(
  (p) => sql`select b.display_name as "displayName", b.accent_light as "accentLight", b.accent_dark as "accentDark",
      b.background_light as "backgroundLight", b.background_dark as "backgroundDark", b.support_contact as "supportContact",
      b.privacy_url as "privacyUrl", b.terms_url as "termsUrl", b.help_url as "helpUrl",
      b.mail_sender_name as "mailSenderName", b.language, l.hash as "logoHash",
      greatest(b.updated_at, l.updated_at) as "updatedAt"
    from (select ${p.organizationId}::text as id) o left join branding b on b.organization_id = o.id
      left join logos l on l.organization_id = o.id`,
)

const lock = prepared<Key, unknown>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended(${p.organizationId} || ':branding', 0))`,
)

const nothing: Branding = {
  ...{ displayName: null, accentLight: null, accentDark: null, backgroundLight: null, backgroundDark: null },
  ...{ supportContact: null, privacyUrl: null, termsUrl: null, helpUrl: null, mailSenderName: null, language: null },
  ...{ logoHash: null, updatedAt: null },
}

/** Organizations by their own right, the platform by the scope of whoever runs it. @throws AppError forbidden; unauthenticated */
export function requireBrandingWrite(ctx: CallContext): void {
  if (ctx.organizationId === platformId) {
    requirePlatform(ctx, 'organizations.write')
    requireWholeReach(ctx)
  } else requirePermission(ctx, 'organization.write')
}

/** Its own; what is null is the platform's or Rolecall's. @throws AppError forbidden */
export async function getBranding(ctx: CallContext): Promise<Branding> {
  if (ctx.organizationId === platformId) requirePlatform(ctx, 'organizations.read')
  else requirePermission(ctx, 'organization.read')
  return inTransaction(ctx, async (tx) => (await tx.run(select(ctx)))[0] ?? nothing)
}

/** As it is, and nobody else changes it until the transaction ends; a row there may not be yet. */
export async function lockedBranding(tx: Transaction, { organizationId }: Key): Promise<Branding> {
  await tx.run(lock({ organizationId }))
  return (await tx.run(select({ organizationId })))[0] ?? nothing
}
