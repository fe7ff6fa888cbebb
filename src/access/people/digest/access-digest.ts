// How often people are told what has changed of their access through groups, mappings, teams, roles and filters.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'

const Input = z.object({
  /** At most that often; off: not at all. What is given or taken by hand is always told immediately. */
  pace: z.enum(['off', 'hourly', 'daily']),
})

export type AccessDigest = z.output<typeof Input> & {
  /** Up to when people have been told, or are being told. */
  toldUntil: string
}

type Key = { organizationId: string }

const select = prepared<Key, AccessDigest>(
  (p) => sql`select coalesce(d.pace, 'daily') as pace, coalesce(d.told_until, o.created_at) as "toldUntil"
    from organizations o left join access_digests d on d.organization_id = o.id where o.id = ${p.organizationId}`,
)

/** @throws AppError forbidden */
export async function getAccessDigest(ctx: CallContext): Promise<AccessDigest> {
  requirePermission(ctx, 'organization.read')
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId })))
  return rows?.[0] ?? { pace: 'off', toldUntil: nowOf(ctx) }
}

const lock = prepared<Key, unknown>(
  (p) => sql`select 1 from organizations where id = ${p.organizationId} for no key update`,
)

// Switched on, it tells what happens from then on.
const upsert = prepared<Key & { pace: string; toldUntil: string; now: string }, AccessDigest>(
  (p) => sql`insert into access_digests (organization_id, pace, told_from, told_until)
    values (${p.organizationId}, ${p.pace}, ${p.toldUntil}::timestamptz, ${p.toldUntil}::timestamptz)
    on conflict (organization_id) do update set pace = excluded.pace,
      told_until = case when access_digests.pace = 'off' then ${p.now}::timestamptz else access_digests.told_until end
    returning pace, told_until as "toldUntil"`,
)

const forget = prepared<Key & { pace: string }, never>(
  (p) => sql`delete from access_digest_people where organization_id = ${p.organizationId} and ${p.pace} = 'off'`,
)

/** @throws AppError invalid, forbidden */
export async function setAccessDigest(ctx: CallContext, input: z.input<typeof Input>): Promise<AccessDigest> {
  requirePermission(ctx, 'organization.write')
  const { pace } = parseInput(Input, input)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    await tx.run(lock({ organizationId }))
    const [before] = await tx.run(select({ organizationId }))
    const toldUntil = before?.toldUntil ?? nowOf(ctx)
    const [after] = await tx.run(upsert({ organizationId, pace, toldUntil, now: nowOf(ctx) }))
    const entry = { action: 'access_digest.set', targetType: 'organization', targetId: organizationId } as const
    await tx.commitWith(
      forget({ organizationId, pace }),
      recordAudit(ctx, { ...entry, detail: { before: before?.pace, after: pace } }),
    )
    return after ?? { pace, toldUntil }
  })
}
