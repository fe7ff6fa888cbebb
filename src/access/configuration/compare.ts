// What would have to be done for the organization to be as a document says: a step for each thing that is to be made, changed or
// removed. Nothing is done here.
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { AppError } from '#platform/errors.ts'
import { invalidField } from '#platform/input.ts'
import { isRecord } from '#platform/json.ts'
import type { Current, Entry } from './current.ts'
import { type ConfigurationDocument, type Item, type ListSection, listSections, type SectionName } from './document.ts'
import { keyOf } from './key-of.ts'

export type FieldChange = { field: string; before: unknown; after: unknown }

export type Step = {
  section: SectionName
  /** What it is called; empty for the organization itself. */
  key: string
  /** `wait`: it cannot be made yet, and is made by a later run. */
  act: 'create' | 'change' | 'remove' | 'wait'
  fields: FieldChange[]
  /** Why it waits, or what else is to be known of it. */
  note: string | null
}

/** A step with what carrying it out needs. */
export type Work = Step & {
  id: string | undefined
  item: Item
  /** As it is here, where it is here. */
  current: Item
}

/** What a step changes, as the document has it. */
export const changedPart = ({ item, fields }: Work): Item =>
  Object.fromEntries(fields.map(({ field }) => [field, item[field]]))

/** Here, and not in the document. */
export type Drift = { section: ListSection; key: string }

/** What nobody comes in by is removed by a document, where that is asked for; the rest is left to people. */
const removable: ReadonlySet<string> = new Set(['mappings', 'policies', 'separationRules', 'roles', 'brands'])

/** Lists whose order says nothing. */
const unordered: ReadonlySet<string> = new Set(['allows', 'denies', 'exceptRoles'])

/** What is of use when a connection is made, and is told apart by its provider's metadata afterwards. */
const forCreation: ReadonlySet<string> = new Set(['metadataXml', 'entityId'])

/** What a connection is; another provider is another connection. */
const lasting: Partial<Record<ListSection, readonly string[]>> = {
  connections: ['type', 'preset', 'issuer', 'clientId', 'metadataUrl'],
  applications: ['kind'],
}

const inOrder = (field: string, value: unknown): unknown =>
  unordered.has(field) && Array.isArray(value) ? [...new Set(value)].toSorted() : value

/** Of an object what is named in it counts, so that a document may leave out the rest. */
function isSame(field: string, wanted: unknown, current: unknown): boolean {
  if (isRecord(wanted) && isRecord(current))
    return Object.entries(wanted).every(([name, value]) => value === undefined || isSame(name, value, current[name]))
  return isDeepStrictEqual(inOrder(field, wanted) ?? null, inOrder(field, current) ?? null)
}

/** The fields of the item that are otherwise now; what the item leaves out is not asked about. */
export const changedFields = (wanted: Item, current: Item): FieldChange[] =>
  Object.entries(wanted)
    .filter(([field, value]) => value !== undefined && !forCreation.has(field) && !isSame(field, value, current[field]))
    .map(([field, after]) => ({ field, before: current[field] ?? null, after }))

/** Metadata is too long to be looked at, and told apart all the same. */
const shownValue = (field: string, value: unknown): unknown =>
  field === 'metadataXml' && typeof value === 'string'
    ? `${value.length} characters, sha256 ${createHash('sha256').update(value).digest('hex')}`
    : value

/** Everything that something new is made with: who looks at a plan sees it, and its hash is about it. */
const newFields = (item: Item): FieldChange[] =>
  Object.entries(item)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([field, value]) => ({ field, before: null, after: shownValue(field, value) }))

function requireLasting(section: ListSection, key: string, fields: readonly FieldChange[]): void {
  const fixed = fields.find(({ field }) => lasting[section]?.includes(field))
  if (fixed === undefined) return
  throw invalidField(
    `${section}.${key}.${fixed.field}`,
    `is ${JSON.stringify(fixed.before)} here, and stays so: give the connection another name in the document to have a second one made`,
  )
}

function compareList(section: ListSection, items: readonly Item[], entries: readonly Entry[]): Work[] {
  const here = new Map(entries.map((entry) => [entry.key, entry]))
  const seen = new Set<string>()
  return items.flatMap((item): Work[] => {
    const key = keyOf(section, item)
    if (seen.has(key)) throw invalidField(section, `has ${key} twice`)
    seen.add(key)
    const entry = here.get(key)
    if (entry === undefined)
      return [{ section, key, act: 'create', fields: newFields(item), note: null, id: undefined, item, current: {} }]
    const fields = changedFields(item, entry.item)
    if (fields.length === 0) return []
    requireLasting(section, key, fields)
    return [{ section, key, act: 'change', fields, note: null, id: entry.id, item, current: entry.item }]
  })
}

function compareOne(section: 'organization' | 'settings', wanted: Item | undefined, current: Item): Work[] {
  const fields = wanted === undefined ? [] : changedFields(wanted, current)
  if (wanted === undefined || fields.length === 0) return []
  return [{ section, key: '', act: 'change', fields, note: null, id: undefined, item: wanted, current }]
}

/** The items of a list in the document; role packs are names alone. Undefined where the document has no such section. */
export function itemsOf(document: ConfigurationDocument, section: ListSection): Item[] | undefined {
  if (section === 'rolePacks') return document.rolePacks?.map((name) => ({ name }))
  return document[section] as Item[] | undefined
}

/**
 * @param wanted with mappings that name their directory
 * @param prune whether what the document does not have goes
 * @throws AppError invalid for an item that is there twice, and for what cannot be changed
 */
export function compare(
  current: Current,
  wanted: ConfigurationDocument,
  prune: boolean,
): { works: Work[]; drift: Drift[] } {
  const works: Work[] = [
    ...compareOne('organization', wanted.organization, current.organization),
    ...compareOne('settings', wanted.settings, current.settings),
  ]
  const drift: Drift[] = []
  for (const section of listSections) {
    const items = itemsOf(wanted, section)
    if (items === undefined) continue
    works.push(...compareList(section, items, current.lists[section]))
    const named = new Set(items.map((item) => keyOf(section, item)))
    for (const { id, key, item } of current.lists[section].filter((entry) => !named.has(entry.key))) {
      // Roles of packs are never taken away: what a pack brought is no drift.
      if (section === 'rolePacks') continue
      if (prune && removable.has(section))
        works.push({ section, key, act: 'remove', fields: [], note: null, id, item, current: item })
      else drift.push({ section, key })
    }
  }
  return { works, drift }
}

/** @throws AppError invalid where the document names something that is neither here nor made by it */
export const unknownName = (section: string, key: string, what: string, name: unknown): AppError =>
  invalidField(`${section}.${key}`, `names the ${what} ${String(name)}, which is neither here nor in the document`)
