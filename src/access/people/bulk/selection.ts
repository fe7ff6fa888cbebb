// What can be done to many people at once, and to whom: people by their ids, or all whom a filter finds but some.
import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { planAnew } from '#db/plan-anew.ts'
import { once } from '#db/statement.ts'
import type { UserStatus } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { instantSchema, nameSchema } from '#platform/input.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { wantedUsers } from '../search/user-filter.ts'

export const maxSelected = 10_000

const reason = z.string().trim().min(1, 'say why').max(1_000, 'must have at most 1000 characters')

const scope = { roleId: z.string(), brandId: z.string().nullable() }

export const BulkAction = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('deactivate'),
    note: z.string().trim().max(1_000).nullish(),
    returnsAt: instantSchema.nullish(),
  }),
  z.object({ kind: z.literal('reactivate'), restore: z.enum(['all', 'none']).default('all') }),
  z.object({
    kind: z.literal('assign'),
    ...scope,
    reason,
    sponsor: nameSchema.nullish(),
    expiresAt: instantSchema.nullish(),
  }),
  z.object({ kind: z.literal('unassign'), ...scope }),
])

export type BulkAction = z.output<typeof BulkAction>

const Filter = z.strictObject({
  q: z.string().max(200).optional(),
  status: z.enum(['invited', 'active', 'inactive', 'erased']).optional(),
  roleId: z.string().max(100).optional(),
  brandId: z.string().max(100).optional(),
  source: z.string().max(100).optional(),
  activeSince: instantSchema.optional(),
  notActiveSince: instantSchema.optional(),
  neverActive: z.boolean().optional(),
  endingDays: z.int().min(0).max(3_650).optional(),
})

const ids = z.array(z.string().max(100)).max(maxSelected)

export const BulkInput = z.object({
  action: BulkAction,
  selection: z.union([z.strictObject({ userIds: ids.min(1, 'select somebody') }), z.strictObject({ filter: Filter })]),
  /** Left out of what a filter finds. */
  excluded: ids.default([]),
})

export type BulkInput = z.output<typeof BulkInput>

/** Somebody who was selected, with what decides whether it can be done to them. */
export type Selected = {
  id: string
  userName: string
  displayName: string | null
  status: UserStatus
  /** Their direct assignment of the role there; null where they have none, or the action is about no role. */
  assignmentId: string | null
}

/**
 * By name. Whoever the caller does not see is not among them.
 * @throws AppError forbidden; invalid (reason `tooMany`) for more than can be done at once
 */
export async function selectPeople(tx: Transaction, ctx: CallContext, input: BulkInput): Promise<Selected[]> {
  const { tables, conditions } = wantedUsers(ctx, 'filter' in input.selection ? input.selection.filter : {})
  const chosen = [
    ...conditions,
    ...('userIds' in input.selection ? [sql`u.id = any (${sql.param(input.selection.userIds)}::text[])`] : []),
    ...(input.excluded.length === 0 ? [] : [sql`u.id <> all (${sql.param(input.excluded)}::text[])`]),
  ]
  const prefix = tables.length === 0 ? sql`` : sql`with recursive ${sql.join(tables, sql`, `)} `
  const statement = sql`${prefix}select u.id, u.user_name as "userName", u.display_name as "displayName", u.status,
      ${assignmentColumn(input.action)} as "assignmentId"
    from users u where ${sql.join(chosen, sql` and `)} order by u.name_key, u.id limit ${maxSelected + 1}::int`
  await tx.run(planAnew)
  const people = await tx.run(once<Selected>(statement, { isPrepared: false }))
  if (people.length <= maxSelected) return people
  throw new AppError('invalid', `More than ${maxSelected} people are selected; narrow the filter`, {
    reason: 'tooMany',
  })
}

function assignmentColumn(action: BulkAction): SQL {
  if (action.kind !== 'assign' && action.kind !== 'unassign') return sql`null`
  return sql`(select a.id from assignments a where a.organization_id = u.organization_id and a.user_id = u.id
    and a.role_id = ${action.roleId} and a.brand_id is not distinct from ${action.brandId}::text)`
}

/** What was shown: the action, and each person with what decided about them. */
export const hashOf = (action: BulkAction, people: readonly Selected[]): string =>
  createHash('sha256')
    .update(JSON.stringify([action, people.map(({ id, status, assignmentId }) => [id, status, assignmentId])]))
    .digest('base64url')
