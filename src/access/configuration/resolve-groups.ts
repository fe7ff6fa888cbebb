// The groups that mappings of a document name. A provider decides what its groups are called, so a name that several bear says
// nothing, and a group that has not come yet is waited for.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { invalidField } from '#platform/input.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import type { Item } from './document.ts'

export type NamedGroup = { id: string; displayName: string; directory: string | null; members: number }

const called = prepared<{ organizationId: string; keys: readonly string[] }, NamedGroup & { key: string }>(
  (p) => sql`select g.id, g.display_name as "displayName", g.display_name_key as key, d.name as directory,
      (select count(*)::int from group_members m where m.organization_id = g.organization_id and m.group_id = g.id) as members
    from groups g left join directories d on d.organization_id = g.organization_id and d.id = g.directory_id
    where g.organization_id = ${p.organizationId} and g.display_name_key = any (${p.keys}::text[]) order by g.id`,
)

/** A mapping as its group is called here, and the group; undefined while it is not here. */
export type ResolvedMapping = { item: Item; group: NamedGroup | undefined }

const whereOf = ({ directory }: NamedGroup): string => (directory === null ? 'kept here (directory: null)' : directory)

function theOne(name: string, directory: unknown, found: readonly NamedGroup[]): NamedGroup | undefined {
  const there = directory === undefined ? found : found.filter((group) => group.directory === directory)
  // Letter for letter, if there is one such; otherwise whatever is called so in other letters.
  const exact = there.filter((group) => group.displayName === name)
  const fitting = exact.length > 0 ? exact : there
  if (fitting.length < 2) return fitting[0]
  const places = fitting.map(whereOf).join(', ')
  throw invalidField(
    'mappings',
    `several groups are called ${name}: ${places}; say of which directory, and where one directory has several, map them by hand`,
  )
}

/** @throws AppError invalid for a name that several groups bear */
export async function resolveGroups(
  tx: Transaction,
  { organizationId }: CallContext,
  mappings: readonly Item[],
): Promise<ResolvedMapping[]> {
  const names = mappings.flatMap(({ group }) => (typeof group === 'string' ? [group] : []))
  const rows = names.length === 0 ? [] : await tx.run(called({ organizationId, keys: [...new Set(names.map(fold))] }))
  return mappings.map((item) => {
    const { group: name, directory } = item
    if (typeof name !== 'string') return { item, group: undefined }
    const group = theOne(
      name,
      directory,
      rows.filter(({ key }) => key === fold(name)),
    )
    if (group === undefined) return { item, group }
    return { item: { ...item, group: group.displayName, directory: group.directory }, group }
  })
}
