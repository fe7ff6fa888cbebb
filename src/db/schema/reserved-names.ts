// What erased people were called, for as long as nobody else may be: as keyed hashes, and the key.
import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'

export const reservationKeys = pgTable(
  'reservation_keys',
  {
    organizationId: text('organization_id')
      .primaryKey()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
  },
  () => [ownOrganizationOnly()],
)

export const reservedNames = pgTable(
  'reserved_names',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    nameHash: text('name_hash').notNull(),
    userId: text('user_id').notNull(),
    /** Not null: of a person of a directory, whose name directories may give again. */
    directoryId: text('directory_id'),
    reservedUntil: time('reserved_until').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.nameHash, table.userId] }),
    index('reserved_names_until').on(table.reservedUntil),
    ownOrganizationOnly(),
  ],
)
