// Local accounts: how people prove who they are without an identity provider, and how they are invited.
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

const ofUser = () => ({ organizationId: text('organization_id').notNull(), userId: text('user_id').notNull() })

/** The argon2id hash of a password, in PHC form. */
export const passwords = pgTable(
  'passwords',
  {
    ...ofUser(),
    hash: text('hash').notNull(),
    mustChange: boolean('must_change').notNull().default(false),
    changedAt: time('changed_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** A time-based one-time password generator (RFC 6238); it counts once confirmed. */
export const totpFactors = pgTable(
  'totp_factors',
  {
    ...ofUser(),
    secretSealed: text('secret_sealed').notNull(),
    confirmedAt: time('confirmed_at'),
    /** The last accepted time step: a code counts once. */
    lastStep: integer('last_step'),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** WebAuthn credentials. */
export const passkeys = pgTable(
  'passkeys',
  {
    ...ofUser(),
    id: text('id').notNull(),
    credentialId: text('credential_id').notNull(),
    /** base64url of the COSE key. */
    publicKey: text('public_key').notNull(),
    counter: integer('counter').notNull(),
    transports: jsonb('transports').notNull(),
    name: text('name').notNull(),
    isBackedUp: boolean('is_backed_up').notNull(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('passkeys_credential').on(table.credentialId),
    index('passkeys_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** One-time codes for when the second factor is lost. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    ...ofUser(),
    codeHash: text('code_hash').notNull(),
    createdAt: time('created_at').notNull(),
    usedAt: time('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId, table.codeHash] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** Links sent for a forgotten password: single use, short-lived, the newest one only. */
export const passwordResets = pgTable(
  'password_resets',
  {
    ...ofUser(),
    tokenHash: text('token_hash').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.tokenHash] }),
    uniqueIndex('password_resets_token').on(table.tokenHash),
    index('password_resets_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** Accounts for when the provider does not work: local, sealed, with a second factor; each use raises an alarm. */
export const emergencyAccounts = pgTable(
  'emergency_accounts',
  {
    ...ofUser(),
    createdAt: time('created_at').notNull(),
    /** When its password, authenticator and codes were made. */
    sealedAt: time('sealed_at').notNull().defaultNow(),
    /** When somebody last signed in with these, drills included; enforcing a connection wants proof that it works. */
    lastUsedAt: time('last_used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** Uses of emergency accounts other than drills; each waits for a report that somebody signs. */
export const emergencyUses = pgTable(
  'emergency_uses',
  {
    ...ofUser(),
    id: text('id').notNull(),
    reason: text('reason').notNull(),
    ip: text('ip'),
    startedAt: time('started_at').notNull(),
    /** What happened and what was done about it, in the words of whoever signs. */
    statement: text('statement'),
    signedAt: time('signed_at'),
    /** The id of the actor. */
    signedBy: text('signed_by'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    index('emergency_uses_user').on(table.organizationId, table.userId, table.startedAt),
    ownOrganizationOnly(),
  ],
)

/** Invitations: what a person will hold once they accept. The link's token is hashed; a resend replaces it. */
export const invitations = pgTable(
  'invitations',
  {
    ...ofUser(),
    id: text('id').notNull(),
    email: text('email').notNull(),
    emailKey: text('email_key').notNull(),
    tokenHash: text('token_hash').notNull(),
    status: text('status', { enum: ['pending', 'accepted', 'cancelled', 'withdrawn'] }).notNull(),
    note: text('note'),
    invitedBy: text('invited_by').notNull(),
    sentCount: integer('sent_count').notNull().default(1),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    acceptedAt: time('accepted_at'),
    /** When the link was shown to somebody who had to hand it on; its use then proves no address. */
    linkShownAt: time('link_shown_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('invitations_token').on(table.tokenHash),
    uniqueIndex('invitations_pending').on(table.organizationId, table.userId).where(sql`status = 'pending'`),
    index('invitations_email').on(table.organizationId, table.emailKey),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** Mails to be sent. Their bodies hold links that let people in, so they are sealed. */
export const mails = pgTable(
  'mails',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    kind: text('kind').notNull(),
    recipient: text('recipient').notNull(),
    subject: text('subject').notNull(),
    bodySealed: text('body_sealed').notNull(),
    /** `kept`: there are no SMTP settings, so it waits in the outbox to be read there. */
    status: text('status', { enum: ['queued', 'sent', 'failed', 'kept'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: time('next_attempt_at'),
    lastError: text('last_error'),
    targetId: text('target_id'),
    createdAt: time('created_at').notNull(),
    sentAt: time('sent_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('mails_due').on(table.nextAttemptAt).where(sql`status = 'queued'`),
    index('mails_target').on(table.organizationId, table.targetId),
    ownOrganizationOnly(),
  ],
)

/** A new sign-in address that waits until its link is opened; one a person. */
export const addressChanges = pgTable(
  'address_changes',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    email: text('email').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)
