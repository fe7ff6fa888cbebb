// A direct assignment for what creates a person with their role: an import, a local user, an emergency account.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, nowOf } from '#src/context.ts'

type Parameters = {
  organizationId: string
  id: string
  userId: string
  roleId: string
  brandId: string | null
  reason: string
  expiresAt: string | null
  now: string
  createdBy: string
}

const insert = prepared<Parameters, never>(
  (
    p,
  ) => sql`insert into assignments (organization_id, id, user_id, role_id, brand_id, reason, expires_at, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.userId}, ${p.roleId}, ${p.brandId}, ${p.reason}, ${p.expiresAt}::timestamptz,
      ${p.now}::timestamptz, ${p.createdBy})`,
)

/** As a statement, for a transaction that has found user, role and brand to exist and writes its own audit row. */
export const openAssignment = (
  ctx: CallContext,
  assignment: { userId: string; roleId: string; brandId: string | null; reason: string; expiresAt?: string | null },
): Statement<never> =>
  insert({
    ...{ organizationId: ctx.organizationId, id: ctx.ids.next('asg'), now: nowOf(ctx), createdBy: ctx.actor.id },
    expiresAt: null,
    ...assignment,
  })
