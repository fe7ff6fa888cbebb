// What all tables share. Each row carries organization_id, each table (but organizations) has it first in its primary key,
// every foreign key includes it, and row-level security holds the server's role to the organization of its transaction.
import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, foreignKey, pgPolicy, pgRole, timestamp } from 'drizzle-orm/pg-core'

/** The server's own database role: not the owner of the tables and not a superuser. */
export const serverRole = pgRole('rolecall_server').existing()

const isOwnOrganization = sql`organization_id = current_setting('rolecall.organization_id', true)`

/** The second wall: rows of the organization that the transaction has entered, and no others. */
export const ownOrganizationOnly = () =>
  pgPolicy('own_organization', {
    as: 'permissive',
    for: 'all',
    to: serverRole,
    using: isOwnOrganization,
    withCheck: isOwnOrganization,
  })

/** A time to the millisecond, read as text. */
export const time = (name: string) => timestamp(name, { precision: 3, withTimezone: true, mode: 'string' })

/**
 * Of tables whose history the database keeps (drizzle/0042_time_travel.sql): when the row became what it is, by the clock of the database; null for
 * what is older than the history.
 */
export const recordedAt = () => timestamp('recorded_at', { withTimezone: true, mode: 'string' }).default(sql`now()`)

const isOfNobody = sql`coalesce(current_setting('rolecall.user_id', true), '') = ''`

/** In a transaction for one person (`rolecall.user_id`), no more than they could see by any permission. */
export const visibleToPerson = (condition: SQL) =>
  pgPolicy('visible_to_person', {
    as: 'restrictive',
    for: 'all',
    to: serverRole,
    using: sql`${isOfNobody} or ${condition}`,
  })

type Columns = readonly [AnyPgColumn, ...AnyPgColumn[]]

/** A foreign key whose rows go with the one that they refer to. */
export const belongsTo = (columns: Columns, parent: Columns) =>
  foreignKey({ columns: [...columns], foreignColumns: [...parent] }).onDelete('cascade')

/** Why a directory does not get somebody for its word alone: what `adoption_verdict` says. */
export const adoptionBarriers = [
  'never',
  'confirm',
  'unverified',
  'manager',
  'taken_over',
  'refused',
  'emergency_account',
] as const
