// Where a group comes from, in words.
import type { ListedGroup } from '#access/people/search-groups.ts'

export const sourceOf = ({ directory, connection }: ListedGroup): string => {
  if (directory !== null) return directory.name
  return connection === null ? 'Made here' : `Sign-ins through ${connection.name}`
}
