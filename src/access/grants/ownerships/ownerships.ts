// What host applications say that people own or approve, as it is read; and where it went since, for them to carry out.
import { sql } from 'drizzle-orm'
import { once, prepared } from '#db/statement.ts'
import { readCursor, refuseCursor, writeCursor } from '#platform/cursor.ts'
import { brandsPermitted, type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'

export const ownershipKinds = ['owner', 'approver'] as const

export type OwnershipKind = (typeof ownershipKinds)[number]

export type OwnershipKey = { type: string; id: string; kind: OwnershipKind }

export type Ownership = OwnershipKey & {
  name: string
  url: string | null
  user: { id: string; userName: string; displayName: string | null; status: string }
  /** Null: of the organization. */
  brandId: string | null
  createdAt: string
  createdBy: string
}

export type OwnershipFilter = {
  type?: string | undefined
  kind?: OwnershipKind | undefined
  userId?: string | undefined
  brandId?: string | undefined
}

type Paging = { cursor?: string | undefined; limit?: number | undefined }

/** By type, id and kind, those that the caller may see. @throws AppError forbidden; invalid (reason `invalidCursor`) */
export async function listOwnerships(
  ctx: CallContext,
  { filter = {}, cursor, limit = 50 }: Paging & { filter?: OwnershipFilter } = {},
): Promise<{ items: Ownership[]; nextCursor: string | null }> {
  requirePermissionSomewhere(ctx, 'assets.read')
  const reach = brandsPermitted(ctx, 'assets.read')
  const after = cursor === undefined ? undefined : positionOf(cursor)
  const { type, kind, userId, brandId } = filter
  const conditions = [
    sql`o.organization_id = ${ctx.organizationId}`,
    ...(type === undefined ? [] : [sql`o.type = ${type}`]),
    ...(kind === undefined ? [] : [sql`o.kind = ${kind}`]),
    ...(userId === undefined ? [] : [sql`o.user_id = ${userId}`]),
    ...(brandId === undefined ? [] : [sql`o.brand_id = ${brandId}`]),
    ...(reach === 'all' ? [] : [sql`o.brand_id = any (${sql.param(reach)}::text[])`]),
    ...(after === undefined
      ? []
      : [
          sql`(o.type, o.id, o.kind, o.user_id) > (${sql.join(
            after.map((part) => sql`${part}::text`),
            sql`, `,
          )})`,
        ]),
  ]
  const statement = once<Ownership>(
    sql`select o.type, o.id, o.kind, o.name, o.url, o.brand_id as "brandId", o.created_at as "createdAt",
        o.created_by as "createdBy", json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name,
          'status', u.status) as "user"
      from ownerships o join users u on u.organization_id = o.organization_id and u.id = o.user_id
      where ${sql.join(conditions, sql` and `)} order by o.type, o.id, o.kind, o.user_id limit ${limit + 1}::int`,
    { isPrepared: false },
  )
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const isLast = rows.length <= limit || last === undefined
  return { items, nextCursor: isLast ? null : writeCursor(last.type, last.id, last.kind, last.user.id) }
}

function positionOf(cursor: string): string[] {
  const parts = readCursor(cursor)
  const texts = parts.filter((part) => typeof part === 'string')
  return texts.length === 4 && parts.length === 4 ? texts : refuseCursor()
}

export type OwnershipChange = OwnershipKey & {
  name: string
  brandId: string | null
  from: { id: string; userName: string }
  to: { id: string; userName: string }
  /** True where it went back to whoever had it before. */
  isReturn: boolean
  occurredAt: string
}

type After = { organizationId: string; after: string; brandIds: readonly string[] | null; limit: number }

const changesAfter = prepared<After, OwnershipChange & { number: string }>(
  (p) => sql`select h.number::text as number, split_part(h.item, '/', 1) as kind, split_part(h.item, '/', 2) as type,
      substr(h.item, length(split_part(h.item, '/', 1)) + length(split_part(h.item, '/', 2)) + 3) as id, h.name,
      h.brand_id as "brandId", h.is_return as "isReturn", h.occurred_at as "occurredAt",
      json_build_object('id', f.id, 'userName', f.user_name) as "from", json_build_object('id', t.id, 'userName', t.user_name) as "to"
    from hand_overs h
    join users f on f.organization_id = h.organization_id and f.id = h.from_user_id
    join users t on t.organization_id = h.organization_id and t.id = h.to_user_id
    where h.organization_id = ${p.organizationId} and h.kind = 'ownership' and h.number > ${p.after}::bigint
      and (${p.brandIds}::text[] is null or h.brand_id = any (${p.brandIds}::text[]))
    order by h.number limit ${p.limit}::int`,
)

/**
 * What went from one person to another, in the order in which it did; nothing appears before what was read.
 * @param cursor of what was read last; from the beginning without it
 * @returns with the cursor to go on from, also where there is nothing new
 * @throws AppError forbidden; invalid (reason `invalidCursor`)
 */
export async function listOwnershipChanges(
  ctx: CallContext,
  { cursor, limit = 50 }: Paging = {},
): Promise<{ items: OwnershipChange[]; nextCursor: string }> {
  requirePermissionSomewhere(ctx, 'assets.read')
  const reach = brandsPermitted(ctx, 'assets.read')
  const after = cursor === undefined ? 0 : numberOf(cursor)
  const brandIds = reach === 'all' ? null : reach
  const statement = changesAfter({ organizationId: ctx.organizationId, after: String(after), brandIds, limit })
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const items = rows.map(({ number: _, ...change }) => change)
  return { items, nextCursor: writeCursor(Number(rows.at(-1)?.number ?? after)) }
}

function numberOf(cursor: string): number {
  const [number, ...more] = readCursor(cursor)
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 && more.length === 0
    ? number
    : refuseCursor()
}
