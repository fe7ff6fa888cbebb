// What an organization has decided about itself beyond access and sign-in: how long things are kept, whom to ask, which mail is
// personal, what happens to people whose time is over.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { listText, prepared } from '#db/statement.ts'
import { emailChanges } from '#directory/email-change.ts'
import { notFound } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { requireEverything } from '../ceiling/ceiling.ts'

const keptDays = z.int().min(1, 'must be at least 1').max(3_650, 'must be at most 3650')

/** Null stands for what goes without a list. */
const domainNames = z
  .array(z.string().regex(/^[a-z0-9.-]{1,253}\.[a-z0-9-]{2,63}$/, 'must be domains such as example.com'))
  .max(500, 'must name at most 500 domains')
  .nullable()

const SettingsFields = z.object({
  name: nameSchema,
  provisioningLogDays: keptDays,
  signInTraceDays: keptDays,
  mailDays: keptDays,
  /** Null: nobody is deactivated because their assignments have ended. */
  endDateGraceDays: z.int().min(0).max(3_650).nullable(),
  /** How long somebody has to be inactive before they can be erased. */
  eraseAfterDays: z.int().min(0).max(3_650),
  /** Whether deleted people are erased by themselves after that time. */
  eraseDeleted: z.boolean(),
  /** For so long a name or address that was somebody else's is given to nobody; 0: it is free at once. */
  reservedDays: z.int().min(0).max(3_650),
  /** Administrators, people by a link, and directories; directories alone; nobody but for an administrator's word. */
  emailChange: z.enum(emailChanges),
  /** Who may switch somebody on again: the side that switched them off (directory or administrators), or either. */
  reactivation: z.enum(['by_holder', 'by_anyone']),
  /** Whom to ask for access: a name, an address, a sentence. */
  accessContact: z.string().trim().max(300, 'must have at most 300 characters').nullable(),
  /** Null: the usual ones. */
  personalMailDomains: domainNames,
  /** How long guests may hold what they are given directly; null: also without end. */
  guestMaxDays: z.int().min(1, 'must be at least 1').max(3_650, 'must be at most 3650').nullable(),
  /** Null: guests may be invited at any. */
  guestDomains: domainNames,
})

/** What may be set; what is left out stays. */
export const SettingsInput = SettingsFields.partial()

export type OrganizationSettings = z.output<typeof SettingsFields>

const columns = sql`o.name, o.provisioning_log_days as "provisioningLogDays", o.sign_in_trace_days as "signInTraceDays",
  o.mail_days as "mailDays", o.end_date_grace_days as "endDateGraceDays", o.access_contact as "accessContact",
  o.erase_after_days as "eraseAfterDays", o.erase_deleted as "eraseDeleted",
  o.reserved_days as "reservedDays", o.email_change as "emailChange", o.reactivation,
  o.personal_mail_domains as "personalMailDomains", o.guest_max_days as "guestMaxDays", o.guest_domains as "guestDomains"`

const select = prepared<{ organizationId: string }, OrganizationSettings>(
  (p) => sql`select ${columns} from organizations o where o.id = ${p.organizationId}`,
)

const lock = prepared<{ organizationId: string }, OrganizationSettings>(
  (p) => sql`select ${columns} from organizations o where o.id = ${p.organizationId} for no key update`,
)

type Lists = 'personalMailDomains' | 'guestDomains'

type Columns = Omit<OrganizationSettings, Lists> & {
  [list in Lists]: string | null
} & {
  organizationId: string
  now: string
}

const update = prepared<Columns, never>(
  (p) => sql`update organizations set name = ${p.name}, provisioning_log_days = ${p.provisioningLogDays}::int,
      sign_in_trace_days = ${p.signInTraceDays}::int, mail_days = ${p.mailDays}::int,
      end_date_grace_days = ${p.endDateGraceDays}::int, access_contact = ${p.accessContact},
      erase_after_days = ${p.eraseAfterDays}::int, erase_deleted = ${p.eraseDeleted}::boolean,
      reserved_days = ${p.reservedDays}::int, email_change = ${p.emailChange}, reactivation = ${p.reactivation},
      personal_mail_domains = ${p.personalMailDomains}::jsonb, guest_max_days = ${p.guestMaxDays}::int,
      guest_domains = ${p.guestDomains}::jsonb, updated_at = ${p.now}::timestamptz
    where id = ${p.organizationId}`,
)

/** @throws AppError forbidden */
export async function getSettings(ctx: CallContext): Promise<OrganizationSettings> {
  requirePermission(ctx, 'organization.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId: ctx.organizationId })))
  const settings = rows?.[0]
  if (settings === undefined) throw notFound('Organization')
  return settings
}

/** What protects people from whoever manages them gets weaker. */
function isWeaker(before: OrganizationSettings, after: OrganizationSettings): boolean {
  const old = before.guestDomains
  const lasts = (days: number | null): number => days ?? Number.POSITIVE_INFINITY
  return (
    emailChanges.indexOf(after.emailChange) < emailChanges.indexOf(before.emailChange) ||
    (before.reactivation === 'by_holder' && after.reactivation === 'by_anyone') ||
    after.eraseAfterDays < before.eraseAfterDays ||
    (after.eraseDeleted && !before.eraseDeleted) ||
    after.reservedDays < before.reservedDays ||
    lasts(after.guestMaxDays) > lasts(before.guestMaxDays) ||
    (old !== null && (after.guestDomains === null || after.guestDomains.some((domain) => !old.includes(domain))))
  )
}

/** What is not mentioned stays. @throws AppError invalid; forbidden (reasons `permission`; `ceiling` for a weaker rule) */
export async function updateSettings(
  ctx: CallContext,
  input: z.input<typeof SettingsInput>,
): Promise<OrganizationSettings> {
  requirePermission(ctx, 'organization.write')
  const changes = Object.entries(parseInput(SettingsInput, input)).filter(([, value]) => value !== undefined)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const [before] = await tx.run(lock({ organizationId }))
    if (before === undefined) throw notFound('Organization')
    const after: OrganizationSettings = { ...before, ...Object.fromEntries(changes) }
    if (isWeaker(before, after)) await requireEverything(tx, ctx, 'Loosening a rule of the organization')
    const lists = {
      personalMailDomains: listText(after.personalMailDomains),
      guestDomains: listText(after.guestDomains),
    }
    const audit = { action: 'organization.settings', targetType: 'organization', targetId: organizationId } as const
    await tx.commitWith(
      update({ ...after, ...lists, organizationId, now: nowOf(ctx) }),
      recordAudit(ctx, { ...audit, detail: { before, after } }),
    )
    return after
  })
}
