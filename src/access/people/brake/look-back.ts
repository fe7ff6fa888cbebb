// Looking back by hand: what a directory has taken since a moment becomes a mass change, to be put back like one that the brake
// has found. Nothing is kept by it, since all of it has happened.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { lockDirectoryRow } from '#connections/directories/directories.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { getMassChange, type MassChange } from './mass-changes.ts'

const Input = z.object({ directoryId: z.string(), since: instantSchema })

type Row = { organizationId: string; id: string; directoryId: string; since: string; now: string }

const insert = prepared<Row, { id: string }>(
  (p) => sql`insert into mass_changes (organization_id, id, directory_id, began_at, tripped_at, ended_at, status)
    select ${p.organizationId}, ${p.id}, ${p.directoryId}, ${p.since}::timestamptz, ${p.now}::timestamptz,
      ${p.now}::timestamptz, 'open'
    where exists (select from directory_losses l where l.organization_id = ${p.organizationId}
      and l.directory_id = ${p.directoryId} and l.occurred_at between ${p.since}::timestamptz and ${p.now}::timestamptz)
    returning id`,
)

/** @throws AppError forbidden, not_found; invalid where nobody has lost anything since, or it is in the future */
export async function lookBack(ctx: CallContext, input: z.input<typeof Input>): Promise<MassChange> {
  requirePermission(ctx, 'directories.write')
  requirePermission(ctx, 'users.write')
  const { directoryId, since } = parseInput(Input, input)
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  const { organizationId } = ctx
  const [id, now] = [ctx.ids.next('mch'), nowOf(ctx)]
  await inTransaction(ctx, async (tx) => {
    await lockDirectoryRow(tx, ctx, directoryId)
    const [made] = await tx.run(insert({ organizationId, id, directoryId, since, now }))
    if (made === undefined)
      throw invalidField('since', 'is too late: nobody has lost anything by this directory from then on')
    const entry = { action: 'directory.look_back', targetType: 'directory', targetId: directoryId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { massChange: id, since } }))
  })
  return getMassChange(ctx, id)
}
