// Host applications say what somebody owns or approves, one thing or many; and withdraw it. Repeating it is harmless.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { browserUriSchema, lineSchema, nameSchema, parseInput } from '#platform/input.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  nowOf,
  requirePermissionIn,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { type OwnershipKey, type OwnershipKind, ownershipKinds } from './ownerships.ts'

const mostAtOnce = 1_000

const Ownership = z.object({
  type: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,49}$/, 'begins with a lower-case letter, and has letters, digits, - and _'),
  /** The application's own. */
  id: lineSchema(300),
  kind: z.enum(ownershipKinds).default('owner'),
  name: nameSchema,
  /** Where it is looked at. */
  url: browserUriSchema.nullish(),
  brandId: z.string().nullish(),
  /** An id or a userName. */
  user: lineSchema(1_000),
})

const Ownerships = z.object({ ownerships: z.array(Ownership).min(1).max(mostAtOnce) })

export type NewOwnership = z.input<typeof Ownership>

type Row = OwnershipKey & { userId: string; name: string; url: string | null; brandId: string | null }

type Keys = { organizationId: string; types: readonly string[]; ids: readonly string[]; kinds: readonly string[] }

const keysOf = (ctx: CallContext, rows: readonly OwnershipKey[]): Keys => ({
  organizationId: ctx.organizationId,
  types: rows.map(({ type }) => type),
  ids: rows.map(({ id }) => id),
  kinds: rows.map(({ kind }) => kind),
})

const lock = prepared<Keys, Row>(
  (p) => sql`select o.type, o.id, o.kind, o.user_id as "userId", o.name, o.url, o.brand_id as "brandId"
    from ownerships o where o.organization_id = ${p.organizationId}
      and (o.type, o.id, o.kind) in (select k.type, k.id, k.kind
        from unnest(${p.types}::text[], ${p.ids}::text[], ${p.kinds}::text[]) k (type, id, kind))
    order by o.type, o.id, o.kind, o.user_id for update`,
)

type Named = { people: { reference: string; id: string }[]; brands: string[] }

const named = prepared<
  { organizationId: string; references: readonly string[]; keys: readonly string[]; brandIds: readonly string[] },
  Named
>(
  (p) => sql`select (select coalesce(json_agg(json_build_object('reference', w.reference, 'id', u.id)), '[]')
      from unnest(${p.references}::text[], ${p.keys}::text[]) w (reference, key)
      join users u on u.organization_id = ${p.organizationId} and u.status <> 'erased'
        and (u.id = w.reference or (u.user_name_key = w.key and u.deleted_at is null))) as people,
    (select coalesce(json_agg(b.id), '[]') from brands b where b.organization_id = ${p.organizationId}
      and b.id = any (${p.brandIds}::text[])) as brands`,
)

type Given = z.output<typeof Ownership>

/** @throws AppError not_found for a person or a brand that is not there */
async function rowsOf(tx: Transaction, { organizationId }: CallContext, given: readonly Given[]): Promise<Row[]> {
  const references = [...new Set(given.map(({ user }) => user))]
  const brandIds = given.flatMap(({ brandId }) => brandId ?? [])
  const [found] = await tx.run(named({ organizationId, references, keys: references.map(fold), brandIds }))
  const people = new Map(found?.people.map(({ reference, id }) => [reference, id]))
  return given.map(({ user, url = null, brandId = null, ...rest }) => {
    const userId = people.get(user)
    if (userId === undefined) throw notFound(`User ${user.slice(0, 200)}`)
    if (brandId !== null && found?.brands.includes(brandId) !== true) throw notFound('Brand')
    return { ...rest, userId, url, brandId }
  })
}

const forgetOwner = prepared<Keys & { userIds: readonly string[] }, never>(
  (p) => sql`delete from ownerships o
    using unnest(${p.types}::text[], ${p.ids}::text[], ${p.kinds}::text[], ${p.userIds}::text[]) k (type, id, kind, user_id)
    where o.organization_id = ${p.organizationId} and o.type = k.type and o.id = k.id and o.kind = 'owner' and k.kind = 'owner'
      and o.user_id <> k.user_id`,
)

type Columns = Keys & {
  userIds: readonly string[]
  names: readonly string[]
  urls: readonly string[]
  brandIds: readonly string[]
  now: string
  createdBy: string
}

