// How many people are active in an organization, and in each of its brands, beside how many may be.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermission, type Transaction } from '#src/context.ts'

/** `warn`: it is shown that there are too many; `hold`: new ones wait to be let in. */
export type SeatLimit = { seats: number; rule: 'warn' | 'hold' }

export type SeatUse = {
  /** Active people. */
  used: number
  limit: SeatLimit | null
  /** Active people with a role in the brand; somebody in two brands counts in both. */
  brands: { id: string; slug: string; name: string; used: number }[]
}

const selectUse = prepared<{ organizationId: string }, SeatUse>(
  (p) => sql`select people_count(${p.organizationId}, null, array['active']::text[]) as used,
      (select json_build_object('seats', l.seats, 'rule', l.rule) from seat_limits l
        where l.organization_id = ${p.organizationId}) as limit,
      (select coalesce(json_agg(json_build_object('id', b.id, 'slug', b.slug, 'name', b.name, 'used', (
          select count(distinct e.user_id)::int from effective_assignments e
          join users u on u.organization_id = e.organization_id and u.id = e.user_id and u.status = 'active'
          where e.organization_id = b.organization_id and e.brand_id = b.id)) order by b.slug), '[]')
        from brands b where b.organization_id = ${p.organizationId}) as brands`,
)

/** @throws AppError forbidden */
export async function getSeatUse(ctx: CallContext): Promise<SeatUse> {
  requirePermission(ctx, 'organization.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectUse({ organizationId: ctx.organizationId })))
  return rows?.[0] ?? { used: 0, limit: null, brands: [] }
}

const put = prepared<{ organizationId: string; seats: number; rule: string }, never>(
  (
    p,
  ) => sql`insert into seat_limits (organization_id, seats, rule) values (${p.organizationId}, ${p.seats}::int, ${p.rule})
    on conflict (organization_id) do update set seats = excluded.seats, rule = excluded.rule`,
)

const drop = prepared<{ organizationId: string }, never>(
  (p) => sql`delete from seat_limits where organization_id = ${p.organizationId}`,
)

/** For a verb of the platform, inside of the organization. Nobody who is active is touched by it. */
export async function setSeatLimitWithin(
  tx: Transaction,
  ctx: CallContext,
  { before, after }: { before: SeatLimit | null; after: SeatLimit | null },
): Promise<void> {
  const { organizationId } = ctx
  await tx.run(after === null ? drop({ organizationId }) : put({ organizationId, ...after }))
  const target = { targetType: 'organization', targetId: organizationId } as const
  await tx.run(recordAudit(ctx, { action: 'organization.seats', ...target, detail: { before, after } }))
}
