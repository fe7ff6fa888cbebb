// A permission that was mistyped is denied like one that nobody holds: whoever asks by hand is told which of the two it is.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'
import { catalogueOf } from './catalogue.ts'
import { covers } from './permissions.ts'

type Named = { permission: string }

const namedByRoles = prepared<{ organizationId: string }, Named>(
  (p) => sql`select distinct rp.permission from role_permissions rp where rp.organization_id = ${p.organizationId}
    and rp.permission not like '%*'`,
)

/** Letters that may be wrong, missing or too many in a name that is taken for another. */
const farthest = 3

/**
 * @returns a sentence where neither the catalogue nor a role names the permission, with the nearest that one of them does; undefined
 *   where it is known
 * @throws AppError forbidden
 */
export async function permissionHint(ctx: CallContext, permission: string): Promise<string | undefined> {
  requirePermissionSomewhere(ctx, 'access.read')
  const names = await inTransaction(ctx, async (tx) => [
    ...(await catalogueOf(tx, ctx)).map(({ name }) => name),
    ...(await tx.run(namedByRoles({ organizationId: ctx.organizationId }))).map((row) => row.permission),
  ])
  if (names.some((name) => covers(name, permission))) return undefined
  const [nearest] = names
    .map((name) => ({ name, distance: distanceBetween(name, permission) }))
    .filter(({ distance }) => distance <= farthest)
    .toSorted((a, b) => a.distance - b.distance)
  const meant = nearest === undefined ? '`role list --json` shows what roles allow' : `did you mean ${nearest.name}?`
  return `no role and no application names the permission ${permission}; ${meant}`
}

/** Levenshtein's. */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (let index = 1; index <= other.length; index += 1) {
      const change = (row[index - 1] ?? 0) + (other[index - 1] === letter ? 0 : 1)
      next.push(Math.min(change, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
