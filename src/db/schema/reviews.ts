// Access reviews: what people held when a campaign opened, who looks at it, what they answered, and what that leaves to others.
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, recordedAt, time } from './common.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

/** Campaigns: of which part of the access, by whom, until when, and what no answer means. */
export const accessReviews = pgTable(
  'access_reviews',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    /** What narrows it: roleIds, brandIds, isPrivileged, inactiveDays, isOutside, directoryId; `{}`: everything. */
    scope: jsonb('scope').notNull(),
    reviewerRule: text('reviewer_rule', { enum: ['brand_managers', 'sponsor', 'role_owner', 'person'] }).notNull(),
    /** Of the rule `person`. */
    reviewerId: text('reviewer_id'),
    /** Who reviews what the rule finds nobody for. */
    fallbackId: text('fallback_id').notNull(),
    noAnswer: text('no_answer', { enum: ['keep', 'remove', 'end'] }).notNull(),
    /** Where no answer means an end: so many days after the closing. */
    endDays: integer('end_days'),
    /** For so long an answer that takes something away can be changed before it takes effect. */
    undoHours: integer('undo_hours').notNull(),
    /** From the opening until answers are due, and from then until the campaign closes by itself. */
    dueDays: integer('due_days').notNull(),
    graceDays: integer('grace_days').notNull(),
    recurrence: text('recurrence', { enum: ['monthly', 'quarterly', 'half_yearly', 'yearly'] }),
    /** The campaign that it repeats. */
    followsId: text('follows_id'),
    /** `closing`: reviewers can no longer answer, and answers take effect. */
    status: text('status', { enum: ['scheduled', 'open', 'closing', 'closed', 'cancelled'] }).notNull(),
    startsAt: time('starts_at').notNull(),
    openedAt: time('opened_at'),
    dueAt: time('due_at'),
    closesAt: time('closes_at'),
    closedAt: time('closed_at'),
    /** Nothing happens by itself from then on. */
    suspendedAt: time('suspended_at'),
    /** The last mail to the reviewers that went out: 0 at the opening, 1 a week before answers are due, 2 a day before, 3 overdue. */
    reminded: integer('reminded'),
    /** In whose name answers take effect, by what they may do by then. */
    ownerType: text('owner_type', { enum: ['user', 'api_key', 'application', 'operator'] }).notNull(),
    ownerId: text('owner_id').notNull(),
    /** Who wants back what the campaign took, while that is under way. */
    restoreType: text('restore_type', { enum: ['user', 'api_key', 'application', 'operator'] }),
    restoreId: text('restore_id'),
    /** SHA-256 of the evidence as it was when the campaign closed. */
    csvSha256: text('csv_sha256'),
    jsonSha256: text('json_sha256'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    check('access_reviews_reviewer', sql`(reviewer_rule = 'person') = (reviewer_id is not null)`),
    check('access_reviews_end', sql`(no_answer = 'end') = (end_days is not null)`),
    index('access_reviews_live').on(table.organizationId).where(sql`status in ('scheduled', 'open', 'closing')`),
    index('access_reviews_restoring').on(table.organizationId).where(sql`restore_type is not null`),
    ownOrganizationOnly(),
  ],
)

