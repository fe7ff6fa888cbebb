// What a customer has wired up for sign-in: connections, e-mail domains, and the identities that came in through them.
import { sql } from 'drizzle-orm'
import { boolean, foreignKey, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { roles } from './access.ts'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { directories } from './directories.ts'
import { groups } from './groups.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

/**
 * An organization's SAML or OIDC identity provider. `settings` holds what depends on the type (SamlSettings, OidcSettings);
 * secrets are sealed, each in a column of its own.
 */
export const connections = pgTable(
  'connections',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    type: text('type', { enum: ['saml', 'oidc'] }).notNull(),
    preset: text('preset').notNull(),
    name: text('name').notNull(),
    status: text('status', { enum: ['draft', 'tested', 'optional', 'enforced', 'disabled'] }).notNull(),
    settings: jsonb('settings').notNull(),
    /** SAML: our private key for signing and decryption. OIDC: the client secret or the key of private_key_jwt. */
    secretSealed: text('secret_sealed'),
    /** The directory that is the source of authority for this connection's people (ADR 0029). */
    directoryId: text('directory_id'),
    jit: text('jit', { enum: ['off', 'verified_domains', 'approval'] }).notNull(),
    defaultRoleId: text('default_role_id'),
    isIdpInitiatedAllowed: boolean('is_idp_initiated_allowed').notNull(),
    testedAt: time('tested_at'),
    refreshedAt: time('refreshed_at'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('connections_id').on(table.id),
    foreignKey({
      columns: [table.organizationId, table.directoryId],
      foreignColumns: [directories.organizationId, directories.id],
    }),
    foreignKey({
      columns: [table.organizationId, table.defaultRoleId],
      foreignColumns: [roles.organizationId, roles.id],
    }),
    ownOrganizationOnly(),
  ],
)

/** An e-mail domain that an organization claims. Verified, it belongs to one organization of the whole installation. */
export const domains = pgTable(
  'domains',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    /** Lower case, as DNS has it (punycode). */
    name: text('name').notNull(),
    status: text('status', { enum: ['pending', 'verified', 'lapsed'] }).notNull(),
    /** What the TXT record has to say; no secret. */
    challenge: text('challenge').notNull(),
    verifiedBy: text('verified_by', { enum: ['dns', 'operator'] }),
    verifiedAt: time('verified_at'),
    checkedAt: time('checked_at'),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('domains_name').on(table.organizationId, table.name),
    uniqueIndex('domains_verified').on(table.name).where(sql`status = 'verified'`),
    ownOrganizationOnly(),
  ],
)

/** Which connections may vouch for addresses of a domain; none here: all of the organization. */
export const domainConnections = pgTable(
  'domain_connections',
  {
    organizationId: text('organization_id').notNull(),
    domainId: text('domain_id').notNull(),
    connectionId: text('connection_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.domainId, table.connectionId] }),
    belongsTo([table.organizationId, table.domainId], [domains.organizationId, domains.id]),
    // No cascade: a domain that lost its last connection would be open to all of them.
    foreignKey({
      columns: [table.organizationId, table.connectionId],
      foreignColumns: [connections.organizationId, connections.id],
    }),
    ownOrganizationOnly(),
  ],
)

/** The stored link from (connection, subject) to a user; never by e-mail (ADR 0030). */
export const identities = pgTable(
  'identities',
  {
    organizationId: text('organization_id').notNull(),
    connectionId: text('connection_id').notNull(),
    /** `sub`, or the NameID or attribute that the connection names as the subject; with case. */
    subject: text('subject').notNull(),
    userId: text('user_id').notNull(),
    createdAt: time('created_at').notNull(),
    lastSignInAt: time('last_sign_in_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.connectionId, table.subject] }),
    index('identities_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.connectionId], [connections.organizationId, connections.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** Identities that wait for an administrator's word before they are linked to somebody who manages something. */
export const linkRequests = pgTable(
  'link_requests',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    connectionId: text('connection_id').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id').notNull(),
    /** The address by which the person was found. */
    email: text('email').notNull(),
    status: text('status', { enum: ['pending', 'approved', 'refused'] }).notNull(),
    createdAt: time('created_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
    decidedAt: time('decided_at'),
    /** A user's or key's id. */
    decidedBy: text('decided_by'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('link_requests_once').on(table.organizationId, table.connectionId, table.subject, table.userId),
    index('link_requests_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.connectionId], [connections.organizationId, connections.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** Which groups came from a connection's claims, by the value that the claims carry. */
export const connectionGroups = pgTable(
  'connection_groups',
  {
    organizationId: text('organization_id').notNull(),
    connectionId: text('connection_id').notNull(),
    value: text('value').notNull(),
    groupId: text('group_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.connectionId, table.value] }),
    uniqueIndex('connection_groups_group').on(table.organizationId, table.groupId),
    belongsTo([table.organizationId, table.connectionId], [connections.organizationId, connections.id]),
    belongsTo([table.organizationId, table.groupId], [groups.organizationId, groups.id]),
    ownOrganizationOnly(),
  ],
)

/**
 * A link that lets somebody without an account connect one identity provider: it makes one connection and one directory,
 * and sees nothing else. The token is hashed.
 */
export const setupLinks = pgTable(
  'setup_links',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    tokenHash: text('token_hash').notNull(),
    /** For whom it was made: a name or an address, for the list of links. */
    label: text('label').notNull(),
    /** Whether the people of the directory that it makes wait until somebody lets them in. */
    arrivals: text('arrivals', { enum: ['active', 'staged'] })
      .notNull()
      .default('active'),
    /** Names of the e-mail domains that it may prove, and sees. */
    domains: jsonb('domains').notNull().default([]),
    connectionId: text('connection_id'),
    directoryId: text('directory_id'),
    createdBy: text('created_by').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
    lastUsedAt: time('last_used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('setup_links_token').on(table.tokenHash),
    belongsTo([table.organizationId, table.connectionId], [connections.organizationId, connections.id]),
    belongsTo([table.organizationId, table.directoryId], [directories.organizationId, directories.id]),
    ownOrganizationOnly(),
  ],
)
