// Roles that a mapping gives and a review took: held back until the provider's group has followed. The view effective_assignments
// leaves them out; whatever reads mappings and members itself does so by these conditions.
import { type SQL, sql } from 'drizzle-orm'

/** For somebody's id and a mapping, `m` unless said otherwise: this role of theirs is held back. They are few, and looked up as a set. */
export const isHeldBack = (organizationId: SQL | string, userId: SQL, mappingId: SQL = sql`m.id`): SQL =>
  sql`(${userId}, ${mappingId}) in (select held_back.user_id, held_back.mapping_id from review_tasks held_back
    where held_back.organization_id = ${organizationId} and held_back.status = 'open')`

/**
 * The few people of whom something is held back that the condition is about, for sets that do not know through which mapping
 * somebody comes into them: each of these is to be looked at one by one.
 * @param isAbout of `review_tasks t`
 */
export const heldBackPeople = (organizationId: SQL | string, isAbout: SQL): SQL =>
  sql`select t.user_id from review_tasks t where t.organization_id = ${organizationId} and t.status = 'open' and ${isAbout}`
