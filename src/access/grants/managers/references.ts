// What people type to name something: a slug, a key, a name or an id. Each look-up stays inside the context's organization.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

type Key = { organizationId: string; reference: string; key: string }

const usersNamed = prepared<Key, { id: string; userName: string }>(
  (p) => sql`select id, user_name as "userName" from users
    where organization_id = ${p.organizationId} and deleted_at is null
      and (id = ${p.reference} or user_name_key = ${p.key})
    order by (id = ${p.reference}) desc limit 1`,
)

const groupsNamed = prepared<Key, { id: string; displayName: string }>(
  (p) => sql`select id, display_name as "displayName" from groups
    where organization_id = ${p.organizationId} and (id = ${p.reference} or display_name_key = ${p.key})
    order by (id = ${p.reference}) desc, id limit 6`,
)

const rolesNamed = prepared<Key, { id: string; key: string }>(
  (p) => sql`select id, key from roles
    where organization_id = ${p.organizationId} and kind = 'role' and (id = ${p.reference} or key = ${p.key})
    order by (id = ${p.reference}) desc limit 1`,
)

const brandsNamed = prepared<Key, { id: string; slug: string }>(
  (p) => sql`select id, slug from brands
    where organization_id = ${p.organizationId} and (id = ${p.reference} or slug = ${p.key})
    order by (id = ${p.reference}) desc limit 1`,
)

const directoriesNamed = prepared<Key, { id: string; name: string }>(
  (p) => sql`select id, name from directories
    where organization_id = ${p.organizationId} and (id = ${p.reference} or fold(name) = ${p.key})
    order by (id = ${p.reference}) desc, id limit 6`,
)

const teamsNamed = prepared<Key, { id: string; name: string }>(
  (p) => sql`select id, name from teams
    where organization_id = ${p.organizationId} and (id = ${p.reference} or name_key = ${p.key})
    order by (id = ${p.reference}) desc, id limit 6`,
)

/** By id or userName. @throws AppError not_found */
export function resolveUser(ctx: CallContext, reference: string): Promise<{ id: string; userName: string }> {
  requirePermission(ctx, 'users.read')
  return theOne(ctx, { what: 'User', reference, prefix: 'usr', named: usersNamed })
}

/** By id, or by a display name that only one group has. @throws AppError not_found; conflict naming the ids */
export function resolveGroup(ctx: CallContext, reference: string): Promise<{ id: string; displayName: string }> {
  requirePermission(ctx, 'groups.read')
  return theOne(ctx, { what: 'Group', reference, prefix: 'grp', named: groupsNamed })
}

/** By id or key. @throws AppError not_found */
export function resolveRole(ctx: CallContext, reference: string): Promise<{ id: string; key: string }> {
  requirePermission(ctx, 'roles.read')
  return theOne(ctx, { what: 'Role', reference, prefix: 'rol', named: rolesNamed })
}

/** By id or slug. @throws AppError not_found */
export function resolveBrand(ctx: CallContext, reference: string): Promise<{ id: string; slug: string }> {
  requirePermission(ctx, 'brands.read')
  return theOne(ctx, { what: 'Brand', reference, prefix: 'brd', named: brandsNamed })
}

/** By id, or by a name that only one directory has. @throws AppError not_found; conflict naming the ids */
export function resolveDirectory(ctx: CallContext, reference: string): Promise<{ id: string; name: string }> {
  requirePermission(ctx, 'directories.read')
  return theOne(ctx, { what: 'Directory', reference, prefix: 'dir', named: directoriesNamed })
}

/** By id, or by a name that only one team has. @throws AppError not_found; conflict naming the ids */
export function resolveTeam(ctx: CallContext, reference: string): Promise<{ id: string; name: string }> {
  requirePermission(ctx, 'teams.read')
  return theOne(ctx, { what: 'Team', reference, prefix: 'tea', named: teamsNamed })
}

type LookUp<Row> = {
  what: string
  reference: string
  prefix: 'usr' | 'grp' | 'rol' | 'brd' | 'dir' | 'tea'
  named: (key: Key) => Statement<Row>
}

async function theOne<Row extends { id: string }>(
  ctx: CallContext,
  { what, reference, prefix, named }: LookUp<Row>,
): Promise<Row> {
  const missing = notFound(`${what} ${reference.slice(0, 200)}`)
  if (reference.includes('\0')) throw missing
  const statement = named({ organizationId: ctx.organizationId, reference, key: fold(reference) })
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const [first, ...others] = rows
  if (first === undefined) throw missing
  if (others.length === 0 || (isId(prefix, reference) && first.id === reference)) return first
  const ids = rows.map(({ id }) => id).join(', ')
  throw new AppError('conflict', `Several have the name ${reference}; name one by its id: ${ids}`, {
    reason: 'ambiguous',
  })
}
