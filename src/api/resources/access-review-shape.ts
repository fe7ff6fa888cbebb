// Shapes of access reviews.
import { z } from '@hono/zod-openapi'
import { time, timeInput } from '../contract/schemas.ts'

const named = z.object({ id: z.string(), name: z.string() })

export const reviewAnswer = z.enum(['keep', 'remove', 'end'])

const scopeFields = {
  roleIds: z.array(z.string()).optional(),
  brandIds: z.array(z.string()).optional(),
  isPrivileged: z.literal(true).optional().openapi({ description: 'Roles that let people manage others or settings' }),
  inactiveDays: z.number().int().optional().openapi({
    description:
      'People without activity for so many days; without roles, brands or privileges beside it, their accounts as such',
  }),
  isOutside: z.literal(true).optional().openapi({ description: 'People of no directory and no verified domain' }),
  directoryId: z.string().optional(),
}

export const ReviewScope = z
  .strictObject(scopeFields)
  .openapi('AccessReviewScope', { description: 'What satisfies all that is said; nothing said means everything' })

const reviewerRule = z.enum(['brand_managers', 'sponsor', 'role_owner', 'person'])
const recurrence = z.enum(['monthly', 'quarterly', 'half_yearly', 'yearly'])

export const NewReview = z
  .strictObject({
    name: z.string(),
    scope: ReviewScope.optional(),
    reviewerRule: reviewerRule.optional().openapi({ description: '`brand_managers` unless said otherwise' }),
    reviewerId: z.string().nullish().openapi({
      description: 'Of the rule `person`: an id, a user name or an address, as is `fallbackId`',
    }),
    fallbackId: z.string().openapi({ description: 'Who answers where the rule finds nobody' }),
    noAnswer: reviewAnswer.optional().openapi({ description: 'What no answer means; `keep` unless said otherwise' }),
    endDays: z.number().int().nullish().openapi({ description: 'Of the answer `end`: so many days after the closing' }),
    undoHours: z.number().int().optional().openapi({ description: 'Until what is answered takes effect; 24' }),
    dueDays: z.number().int().optional().openapi({ description: 'From the opening; 21' }),
    graceDays: z.number().int().optional().openapi({ description: 'From then until it closes by itself; 3' }),
    recurrence: recurrence.nullish(),
    startsAt: timeInput.nullish(),
  })
  .openapi('NewAccessReview')

export const Review = z
  .object({
    ...{
      id: z.string(),
      name: z.string(),
      scope: ReviewScope,
      reviewerRule,
      reviewer: named.nullable(),
      fallback: named,
    },
    ...{ noAnswer: reviewAnswer, endDays: z.number().int().nullable(), undoHours: z.number().int() },
    ...{ dueDays: z.number().int(), graceDays: z.number().int(), recurrence: recurrence.nullable() },
    followsId: z.string().nullable().openapi({ description: 'The review that it repeats' }),
    status: z.enum(['scheduled', 'open', 'closing', 'closed', 'cancelled']).openapi({
      description: '`closing`: reviewers can no longer answer, and answers take effect',
    }),
    ...{ startsAt: time, openedAt: time.nullable(), dueAt: time.nullable(), closesAt: time.nullable() },
    ...{ closedAt: time.nullable(), suspendedAt: time.nullable() },
    owner: z
      .object({
        type: z.enum(['user', 'api_key', 'application', 'operator']),
        id: z.string(),
        name: z.string().nullable(),
      })
      .openapi({ description: 'In whose name, and within whose rights, answers take effect' }),
    isRestoring: z.boolean(),
    csvSha256: z.string().nullable().openapi({ description: 'Of the evidence as it was sealed' }),
    jsonSha256: z.string().nullable(),
    ...{ createdAt: time, createdBy: z.string(), lines: z.number().int(), unanswered: z.number().int() },
  })
  .openapi('AccessReview')

const group = z.object({ id: z.string(), name: z.string(), provider: z.string().nullable() })

const source = z
  .discriminatedUnion('type', [
    z.object({
      ...{ type: z.literal('direct'), assignmentId: z.string(), reason: z.string(), sponsor: z.string().nullable() },
    }),
    z.object({
      ...{ type: z.literal('mapping'), mappingId: z.string(), groups: z.array(group), filter: z.string().nullable() },
    }),
    z.object({ type: z.literal('team'), teamRoleId: z.string(), team: named, reason: z.string() }),
    z.object({ type: z.literal('account'), roles: z.number().int() }),
  ])
  .openapi('AccessReviewSource')

export const taskStatus = z.enum(['waiting', 'open', 'done', 'cancelled', 'refused'])

const person = z.object({ id: z.string(), userName: z.string(), displayName: z.string().nullable() })

export const ReviewLine = z
  .object({
    ...{ reviewId: z.string(), position: z.number().int() },
    user: person.extend({ status: z.enum(['invited', 'active', 'inactive', 'erased']) }),
    role: named.nullable().openapi({ description: 'Null: the account as such' }),
    brand: named.nullable(),
    ...{ source, since: time.nullable(), expiresAt: time.nullable(), lastActiveAt: time.nullable() },
    ...{ isPrivileged: z.boolean(), isOutside: z.boolean() },
    peers: z
      .object({ by: z.enum(['groups', 'brand']), count: z.number().int(), holding: z.number().int() })
      .nullable()
      .openapi({ description: 'Of so many others who stand alike, so many hold it' }),
    advice: z.object({
      answer: reviewAnswer,
      reason: z.enum(['inactive', 'unused', 'sponsor_left', 'outside_without_end', 'unlike_peers', 'usual']),
    }),
    reviewers: z.array(named),
    isFallback: z.boolean(),
    passedOn: z.array(z.object({ from: z.string(), to: z.string(), reason: z.string(), at: time })),
    answer: z
      .object({
        ...{ answer: reviewAnswer, endAt: time.nullable(), comment: z.string().nullable(), at: time },
        by: z.object({ type: z.string(), id: z.string(), name: z.string().nullable() }),
      })
      .nullable(),
    effectiveAt: time.nullable(),
    outcome: z.enum(['kept', 'removed', 'ended', 'task', 'gone', 'refused']).nullable(),
    message: z.string().nullable().openapi({ description: 'Why it could not take effect' }),
    appliedAt: time.nullable(),
    restoredAt: time.nullable(),
    restoreMessage: z.string().nullable(),
    task: z.object({ id: z.string(), status: taskStatus }).nullable(),
  })
  .openapi('AccessReviewLine')

export const ReviewTask = z
  .object({
    ...{
      id: z.string(),
      review: named,
      position: z.number().int(),
      user: person,
      role: named,
      brand: named.nullable(),
    },
    ...{ groups: z.array(group), filter: z.string().nullable(), status: taskStatus, startsAt: time },
    ...{ message: z.string().nullable(), createdAt: time, settledAt: time.nullable() },
  })
  .openapi('AccessReviewTask')
