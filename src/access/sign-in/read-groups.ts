// What a message says of groups, whatever its protocol: names, none, nothing, too many, or something that cannot be read. Only
// the first two change what somebody holds.
import { nameIn } from '#directory/visible-name.ts'
import type { GroupsState } from './external-identity.ts'
import { noted, type Trace } from './trace.ts'

export type GroupRule = {
  /** What stands between the groups of one text; null where each text is a group. */
  separator: string | null
  /** Whether a message without the names of its groups means none of them. */
  isAbsenceNone: boolean
  /** Lists of this length and more may have been cut off. */
  largestList?: number | undefined
}

export type ReadGroups = {
  groups: string[]
  groupsState: GroupsState
  /** Of `unreadable`: what was found in the place of names. */
  unreadable?: string
}

/** @param found what stands under each name that the connection has for groups; a list, or what came in the place of one */
export function readGroups(found: readonly unknown[], rule: GroupRule): ReadGroups {
  if (found.length === 0) return { groups: [], groupsState: rule.isAbsenceNone ? 'listed' : 'not-provided' }
  const values = found.flatMap((value) => (Array.isArray(value) ? value : [value]))
  const names = values.map((value) => namesIn(value, rule.separator))
  const strange = names.findIndex((some) => some.length === 0)
  if (strange >= 0) return { groups: [], groupsState: 'unreadable', unreadable: kindOf(values[strange]) }
  const groups = [...new Set(names.flat())]
  const isCut = groups.length >= (rule.largestList ?? Number.POSITIVE_INFINITY)
  return isCut ? { groups: [], groupsState: 'unknown-overage' } : { groups, groupsState: 'listed' }
}

/** What an administrator has to know of it: that something could not be read, or that nothing was taken for none. */
export function noteGroups(trace: Trace, { groupsState, unreadable }: ReadGroups, isAny: boolean): void {
  if (groupsState === 'unreadable')
    noted(trace, 'groups_unreadable', `There is ${unreadable} where names of groups are expected`)
  if (groupsState === 'listed' && !isAny)
    noted(trace, 'groups_absent', 'The message leaves the groups out, which for this connection means none')
}

/** None where it is no text that names something, such as a list that was written into a text. */
function namesIn(value: unknown, separator: string | null): string[] {
  const text = typeof value === 'string' ? value.trim() : ''
  if (isJson(text) || written.some((form) => form.test(text))) return []
  // Commas are in names, so they separate only where the connection says so.
  const parts = separator === null ? [text] : text.split(separator).filter((part) => part.trim() !== '')
  const names = parts.map(nameOf)
  return names.every((name) => name !== undefined) ? names : []
}

/** The same check that groups of directories pass: two that look alike would be told apart by nobody. */
const nameOf = (text: string): string | undefined => (nothing.test(text.trim()) ? undefined : nameIn(text))

/** What programs write where they have no value. */
const nothing = /^(?:null|nil|none|undefined|nan|\(null\)|<null>)$/i

/** What programs make of lists, objects and markup that they write into a text. */
const written = [
  /^\[(?:[^[\]]|\[[^[\]]*\])*\]$/, // lists of Java, Python, Ruby; JavaScript's "[object Object]"; not "[EU] Sales [DE]"
  /^\{(?:[^{}]|\{[^{}]*\})*\}$/, // maps; arrays of PostgreSQL
  /^\(\s*(?:['"].*)?\)$/s, // tuples of Python
  /^(['"]).*\1$/s, // what was quoted, one or several
  /^<\w[^<>]*(?:\/>|>.*<\/[^<>]+>)$/s, // XML
  /^<[^<>]*\bobject at 0x[0-9a-f]+>$/i, // objects of Python
  /^(?:set|frozenset|list|dict_keys|dict_values|array|Set|List|Map)\s*[([{].*[)\]}]$/s,
  /^#<.*>$/s, // objects of Ruby
  /^(?:Array|Object)$/, // lists of PHP
  /^System\.\S*(?:\[\]|`\d.*)$/, // lists of .NET
  /^\[?[\w.$]+;?@[0-9a-f]{4,8}$/, // objects of Java
]

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'no value'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return `a ${typeof value}`
  return value.trim() === '' ? 'an empty text' : 'a text that is no name'
}
