// Rolecall as an OpenID provider for host applications, and what belongs to the whole installation.
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, time } from './common.ts'

/** A host product that trusts Rolecall; its id is its client_id. */
export const applications = pgTable(
  'applications',
  {
    /** `platform` for those that serve all organizations, or some. */
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    /** Machines sign nobody in and act for themselves. */
    kind: text('kind', { enum: ['confidential', 'public', 'machine'] })
      .notNull()
      .default('confidential'),
    name: text('name').notNull(),
    status: text('status', { enum: ['active', 'disabled'] })
      .notNull()
      .default('active'),
    /** Sealed rather than hashed: the client may use client_secret_jwt, and logout tokens may be signed with it. Null: a public one. */
    secretSealed: text('secret_sealed'),
    redirectUris: jsonb('redirect_uris').notNull(),
    postLogoutRedirectUris: jsonb('post_logout_redirect_uris').notNull(),
    backchannelLogoutUri: text('backchannel_logout_uri'),
    /** Whose pages may call the endpoints for tokens. */
    browserOrigins: jsonb('browser_origins').notNull().default([]),
    /** What a machine may do, as an API key has it; null for all others. */
    rights: jsonb('rights'),
    /** False for one that knows no PKCE and keeps its secret to itself. */
    isPkceRequired: boolean('is_pkce_required').notNull().default(true),
    idTokenAlgorithm: text('id_token_algorithm', { enum: ['RS256', 'ES256'] })
      .notNull()
      .default('RS256'),
    /** How tokens list brands: as objects with their roles, or by their slugs alone. */
    brandsClaim: text('brands_claim', { enum: ['objects', 'slugs'] })
      .notNull()
      .default('objects'),
    /** It may sign people in on devices without a browser (RFC 8628). */
    isDeviceFlowAllowed: boolean('is_device_flow_allowed').notNull().default(false),
    /** Its tokens are bound to a key of its own (RFC 9449). */
    isDpopRequired: boolean('is_dpop_required').notNull().default(false),
    /** Public keys by which it proves who it is, in place of its secret (RFC 7523), or where they are published. */
    jwks: jsonb('jwks'),
    jwksUri: text('jwks_uri'),
    /** What it may ask access tokens for (RFC 8707), and what it serves itself. */
    resources: jsonb('resources').notNull().default([]),
    servedResources: jsonb('served_resources').notNull().default([]),
    /** Whether its tokens say organization, roles and brands unasked. */
    accessClaims: text('access_claims', { enum: ['always', 'by_scope'] })
      .notNull()
      .default('always'),
    /** Which attribute of a person goes into which claim. */
    claimMappings: jsonb('claim_mappings').notNull().default([]),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('applications_id').on(table.id),
    index('applications_browser_origins').using('gin', table.browserOrigins).where(sql`kind = 'public'`),
    check(
      'applications_kind',
      sql`kind in ('confidential', 'public', 'machine') and (kind = 'machine') = (rights is not null)
        and (kind = 'public') = (secret_sealed is null) and (kind <> 'public' or is_pkce_required)`,
    ),
    check('applications_access_claims', sql`access_claims in ('always', 'by_scope')`),
    check(
      'applications_keys',
      sql`(jwks is null or jwks_uri is null) and (kind <> 'public' or (jwks is null and jwks_uri is null))
        and (kind <> 'machine' or not is_device_flow_allowed)`,
    ),
    ownOrganizationOnly(),
  ],
)

/** Logout tokens to deliver to applications (OpenID Connect Back-Channel Logout 1.0), written where a session ends. */
export const applicationLogouts = pgTable(
  'application_logouts',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    applicationId: text('application_id').notNull(),
    userId: text('user_id').notNull(),
    sessionId: text('session_id').notNull(),
    status: text('status', { enum: ['queued', 'sent', 'failed'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: time('next_attempt_at'),
    lastError: text('last_error'),
    createdAt: time('created_at').notNull(),
    sentAt: time('sent_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('application_logouts_due').on(table.nextAttemptAt).where(sql`status = 'queued'`),
    ownOrganizationOnly(),
  ],
)

/** Which applications a session has been used for: they are told when it ends. */
export const applicationSessions = pgTable(
  'application_sessions',
  {
    organizationId: text('organization_id').notNull(),
    sessionId: text('session_id').notNull(),
    applicationId: text('application_id').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.sessionId, table.applicationId] }),
    ownOrganizationOnly(),
  ],
)

/**
 * What the OpenID provider keeps: codes, tokens, grants, interactions, by the SHA-256 of their id. Whose they are is often
 * not known before they are read, so the server's role has no right to the table and reaches single rows by functions.
 */
export const providerArtifacts = pgTable(
  'provider_artifacts',
  {
    model: text('model').notNull(),
    idHash: text('id_hash').notNull(),
    organizationId: text('organization_id'),
    userId: text('user_id'),
    /** The Rolecall session that it was issued under; it dies with it. */
    sessionId: text('session_id'),
    grantId: text('grant_id'),
    payload: jsonb('payload').notNull(),
    consumedAt: time('consumed_at'),
    expiresAt: time('expires_at'),
  },
  (table) => [
    primaryKey({ columns: [table.model, table.idHash] }),
    index('provider_artifacts_grant').on(table.grantId),
    index('provider_artifacts_user').on(table.organizationId, table.userId),
    index('provider_artifacts_expiry').on(table.expiresAt),
  ],
).enableRLS()

/** The provider's signing keys, sealed; and a sealed known text that proves the sealing key right. */
export const instanceKeys = pgTable('instance_keys', {
  id: text('id').primaryKey(),
  purpose: text('purpose', { enum: ['check', 'signing', 'first_administrator'] }).notNull(),
  valueSealed: text('value_sealed').notNull(),
  createdAt: time('created_at').notNull(),
  retiredAt: time('retired_at'),
}).enableRLS()

/** Where PostgreSQL has this database, by its own numbers: a backup that was restored is somewhere else. */
export const instancePlaces = pgTable('instance_places', {
  id: integer('id').primaryKey(),
  place: jsonb('place').notNull(),
  timeline: integer('timeline'),
  settledAt: time('settled_at').notNull(),
  /** When the last backup was written by the product; null: none was. */
  backedUpAt: time('backed_up_at'),
}).enableRLS()

/** Counters of attempts in a window of time, by the hash of what is counted (an address, an account). */
export const throttles = pgTable('throttles', {
  keyHash: text('key_hash').primaryKey(),
  count: integer('count').notNull(),
  windowEndsAt: time('window_ends_at').notNull(),
}).enableRLS()
