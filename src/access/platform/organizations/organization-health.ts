// How organizations do: when they were last heard of, and what fails there.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { requirePlatform, requireReached } from '../../ground/platform-rights.ts'

export type OrganizationHealth = {
  organizationId: string
  active: number
  /** When a directory last asked for something. */
  synchronisedAt: string | null
  signedInAt: string | null
  /** Sign-ins that were refused within a day. */
  refused: number
  /** Mails that could not be sent. */
  unsent: number
  /** Ends of sessions that an application has not taken. */
  undelivered: number
  /** What `doctor` finds there. */
  faults: string[]
}

const select = prepared<{ ids: readonly string[] }, OrganizationHealth>(
  (p) => sql`select organization_id as "organizationId", active::int as active, synchronised_at as "synchronisedAt",
      signed_in_at as "signedInAt", refused::int as refused, unsent::int as unsent, waiting::int as undelivered, to_json(faults) as faults
    from organization_health(${p.ids}::text[])`,
)

/** Of those that the caller reaches, by id. @throws AppError forbidden; not_found for one out of reach */
export async function organizationHealth(
  ctx: CallContext,
  ids: readonly string[],
): Promise<Map<string, OrganizationHealth>> {
  requirePlatform(ctx, 'organizations.read')
  for (const id of ids) requireReached(ctx, id)
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(select({ ids })))
  return new Map(rows.map((row) => [row.organizationId, row]))
}
