// Once a day: what is usual in each directory, so that the brake asks only where something is not; and what is too old to be put
// back goes.
import { sql } from 'drizzle-orm'
import { brakeLimit, lossDays } from '#connections/directories/brake-limit.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

const learn = prepared<{ organizationId: string }, never>(
  (p) => sql`update directories d set brake_learned_at = now(),
      brake_limit = ${brakeLimit({ people: sql`d.brake_people`, share: sql`d.brake_share` })}
    where d.organization_id = ${p.organizationId} and (d.brake_learned_at is null or d.brake_learned_at < now() - interval '1 day')`,
)

const forget = prepared<{ organizationId: string; limit: number }, { one: number }>(
  (p) => sql`delete from directory_losses t using (
      select l.id from directory_losses l where l.organization_id = ${p.organizationId}
        and l.occurred_at < now() - make_interval(days => ${sql.raw(String(lossDays))}) limit ${p.limit}::int) old
    where t.organization_id = ${p.organizationId} and t.id = old.id returning 1 as one`,
)

const batchSize = 1_000

export async function learnBrakes(ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  await inTransaction(ctx, (tx) => tx.commitWith(learn({ organizationId })))
  let removed = batchSize
  while (removed === batchSize) {
    const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(forget({ organizationId, limit: batchSize })))
    removed = rows.length
  }
}
