// Everything that an organization has here, to take along: one line for each row, table by table, without secrets.
import { type SQL, sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { once, prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

type Table = { name: string; columns: string[]; key: string[] }

/** What is under way, or only there to be compared with. */
const passing = [
  'sign_in_requests',
  'used_messages',
  'idempotent_answers',
  'password_resets',
  'address_changes',
  'reservation_keys',
]

/** Columns with a secret, or the hash of one. */
const secret = '(_hash|_sealed|^hash|^key|^code|_token|^token)$'

// The catalogue says what there is, so that a new table is in it by itself. What the server may not read belongs to no export.
const selectTables = prepared<{ passing: readonly string[]; secret: string }, Table>(
  (p) => sql`select c.relname as name,
      (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname !~ ${p.secret}) as columns,
      (select json_agg(a.attname order by k.at) from pg_index i cross join unnest(i.indkey) with ordinality k (attnum, at)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where i.indrelid = c.oid and i.indisprimary) as key
    from pg_class c join pg_attribute o on o.attrelid = c.oid and o.attname = 'organization_id' and not o.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege(c.oid, 'select')
      and not starts_with(c.relname, 'platform_') and c.relname <> all (${p.passing}::text[])
    order by c.relname`,
)

const pageSize = 1_000

type Line = { row: Record<string, unknown>; cursor: string }

function selectPage({ name, columns, key }: Table, organizationId: string, after: string | undefined) {
  const table = sql.identifier(name)
  const ofKey = (alias: string): SQL =>
    sql.join(
      key.map((column) => sql`${sql.identifier(alias)}.${sql.identifier(column)}`),
      sql`, `,
    )
  const fields = sql.join(
    columns.map((column) => sql`${column}::text, t.${sql.identifier(column)}`),
    sql`, `,
  )
  const cursor = sql.join(
    key.map((column) => sql`${column}::text, t.${sql.identifier(column)}`),
    sql`, `,
  )
  const isAfter =
    after === undefined
      ? sql``
      : sql` and (${ofKey('t')}) > (select ${ofKey('r')} from jsonb_populate_record(null::${table}, ${after}::jsonb) r)`
  return once<Line>(
    sql`select json_build_object(${fields}) as row, jsonb_build_object(${cursor})::text as cursor from ${table} t
      where t.organization_id = ${organizationId}${isAfter} order by ${ofKey('t')} limit ${pageSize}::int`,
    { isPrepared: false },
  )
}

/**
 * Lines of JSON: `table`, and `row` with its columns as the database has them. The export is itself in the trail.
 * @throws AppError forbidden for whoever may not do everything (reason `ceiling`)
 */
export async function exportOrganization(ctx: CallContext): Promise<AsyncGenerator<string>> {
  requirePermission(ctx, 'organization.write')
  if (ctx.permissions !== 'all')
    throw new AppError('forbidden', 'Only a key that may do everything exports an organization', { reason: 'ceiling' })
  const target = { targetType: 'organization', targetId: ctx.organizationId } as const
  await inTransaction(ctx, (tx) => tx.commitWith(recordAudit(ctx, { action: 'organization.export', ...target })))
  return lines(ctx)
}

async function* lines(ctx: CallContext): AsyncGenerator<string> {
  const tables = await inTransaction(ctx, (tx) => tx.run(selectTables({ passing, secret })))
  yield `${JSON.stringify({ table: 'organizations', row: await ownRow(ctx) })}\n`
  for (const table of tables) yield* rowsOf(ctx, table)
}

const selectOwn = prepared<{ organizationId: string }, { row: Record<string, unknown> }>(
  (p) => sql`select to_json(o) as row from organizations o where o.id = ${p.organizationId}`,
)

const ownRow = async (ctx: CallContext) =>
  (await inTransaction(ctx, (tx) => tx.run(selectOwn({ organizationId: ctx.organizationId }))))[0]?.row

async function* rowsOf(ctx: CallContext, table: Table): AsyncGenerator<string> {
  let after: string | undefined
  for (;;) {
    const page = await inTransaction(ctx, (tx) => tx.run(selectPage(table, ctx.organizationId, after)))
    if (page.length > 0) yield page.map(({ row }) => `${JSON.stringify({ table: table.name, row })}\n`).join('')
    after = page.at(-1)?.cursor
    if (page.length < pageSize) return
  }
}
