// An organization, or the platform, says how it looks.
import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import {
  type Branding,
  BrandingFields,
  type BrandingSettings,
  lockedBranding,
  requireBrandingWrite,
} from './branding.ts'
import { requireContrast } from './colours.ts'

const BrandingInput = BrandingFields.partial()

export type BrandingInput = z.input<typeof BrandingInput>

const upsert = prepared<BrandingSettings & { organizationId: string; now: string }, never>(
  (
    p,
  ) => sql`insert into branding (organization_id, display_name, accent_light, accent_dark, background_light, background_dark,
      support_contact, privacy_url, terms_url, help_url, mail_sender_name, language, updated_at)
    values (${p.organizationId}, ${p.displayName}, ${p.accentLight}, ${p.accentDark}, ${p.backgroundLight}, ${p.backgroundDark},
      ${p.supportContact}, ${p.privacyUrl}, ${p.termsUrl}, ${p.helpUrl}, ${p.mailSenderName}, ${p.language},
      ${p.now}::timestamptz)
    on conflict (organization_id) do update set display_name = excluded.display_name, accent_light = excluded.accent_light,
      accent_dark = excluded.accent_dark, background_light = excluded.background_light,
      background_dark = excluded.background_dark, support_contact = excluded.support_contact,
      privacy_url = excluded.privacy_url, terms_url = excluded.terms_url, help_url = excluded.help_url,
      mail_sender_name = excluded.mail_sender_name, language = excluded.language, updated_at = excluded.updated_at`,
)

/** What it would be, without saving it. @throws AppError invalid (reasons `invalidValue`, `contrast`); forbidden */
export function brandingWith(ctx: CallContext, before: Branding, input: BrandingInput): Branding {
  requireBrandingWrite(ctx)
  const changes = Object.entries(parseInput(BrandingInput, input)).filter(([, value]) => value !== undefined)
  const after: Branding = { ...before, ...Object.fromEntries(changes) }
  requireContrast(after)
  return after
}

/**
 * What is not mentioned stays. Colours are checked as they are together, since each is read on another.
 * @returns it as it is now. @throws AppError invalid (reasons `invalidValue`, `contrast`); forbidden (reason `permission`)
 */
export async function changeBranding(ctx: CallContext, input: BrandingInput): Promise<Branding> {
  requireBrandingWrite(ctx)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const before = await lockedBranding(tx, ctx)
    const now = nowOf(ctx)
    const after = { ...brandingWith(ctx, before, input), updatedAt: now }
    const audit = { action: 'branding.change', targetType: 'organization', targetId: organizationId } as const
    await tx.commitWith(
      upsert({ ...after, organizationId, now }),
      recordAudit(ctx, { ...audit, detail: { before, after } }),
    )
    return after
  })
}
