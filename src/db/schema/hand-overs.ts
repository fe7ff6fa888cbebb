// What host applications say that people own or approve, and what went from somebody who leaves to somebody else.
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { brands, organizations } from './organizations.ts'
import { users } from './users.ts'

/** By the application's own ids. One owner of a thing, approvers as many as there are. */
export const ownerships = pgTable(
  'ownerships',
  {
    organizationId: text('organization_id').notNull(),
    type: text('type').notNull(),
    id: text('id').notNull(),
    kind: text('kind', { enum: ['owner', 'approver'] }).notNull(),
    userId: text('user_id').notNull(),
    name: text('name').notNull(),
    url: text('url'),
    /** Null: of the organization. */
    brandId: text('brand_id'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.type, table.id, table.kind, table.userId] }),
    uniqueIndex('ownerships_owner').on(table.organizationId, table.type, table.id).where(sql`kind = 'owner'`),
    index('ownerships_user').on(table.organizationId, table.userId),
    index('ownerships_brand').on(table.organizationId, table.brandId).where(sql`brand_id is not null`),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    belongsTo([table.organizationId, table.brandId], [brands.organizationId, brands.id]),
    ownOrganizationOnly(),
  ],
)

/** Thing by thing, in this order. `kind` and `item` are those of the view work_of_people. */
export const handOvers = pgTable(
  'hand_overs',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    number: bigint('number', { mode: 'number' }).generatedByDefaultAsIdentity(),
    kind: text('kind', {
      enum: ['ownership', 'sponsored', 'team', 'review', 'review_line', 'task', 'asset'],
    }).notNull(),
    item: text('item').notNull(),
    name: text('name').notNull(),
    about: text('about'),
    /** The person that it is about, whose name may be in it. */
    subjectId: text('subject_id'),
    brandId: text('brand_id'),
    fromUserId: text('from_user_id').notNull(),
    toUserId: text('to_user_id').notNull(),
    /** It went back to whoever had it before. */
    isReturn: boolean('is_return').notNull(),
    occurredAt: time('occurred_at').notNull(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id').notNull(),
    returnedAt: time('returned_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.number] }),
    index('hand_overs_from')
      .on(table.organizationId, table.fromUserId)
      .where(sql`returned_at is null and not is_return`),
    index('hand_overs_subject').on(table.organizationId, table.subjectId).where(sql`subject_id is not null`),
    index('hand_overs_ownerships').on(table.organizationId, table.number).where(sql`kind = 'ownership'`),
    ownOrganizationOnly(),
  ],
)
