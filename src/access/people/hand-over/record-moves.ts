// What went from whom to whom, in the order in which it did: for taking it back, and for host applications to carry it out.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import type { Work } from './work.ts'

// Numbers are given one transaction after another, so that whoever has read one has read all before it.
const takeTurn = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended('hand overs ' || ${p.organizationId}, 0))`,
)

type Rows = {
  organizationId: string
  from: string
  to: string
  isReturn: boolean
  kinds: readonly string[]
  items: readonly string[]
  names: readonly string[]
  abouts: readonly string[]
  subjectIds: readonly string[]
  brandIds: readonly string[]
  now: string
  actorType: string
  actorId: string
}

const insert = prepared<Rows, never>(
  (
    p,
  ) => sql`insert into hand_overs (organization_id, kind, item, name, about, subject_id, brand_id, from_user_id, to_user_id, is_return,
      occurred_at, actor_type, actor_id)
    select ${p.organizationId}, w.kind, w.item, w.name, nullif(w.about, ''), nullif(w.subject_id, ''), nullif(w.brand_id, ''), ${p.from}, ${p.to},
      ${p.isReturn}::boolean, ${p.now}::timestamptz, ${p.actorType}, ${p.actorId}
    from unnest(${p.kinds}::text[], ${p.items}::text[], ${p.names}::text[], ${p.abouts}::text[],
      ${p.subjectIds}::text[], ${p.brandIds}::text[])
      with ordinality w (kind, item, name, about, subject_id, brand_id, at) order by w.at`,
)

export const countByKind = (work: readonly Pick<Work, 'kind'>[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { kind } of work) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** With an audit row of whoever had it, or has it back. */
export async function recordMoves(
  tx: Transaction,
  ctx: CallContext,
  { from, to, work, isReturn }: { from: string; to: string; work: readonly Work[]; isReturn: boolean },
): Promise<void> {
  if (work.length === 0) return
  const { organizationId, actor } = ctx
  await tx.run(takeTurn({ organizationId }))
  await tx.run(
    insert({
      ...{ organizationId, from, to, isReturn, now: nowOf(ctx), actorType: actor.type, actorId: actor.id },
      ...{ kinds: work.map(({ kind }) => kind), items: work.map(({ item }) => item) },
      ...{ names: work.map(({ name }) => name), abouts: work.map(({ about }) => about ?? '') },
      subjectIds: work.map(({ subjectId }) => subjectId ?? ''),
      brandIds: work.map(({ brandId }) => brandId ?? ''),
    }),
  )
  const detail = {
    from,
    to,
    counts: countByKind(work),
    items: work.slice(0, 100).map(({ kind, item }) => ({ kind, item })),
  }
  const action = isReturn ? 'user.take_back' : 'user.hand_over'
  await tx.run(recordAudit(ctx, { action, targetType: 'user', targetId: isReturn ? to : from, detail }))
}
