// What an invited person will hold once they have accepted: a direct assignment for which the inviter vouches.
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
  sponsor: string | null
  expiresAt: string | null
  now: string
  createdBy: string
}

const insert = prepared<Parameters, never>(
  (
    p,
  ) => sql`insert into assignments (organization_id, id, user_id, role_id, brand_id, reason, sponsor, expires_at, created_at,
      created_by)
    values (${p.organizationId}, ${p.id}, ${p.userId}, ${p.roleId}, ${p.brandId}, ${p.reason}, coalesce(${p.sponsor},
      (select u.user_name from users u where u.organization_id = ${p.organizationId} and u.id = ${p.createdBy})),
      ${p.expiresAt}::timestamptz, ${p.now}::timestamptz, ${p.createdBy})`,
)

/** As a statement, for a transaction that has found role and brand to exist. Without a sponsor, the inviter is it. */
export const insertHolding = (
  ctx: CallContext,
  holding: Pick<Parameters, 'userId' | 'roleId' | 'brandId' | 'sponsor' | 'expiresAt'> & { reason?: string },
): Statement<never> =>
  insert({
    ...{ organizationId: ctx.organizationId, id: ctx.ids.next('asg'), now: nowOf(ctx), createdBy: ctx.actor.id },
    reason: 'Invitation',
    ...holding,
  })
