// The mail server of an organization, where it has one of its own.
import { sql } from 'drizzle-orm'
import { check, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'

/** One an organization; none, or off: the installation's. */
export const mailServers = pgTable(
  'mail_servers',
  {
    organizationId: text('organization_id')
      .primaryKey()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    status: text('status', { enum: ['on', 'off'] }).notNull(),
    host: text('host').notNull(),
    port: integer('port').notNull(),
    security: text('security', { enum: ['tls', 'starttls', 'none'] }).notNull(),
    username: text('username'),
    passwordSealed: text('password_sealed'),
    senderAddress: text('sender_address').notNull(),
    senderName: text('sender_name').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  () => [
    check('mail_servers_port', sql`port between 1 and 65535`),
    check('mail_servers_password', sql`(username is null) = (password_sealed is null)`),
    ownOrganizationOnly(),
  ],
)
