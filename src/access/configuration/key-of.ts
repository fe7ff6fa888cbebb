// By what an item of a document is found again.
import type { Item, ListSection } from './document.ts'

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

/** In quotes, so that no name can look like two. */
const quoted = (value: unknown): string => JSON.stringify(text(value))

/** Of a mapping all that it is: it has no name, and one that binds something else is another one. */
function mappingKey({ group, directory, filter, role, brand }: Item): string {
  const of = filter === undefined || filter === null ? `group ${quoted(group)}` : `filter ${quoted(filter)}`
  const at = text(directory) === '' ? '' : ` of ${quoted(directory)}`
  return `${of}${at} → ${text(role)}${text(brand) === '' ? '' : ` in ${text(brand)}`}`
}

/** @returns what it is called, as plans show it */
export function keyOf(section: ListSection, item: Item): string {
  if (section === 'mappings') return mappingKey(item)
  if (section === 'brands') return text(item['slug'])
  return text(section === 'roles' ? item['key'] : item['name'])
}