/** What was held when the campaign opened: a person, a role, where, and through what; or a person's account as such. */
export const accessReviewLines = pgTable(
  'access_review_lines',
  {
    organizationId: text('organization_id').notNull(),
    reviewId: text('review_id').notNull(),
    position: integer('position').notNull(),
    userId: text('user_id').notNull(),
    userName: text('user_name').notNull(),
    displayName: text('display_name'),
    status: text('status').notNull(),
    source: text('source', { enum: ['direct', 'mapping', 'team', 'account'] }).notNull(),
    /** Of the assignment, the mapping or the role of a team; of an account, the person's. */
    sourceId: text('source_id').notNull(),
    roleId: text('role_id'),
    roleName: text('role_name'),
    brandId: text('brand_id'),
    brandName: text('brand_name'),
    /** The reason of an assignment, the groups or the filter of a mapping, the sponsor. */
    through: jsonb('through').notNull(),
    since: time('since'),
    expiresAt: time('expires_at'),
    lastActiveAt: time('last_active_at'),
    isPrivileged: boolean('is_privileged').notNull(),
    isOutside: boolean('is_outside').notNull(),
    /** Others who stand like this person, and how many of them hold the same. */
    peersBy: text('peers_by', { enum: ['groups', 'brand'] }),
    peers: integer('peers').notNull(),
    peersHolding: integer('peers_holding').notNull(),
    advice: text('advice', { enum: ['keep', 'remove', 'end'] }).notNull(),
    adviceReason: text('advice_reason').notNull(),
    passedOn: jsonb('passed_on').notNull().default([]),
    answer: text('answer', { enum: ['keep', 'remove', 'end'] }),
    endAt: time('end_at'),
    comment: text('comment'),
    answeredAt: time('answered_at'),
    /** `system`: nobody did, and this is what the campaign makes of it. */
    answeredByType: text('answered_by_type'),
    answeredBy: text('answered_by'),
    answeredByName: text('answered_by_name'),
    /** Until then the answer can be changed. */
    effectiveAt: time('effective_at'),
    outcome: text('outcome', { enum: ['kept', 'removed', 'ended', 'task', 'gone', 'refused'] }),
    message: text('message'),
    appliedAt: time('applied_at'),
    /** What was taken, to give it back. */
    taken: jsonb('taken'),
    restoredAt: time('restored_at'),
    restoredBy: text('restored_by'),
    /** Why it could not be given back. */
    restoreMessage: text('restore_message'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.reviewId, table.position] }),
    belongsTo([table.organizationId, table.reviewId], [accessReviews.organizationId, accessReviews.id]),
    index('access_review_lines_user').on(table.organizationId, table.userId),
    index('access_review_lines_unanswered')
      .on(table.organizationId, table.reviewId, table.position)
      .where(sql`answer is null`),
    index('access_review_lines_pending')
      .on(table.organizationId, table.effectiveAt)
      .where(sql`effective_at is not null and outcome is null`),
    index('access_review_lines_applied')
      .on(table.organizationId, table.reviewId, table.position)
      .where(sql`outcome in ('removed', 'ended', 'task')`),
    ownOrganizationOnly(),
  ],
)

/** Who may answer a line: any of them. */
export const accessReviewReviewers = pgTable(
  'access_review_reviewers',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    reviewId: text('review_id').notNull(),
    position: integer('position').notNull(),
    /** Asked since the rule found nobody, or nobody any more. */
    isFallback: boolean('is_fallback').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId, table.reviewId, table.position] }),
    index('access_review_reviewers_line').on(table.organizationId, table.reviewId, table.position),
    // Not to the lines: checking each row of many against a table that was small a moment ago reads all of it.
    belongsTo([table.organizationId, table.reviewId], [accessReviews.organizationId, accessReviews.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** What only somebody else can take away, since a provider's group or attribute gives it; held back here until they have. */
export const reviewTasks = pgTable(
  'review_tasks',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    reviewId: text('review_id').notNull(),
    position: integer('position').notNull(),
    userId: text('user_id').notNull(),
    /** What gives it; the mapping may go, and the task is done by that. */
    mappingId: text('mapping_id').notNull(),
    roleId: text('role_id').notNull(),
    brandId: text('brand_id'),
    /** `waiting`: until `starts_at` they keep it. `refused`: it could not be held back. */
    status: text('status', { enum: ['waiting', 'open', 'done', 'cancelled', 'refused'] }).notNull(),
    startsAt: time('starts_at').notNull(),
    message: text('message'),
    createdAt: time('created_at').notNull(),
    settledAt: time('settled_at'),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('review_tasks_open')
      .on(table.organizationId, table.userId, table.mappingId)
      .where(sql`status in ('waiting', 'open')`),
    index('review_tasks_line').on(table.organizationId, table.reviewId, table.position),
    belongsTo([table.organizationId, table.reviewId], [accessReviews.organizationId, accessReviews.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)
