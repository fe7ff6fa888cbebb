// Sign-ins under way, what came of them, and the sessions that they opened.
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { connections } from './connections.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

/** A sign-in that waits: for the identity provider's answer, or for a second factor (then it knows the user). */
export const signInRequests = pgTable(
  'sign_in_requests',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    /** SHA-256 of the state (OIDC), the AuthnRequest's ID (SAML) or the pending token (second factor). */
    stateHash: text('state_hash').notNull(),
    purpose: text('purpose', {
      enum: ['sign_in', 'test', 'setup_test', 'link', 'invitation', 'second_factor', 'step_up', 'approval'],
    }).notNull(),
    connectionId: text('connection_id'),
    userId: text('user_id'),
    /** SHA-256 of the login-state cookie: the answer counts only in the browser that asked. */
    browserHash: text('browser_hash').notNull(),
    returnTo: text('return_to').notNull(),
    /** Sealed JSON: nonce and PKCE verifier, or what the next step needs. */
    secretSealed: text('secret_sealed'),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
    /** The session that it led to, so that a repeated answer leads on and another sign-in of this browser ends it. */
    sessionId: text('session_id'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.stateHash] }),
    index('sign_in_requests_browser').on(table.organizationId, table.browserHash).where(sql`session_id is not null`),
    uniqueIndex('sign_in_requests_state').on(table.stateHash),
    index('sign_in_requests_user').on(table.organizationId, table.userId).where(sql`user_id is not null`),
    index('sign_in_requests_expiry').on(table.expiresAt),
    belongsTo([table.organizationId, table.connectionId], [connections.organizationId, connections.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** Links by which people take back an identity that was linked to them: single use, hashed. */
export const identityUndos = pgTable(
  'identity_undos',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    connectionId: text('connection_id').notNull(),
    subject: text('subject').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.tokenHash] }),
    uniqueIndex('identity_undos_token').on(table.tokenHash),
    index('identity_undos_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    belongsTo([table.organizationId, table.connectionId], [connections.organizationId, connections.id]),
    ownOrganizationOnly(),
  ],
)

/** Messages that count once (assertions, logout requests and tokens), by hash of issuer and id, until they expire anyway. */
export const usedMessages = pgTable(
  'used_messages',
  {
    organizationId: text('organization_id').notNull(),
    connectionId: text('connection_id').notNull(),
    messageHash: text('message_hash').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.connectionId, table.messageHash] }),
    index('used_messages_expiry').on(table.expiresAt),
    belongsTo([table.organizationId, table.connectionId], [connections.organizationId, connections.id]),
    ownOrganizationOnly(),
  ],
)

/** The trace of an attempt to sign in: what was received, decoded and mapped, and each check with its result. */
export const signInAttempts = pgTable(
  'sign_in_attempts',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    /** What a refused person is shown and can read out. */
    reference: text('reference').notNull(),
    method: text('method', { enum: ['saml', 'oidc', 'password', 'passkey', 'invitation', 'emergency'] }).notNull(),
    connectionId: text('connection_id'),
    userId: text('user_id'),
    outcome: text('outcome', { enum: ['signed_in', 'refused', 'tested', 'pending', 'cancelled'] }).notNull(),
    /** Why it was refused, e.g. `replay`; null where it was not. */
    reason: text('reason'),
    trace: jsonb('trace').notNull(),
    ip: text('ip'),
    userAgent: text('user_agent'),
    occurredAt: time('occurred_at').notNull(),
    requestId: text('request_id').notNull(),
    /** How many it stands for: refusals of whoever has begun nothing here are counted, not written one by one; null: one. */
    count: integer('count'),
    /** Connection, reason and hour of what is counted; null where the attempt stands for itself. */
    bucket: text('bucket'),
    /** When the latest of several was. */
    lastAt: time('last_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('sign_in_attempts_bucket').on(table.organizationId, table.bucket).where(sql`bucket is not null`),
    index('sign_in_attempts_reference').on(table.organizationId, table.reference),
    index('sign_in_attempts_user').on(table.organizationId, table.userId, table.id),
    index('sign_in_attempts_connection').on(table.organizationId, table.connectionId, table.id),
    ownOrganizationOnly(),
  ],
)

/** Sessions of browsers. The token has 256 random bits; its SHA-256 is what is kept. */
export const sessions = pgTable(
  'sessions',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    userId: text('user_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    /** The user's epoch when it began; a later epoch ends it, whatever else happens. */
    epoch: integer('epoch').notNull(),
    method: text('method', { enum: ['saml', 'oidc', 'password', 'passkey', 'emergency'] }).notNull(),
    connectionId: text('connection_id'),
    /** How the identity provider names this session (SessionIndex, sid) and the person, for logout. */
    subject: text('subject'),
    providerSession: text('provider_session'),
    /** The NameID with its format and qualifiers, as SAML providers want it back. */
    nameId: jsonb('name_id'),
    /** Sealed ID token, for RP-initiated logout. */
    idTokenSealed: text('id_token_sealed'),
    hasSecondFactor: boolean('has_second_factor').notNull(),
    ip: text('ip'),
    userAgent: text('user_agent'),
    createdAt: time('created_at').notNull(),
    /** When the person last proved who they are; sensitive changes want it recent. */
    authenticatedAt: time('authenticated_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
    idleExpiresAt: time('idle_expires_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    endedAt: time('ended_at'),
    endReason: text('end_reason'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('sessions_token').on(table.tokenHash),
    index('sessions_user').on(table.organizationId, table.userId).where(sql`ended_at is null`),
    index('sessions_provider')
      .on(table.organizationId, table.connectionId, table.subject)
      .where(sql`ended_at is null and connection_id is not null`),
    index('sessions_name_id')
      .on(table.organizationId, table.connectionId, sql`(name_id ->> 'value')`)
      .where(sql`ended_at is null and name_id is not null`),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    belongsTo([table.organizationId, table.connectionId], [connections.organizationId, connections.id]),
    ownOrganizationOnly(),
  ],
)
