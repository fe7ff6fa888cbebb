// Suggestions of mappings by the names of groups: a pattern such as `brand-{brand}-{role}`, resolved once against what is there.
// Only what somebody confirms becomes a mapping, bound to the group's id; a later renaming gives nothing.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { invalid } from '#platform/errors.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { isWithinCeiling } from '../../ceiling/could-give.ts'

type Named = { id: string; key: string; name: string }

export type Suggestion = {
  group: { id: string; displayName: string }
  role: Named
  /** Null: in the organization. */
  brand: { id: string; slug: string; name: string } | null
  /** False: the caller could not make it, since the role goes beyond their own rights. */
  isWithinCeiling: boolean
}

type Group = { id: string; displayName: string }
type Brand = { id: string; slug: string; name: string }
type Role = Named & { allows: string[] }

const selectAll = prepared<
  { organizationId: string },
  { groups: Group[]; roles: Role[]; brands: Brand[]; taken: string[] }
>(
  (p) => sql`select
    (select coalesce(json_agg(json_build_object('id', id, 'displayName', display_name) order by display_name_key, id), '[]')
      from groups where organization_id = ${p.organizationId}) as groups,
    (select coalesce(json_agg(json_build_object('id', r.id, 'key', r.key, 'name', r.name, 'allows',
        (select coalesce(json_agg(rp.permission), '[]') from role_permissions rp where rp.organization_id = r.organization_id
          and rp.role_id = r.id and rp.effect = 'allow')) order by r.rank desc, r.id), '[]')
      from roles r where r.organization_id = ${p.organizationId} and r.kind = 'role') as roles,
    (select coalesce(json_agg(json_build_object('id', id, 'slug', slug, 'name', name) order by slug), '[]')
      from brands where organization_id = ${p.organizationId}) as brands,
    (select coalesce(json_agg(concat_ws(' ', group_id, role_id, brand_id)), '[]')
      from mappings where organization_id = ${p.organizationId} and group_id is not null) as taken`,
)

const placeholder = /\{(brand|role)\}/g
const maxSuggestions = 500

/**
 * Groups whose names fit the pattern, with the role and brand that they name, by key, slug or name; without what is mapped
 * already. Without a pattern, names are searched for a brand and a role anywhere (`Aurora Editors`).
 * @throws AppError invalid for a pattern without `{role}`
 */
export async function suggestMappings(ctx: CallContext, pattern?: string): Promise<Suggestion[]> {
  requirePermission(ctx, 'mappings.read')
  const match = pattern === undefined ? byWords : byPattern(pattern)
  const { organizationId } = ctx
  const [row] = await inTransaction(ctx, (tx) => tx.run(selectAll({ organizationId })))
  if (row === undefined) return []
  const taken = new Set(row.taken)
  const found = row.groups.flatMap((group): Suggestion[] => {
    const fit = match(fold(group.displayName), row.roles, row.brands)
    if (fit === undefined) return []
    const { role, brand } = fit
    if (taken.has([group.id, role.id, brand?.id].filter((id) => id !== undefined).join(' '))) return []
    const { id, key, name } = role
    return [{ group, role: { id, key, name }, brand, isWithinCeiling: isWithinCeiling(ctx, role, brand?.id ?? null) }]
  })
  return found.slice(0, maxSuggestions)
}

type Fit = { role: Role; brand: Brand | null }
type Match = (name: string, roles: readonly Role[], brands: readonly Brand[]) => Fit | undefined

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function byPattern(pattern: string): Match {
  const names = [...pattern.matchAll(placeholder)].map(([, name]) => name)
  if (pattern.length > 200 || !names.includes('role') || new Set(names).size !== names.length) {
    throw invalid('A pattern has {role} once and may have {brand} once, such as brand-{brand}-{role}', 'invalidValue')
  }
  const parts = fold(pattern).split(placeholder)
  const source = parts.map((part, index) => (index % 2 === 0 ? escaped(part) : `(?<${part}>.+?)`)).join('')
  const expression = new RegExp(`^${source}$`, 'u')
  return (name, roles, brands) => {
    const groups = expression.exec(name)?.groups
    const role = groups === undefined ? undefined : roleNamed(groups['role'] ?? '', roles)
    if (groups === undefined || role === undefined) return undefined
    if (!names.includes('brand')) return { role, brand: null }
    const brand = brands.find((each) => isNamed(groups['brand'] ?? '', [each.slug, each.name]))
    return brand === undefined ? undefined : { role, brand }
  }
}

const isNamed = (text: string, names: readonly string[]): boolean => {
  const wanted = text.replaceAll(/[\s_-]+/g, ' ').trim()
  return names.some((name) => {
    const known = fold(name).replaceAll(/[\s_-]+/g, ' ')
    return wanted === known || wanted === `${known}s`
  })
}

const roleNamed = (text: string, roles: readonly Role[]): Role | undefined =>
  roles.find(({ key, name }) => isNamed(text, [key, name]))

/** A brand and a role that the name has as words; the longest names first, so that Brand Admin is not Admin. */
const byWords: Match = (name, roles, brands) => {
  const words = ` ${name.replaceAll(/[\s_.,:;/\\-]+/g, ' ').trim()} `
  const has = (text: string): boolean => {
    const known = fold(text).replaceAll(/[\s_-]+/g, ' ')
    return words.includes(` ${known} `) || words.includes(` ${known}s `)
  }
  const longest = <Item extends { name: string }>(items: readonly Item[]): Item[] =>
    items.toSorted((a, b) => b.name.length - a.name.length)
  const role = longest(roles).find((each) => has(each.key) || has(each.name))
  if (role === undefined) return undefined
  return { role, brand: longest(brands).find((each) => has(each.slug) || has(each.name)) ?? null }
}
