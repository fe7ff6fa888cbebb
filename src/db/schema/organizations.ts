// Organizations and their brands.
import { sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgPolicy, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, recordedAt, serverRole, time } from './common.ts'

const isOrganizationInReach = sql`id = current_setting('rolecall.organization_id', true) or current_setting('rolecall.instance', true) = 'on'`

/** A customer; the unit of isolation. The `instance` setting opens this table alone, for the operator's commands. */
export const organizations = pgTable(
  'organizations',
  {
    id: text('id').primaryKey(),
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    status: text('status', { enum: ['active', 'suspended'] })
      .notNull()
      .default('active'),
    administratorBrandAccess: text('administrator_brand_access', { enum: ['explicit', 'implicit'] })
      .notNull()
      .default('explicit'),
    roleStrategy: text('role_strategy', { enum: ['union', 'highest'] })
      .notNull()
      .default('union'),
    /** `privileged`: rights over others are given by drafts alone that a second person has approved. */
    secondPerson: text('second_person', { enum: ['never', 'privileged'] })
      .notNull()
      .default('never'),
    /** Whether people with a password may use it; an enforced connection switches it off for all but emergency accounts. */
    passwordSignIn: text('password_sign_in', { enum: ['allowed', 'off'] })
      .notNull()
      .default('allowed'),
    passwordMinLength: integer('password_min_length').notNull().default(12),
    /** `required`: a password alone opens no session. */
    secondFactor: text('second_factor', { enum: ['optional', 'required'] })
      .notNull()
      .default('optional'),
    /** `required`: whoever manages something needs one, whichever way they sign in. */
    managerSecondFactor: text('manager_second_factor', { enum: ['optional', 'required'] })
      .notNull()
      .default('optional'),
    /** How long a proof of who somebody is counts as fresh. */
    freshProofMinutes: integer('fresh_proof_minutes').notNull().default(10),
    /** Whether a local sign-in of a linked account elsewhere counts here. */
    linkedSignIn: text('linked_sign_in', { enum: ['own', 'accepted'] })
      .notNull()
      .default('own'),
    /** `neutral`: the sign-in page names neither the organization nor its ways in to whoever knows its slug. */
    signInPage: text('sign_in_page', { enum: ['named', 'neutral'] })
      .notNull()
      .default('named'),
    sessionIdleMinutes: integer('session_idle_minutes').notNull().default(60),
    sessionAbsoluteMinutes: integer('session_absolute_minutes').notNull().default(720),
    invitationDays: integer('invitation_days').notNull().default(7),
    /** How long requests of identity providers are kept for the provisioning log. */
    provisioningLogDays: integer('provisioning_log_days').notNull().default(30),
    /** How long traces of sign-ins are kept. */
    signInTraceDays: integer('sign_in_trace_days').notNull().default(180),
    /** How long mails are kept after they were sent. */
    mailDays: integer('mail_days').notNull().default(30),
    /** People whose last assignment ended this many days ago are deactivated (reason `end_date`); null: never. */
    endDateGraceDays: integer('end_date_grace_days'),
    /** How long somebody has to be inactive before they can be erased. */
    eraseAfterDays: integer('erase_after_days').notNull().default(30),
    /** Whether deleted people are erased by themselves after that time. */
    eraseDeleted: boolean('erase_deleted').notNull().default(false),
    /** For so long a name or address that was somebody else's is given to nobody; 0: it is free at once. */
    reservedDays: integer('reserved_days').notNull().default(90),
    /** Who may change people's addresses: themselves, by a link, and administrators; directories alone; nobody without a word. */
    emailChange: text('email_change', { enum: ['verified', 'directory_only', 'never'] })
      .notNull()
      .default('verified'),
    /** Who may switch somebody on again: only the side that switched them off, directory or administrators, or either. */
    reactivation: text('reactivation', { enum: ['by_holder', 'by_anyone'] })
      .notNull()
      .default('by_holder'),
    /** Whom to ask for access, as every refusal shows it: a name, an address, a sentence. */
    accessContact: text('access_contact'),
    /** Domains of personal mail that invitations warn of; null: the usual ones. */
    personalMailDomains: jsonb('personal_mail_domains'),
    /** Guests hold what they are given directly for this many days at most; null: also without end. */
    guestMaxDays: integer('guest_max_days'),
    /** Domains that guests may be invited at; null: any. */
    guestDomains: jsonb('guest_domains'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    recordedAt: recordedAt(),
  },
  () => [
    pgPolicy('own_organization', {
      as: 'permissive',
      for: 'all',
      to: serverRole,
      using: isOrganizationInReach,
      withCheck: isOrganizationInReach,
    }),
  ],
)

/** A space inside an organization with its own memberships. */
export const brands = pgTable(
  'brands',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('brands_slug').on(table.organizationId, table.slug),
    ownOrganizationOnly(),
  ],
)
