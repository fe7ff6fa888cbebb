// A role pack comes into an organization. What is there already stays as it is, so a second time changes nothing.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { findRolePack, type PackRole, type RolePack } from './role-packs.ts'
import { lockRoles, newRole } from './write-role.ts'

type KnownRole = { key: string; name: string; purpose: string; pack: string | null; isBuiltIn: boolean }

const selectKeys = prepared<{ organizationId: string }, KnownRole>(
  (p) => sql`select key, name, purpose, pack, is_built_in as "isBuiltIn" from roles
    where organization_id = ${p.organizationId}`,
)

/** The statements that write the roles of a pack. */
export const insertPackRoles = (ctx: CallContext, pack: RolePack, roles: readonly PackRole[]): Statement<never>[] =>
  roles.flatMap(({ permissions, ...role }) => {
    const columns = { ...role, pack: pack.key, isBuiltIn: true, owner: null, reviewAt: null }
    return newRole(ctx, { ...columns, allows: [...permissions], denies: [] }).statements
  })

/**
 * Adds the roles of a pack. Where a key is taken by a different role, the new one gets the pack's name in front
 * (`owner5-editor`). @returns the keys that were added. @throws AppError not_found for an unknown pack
 */
export async function installRolePack(ctx: CallContext, packKey: string): Promise<{ pack: string; added: string[] }> {
  requirePermission(ctx, 'roles.write')
  const pack = findRolePack(packKey)
  if (pack === undefined) throw notFound('Role pack')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    await tx.run(lockRoles({ organizationId }))
    const known = new Map((await tx.run(selectKeys({ organizationId }))).map((role) => [role.key, role]))
    const missing = pack.roles.flatMap((role) => missingRole(pack, role, known))
    const added = missing.map(({ key }) => key)
    if (added.length === 0) return { pack: packKey, added }
    const detail = { pack: packKey, added }
    const entry = { action: 'role_pack.install', targetType: 'organization', targetId: organizationId, detail } as const
    await tx.commitWith(...insertPackRoles(ctx, pack, missing), recordAudit(ctx, entry))
    return { pack: packKey, added }
  })
}

/** Under which key the role is to be added; nothing where this very role is there, from this pack or another. */
function missingRole(pack: RolePack, role: PackRole, known: ReadonlyMap<string, KnownRole>): PackRole[] {
  const holder = known.get(role.key)
  if (holder === undefined) return [role]
  if (holder.isBuiltIn && holder.name === role.name && holder.purpose === role.purpose) return []
  const prefixed = { ...role, key: `${pack.key}-${role.key}`, name: `${role.name} (${pack.key})` }
  return known.has(prefixed.key) ? [] : [prefixed]
}
