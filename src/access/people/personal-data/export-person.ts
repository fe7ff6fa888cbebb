// Everything about one person, for whoever asks what is kept of them: without secrets, which are of no use to anybody but a thief.
import { type SQL, sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { register } from './register.ts'

/** So many rows of each kind; `isCut` says where there are more. */
const most = 10_000

export type PersonalData = {
  userId: string
  madeAt: string
  sections: { name: string; what: string; kept: string; isCut: boolean; rows: Record<string, unknown>[] }[]
}

type Key = { organizationId: string; userId: string }

const tableNamed = (name: string): SQL =>
  sql.join(
    name.split('.').map((part) => sql.identifier(part)),
    sql`.`,
  )

const statements = register.map(({ name, hasMany, where = (p) => sql`t.user_id = ${p.userId}` }) =>
  prepared<Key, { row: Record<string, unknown> }>(
    (p) => sql`select to_jsonb(t) as row from ${tableNamed(name)} t
      where t.organization_id = ${p.organizationId} and ${where(p)}
      order by ${hasMany ? sql`t.occurred_at desc` : sql`t.ctid`} limit ${sql.raw(String(most + 1))}`,
  ),
)

/** Hashes, sealed texts and folded copies of what stands beside them. */
const isSecret = (column: string): boolean =>
  /(^|_)(hash|sealed|secret|challenge|public_key|credential|params|salt)$|^(organization_id|search_key|name_key|trace_key)$/.test(
    column,
  )

const shown = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([column, value]) => !isSecret(column) && value !== null))

/** All sections of the register, whoever asks; no rows of the first where there is no such person. */
export async function readPersonalData(
  tx: Transaction,
  { organizationId }: CallContext,
  userId: string,
): Promise<PersonalData['sections']> {
  const found = await Promise.all(statements.map((statement) => tx.run(statement({ organizationId, userId }))))
  return register.map(({ name, what, kept }, index) => {
    const rows = found[index] ?? []
    return { name, what, kept, isCut: rows.length > most, rows: rows.slice(0, most).map(({ row }) => shown(row)) }
  })
}

/**
 * By whoever may read people and the audit trail; that it was made is noted. What people see of themselves is less (own-data.ts).
 * @throws AppError forbidden (reasons `permission`, `ceiling`), not_found
 */
export async function exportPerson(ctx: CallContext, userId: string): Promise<PersonalData> {
  for (const permission of ['users.read', 'audit.read'] as const) requirePermission(ctx, permission)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const sections = await inTransaction(ctx, async (tx) => {
    await requireNotAbove(tx, ctx, userId)
    const found = await readPersonalData(tx, ctx, userId)
    if (found[0]?.rows.length === 0) throw notFound('User')
    const entry = { action: 'user.export_data', targetType: 'user', targetId: userId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { sections: register.length } }))
    return found
  })
  return { userId, madeAt: nowOf(ctx), sections }
}