const upsert = prepared<Columns, never>(
  (
    p,
  ) => sql`insert into ownerships (organization_id, type, id, kind, user_id, name, url, brand_id, created_at, created_by)
    select ${p.organizationId}, k.type, k.id, k.kind, k.user_id, k.name, nullif(k.url, ''), nullif(k.brand_id, ''),
      ${p.now}::timestamptz, ${p.createdBy}
    from unnest(${p.types}::text[], ${p.ids}::text[], ${p.kinds}::text[], ${p.userIds}::text[], ${p.names}::text[],
      ${p.urls}::text[], ${p.brandIds}::text[]) k (type, id, kind, user_id, name, url, brand_id)
    on conflict (organization_id, type, id, kind, user_id) do update
      set name = excluded.name, url = excluded.url, brand_id = excluded.brand_id`,
)

/** A thing has one owner and as many approvers as there are. */
const placeOf = ({ type, id, kind, userId }: Row): string =>
  JSON.stringify([type, id, kind, kind === 'owner' ? '' : userId])

const isSame = (a: Row, b: Row): boolean =>
  a.userId === b.userId && a.name === b.name && a.url === b.url && a.brandId === b.brandId

/**
 * Another owner of a thing replaces the one before; approvers are added.
 * @returns how many were new or other than before
 * @throws AppError invalid; not_found for a person or brand that is not there; forbidden in one of the brands; conflict where one is
 *   named twice
 */
export async function putOwnerships(
  ctx: CallContext,
  input: { ownerships: readonly NewOwnership[] },
): Promise<{ changed: number }> {
  requirePermissionSomewhere(ctx, 'assets.write')
  const given = parseInput(Ownerships, input).ownerships
  for (const brandId of new Set(given.map((row) => row.brandId ?? null)))
    requirePermissionIn(ctx, 'assets.write', brandId)
  return inTransaction(ctx, async (tx) => {
    const rows = await rowsOf(tx, ctx, given)
    if (new Set(rows.map(placeOf)).size < rows.length) throw new AppError('conflict', 'A thing is named twice')
    const before = new Map((await tx.run(lock(keysOf(ctx, rows)))).map((row) => [placeOf(row), row]))
    for (const { brandId } of before.values()) requirePermissionIn(ctx, 'assets.write', brandId)
    const changed = rows.filter((row) => {
      const was = before.get(placeOf(row))
      return was === undefined || !isSame(was, row)
    })
    if (changed.length > 0) await write(tx, ctx, changed)
    return { changed: changed.length }
  })
}

async function write(tx: Transaction, ctx: CallContext, changed: readonly Row[]): Promise<void> {
  const keys = { ...keysOf(ctx, changed), userIds: changed.map(({ userId }) => userId) }
  await tx.run(forgetOwner(keys))
  await tx.run(
    upsert({
      ...{ ...keys, names: changed.map(({ name }) => name), urls: changed.map(({ url }) => url ?? '') },
      ...{ brandIds: changed.map(({ brandId }) => brandId ?? ''), now: nowOf(ctx), createdBy: ctx.actor.id },
    }),
  )
  const detail = { count: changed.length, ids: changed.slice(0, 100).map(({ type, id }) => `${type}/${id}`) }
  const entry = { action: 'ownership.put', targetType: 'organization', targetId: ctx.organizationId } as const
  await tx.run(recordAudit(ctx, { ...entry, detail }))
}

type Withdrawal = { type: string; id: string; kind?: OwnershipKind | undefined; userId?: string | undefined }

const withdraw = prepared<
  {
    organizationId: string
    type: string
    id: string
    kind: string | null
    userId: string | null
    brandIds: readonly string[] | null
  },
  { userId: string; kind: string }
>(
  (
    p,
  ) => sql`delete from ownerships o where o.organization_id = ${p.organizationId} and o.type = ${p.type} and o.id = ${p.id}
      and (${p.kind}::text is null or o.kind = ${p.kind}) and (${p.userId}::text is null or o.user_id = ${p.userId})
      and (${p.brandIds}::text[] is null or o.brand_id = any (${p.brandIds}::text[]))
    returning o.user_id as "userId", o.kind`,
)

/** Of one kind or person where they are named. @throws AppError forbidden; not_found where there is nothing to withdraw */
export async function deleteOwnerships(ctx: CallContext, { type, id, kind, userId }: Withdrawal): Promise<void> {
  requirePermissionSomewhere(ctx, 'assets.write')
  if (`${type}${id}${userId ?? ''}`.includes('\0')) throw notFound('Ownership')
  const reach = brandsPermitted(ctx, 'assets.write')
  const brandIds = reach === 'all' ? null : reach
  await inTransaction(ctx, async (tx) => {
    const wanted = { type, id, kind: kind ?? null, userId: userId ?? null }
    const gone = await tx.run(withdraw({ organizationId: ctx.organizationId, ...wanted, brandIds }))
    if (gone.length === 0) throw notFound('Ownership')
    const entry = { action: 'ownership.delete', targetType: 'organization', targetId: ctx.organizationId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { thing: `${type}/${id}`, gone } }))
  })
}
