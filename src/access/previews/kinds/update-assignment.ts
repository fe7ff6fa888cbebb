// A direct assignment gets another role, end, reason or sponsor.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { isoTime, prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { assignmentById } from '../../grants/assignments/assignments.ts'
import { updateAssignmentWithin } from '../../grants/assignments/update-assignment.ts'
import { id, timeInput } from './fields.ts'
import { asBefore, defineChange, type EarlierEnd, usersAffected } from './kind.ts'

type Key = { organizationId: string; assignmentId: string }

const endOf = prepared<Key, Omit<EarlierEnd, 'after'>>(
  (
    p,
  ) => sql`select a.user_id as "userId", coalesce(u.display_name, u.user_name) as name, r.name as role, b.name as brand,
      ${isoTime(sql`a.expires_at`)} as before
    from assignments a join users u on u.organization_id = a.organization_id and u.id = a.user_id
    join roles r on r.organization_id = a.organization_id and r.id = a.role_id
    left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
    where a.organization_id = ${p.organizationId} and a.id = ${p.assignmentId}`,
)

const recordedAfter = prepared<Key & { moment: string }, { id: string }>(
  (p) => sql`select id from assignments where organization_id = ${p.organizationId} and id = ${p.assignmentId}
    and recorded_at > ${p.moment}::timestamptz`,
)

export const updateAssignment = defineChange({
  fields: z.strictObject({
    assignmentId: id,
    roleId: id.optional(),
    reason: z.string().optional(),
    sponsor: z.string().nullish(),
    expiresAt: timeInput.nullish(),
    reviewAt: timeInput.nullish(),
  }),
  label: 'Save this change',
  needsWord: 'where_something_is_lost',
  apply: async (tx, ctx, change) => [await updateAssignmentWithin(tx, ctx, change)],
  affected: async (tx, { organizationId }, { assignmentId }) =>
    usersAffected(isId('asg', assignmentId) ? await tx.run(endOf({ organizationId, assignmentId })) : []),
  changedSince: async (tx, { organizationId }, { assignmentId }, moment) =>
    (await tx.run(recordedAfter({ organizationId, assignmentId, moment }))).length > 0,
  inverse: async (tx, { organizationId }, change) => {
    const [before] = await tx.run(assignmentById({ organizationId, assignmentId: change.assignmentId }))
    if (before === undefined) return () => []
    const { reason, sponsor, expiresAt, reviewAt } = before
    const was = {
      ...asBefore({ reason, sponsor, expiresAt, reviewAt }, change),
      ...(change.roleId === undefined ? {} : { roleId: before.role.id }),
    }
    // With another role, what is left is another assignment.
    return ([left]) => [{ kind: 'update_assignment', assignmentId: left?.id ?? change.assignmentId, ...was }]
  },
  earlierEnds: async (tx, { organizationId }, { assignmentId, expiresAt }) => {
    if (typeof expiresAt !== 'string' || !isId('asg', assignmentId)) return []
    const found = await tx.run(endOf({ organizationId, assignmentId }))
    return found
      .filter(({ before }) => before === null || Date.parse(before) > Date.parse(expiresAt))
      .map((end) => ({ ...end, after: expiresAt }))
  },
})
