// Between a SCIM Group (RFC 7643 §4.2) and what the directory keeps of a group. Members are never part of the document:
// they change by ids alone.
import type { GroupMember, GroupRecord } from '#directory/groups.ts'
import type { MemberChange } from '#directory/members.ts'
import { groupSchema } from '#directory/schema/attributes.ts'
import { isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'
import { groupSchemaId } from '#directory/schema/definitions.ts'
import type { GroupContent } from '#directory/update-group.ts'
import { invalid } from '#platform/errors.ts'
import type { Urls } from '#platform/urls.ts'
import { applyOperations } from '../patch/apply.ts'
import { type Document, documentFromBody } from '../patch/document.ts'
import type { Note } from '../patch/note.ts'
import { type Operation, resolvePath } from '../patch/operations.ts'
import { metaOf } from './user.ts'

/** How many members one request may name. */
export const memberLimit = 100_000

const documentOf = (group: GroupRecord): Document => ({
  ...(group.attributes as JsonObject),
  displayName: group.displayName,
  ...(group.externalId === null ? {} : { externalId: group.externalId }),
})

/** A name that is missing is refused by the verb. */
function contentFromDocument(document: Document): GroupContent {
  const { displayName, externalId, ...attributes } = document
  return {
    displayName: typeof displayName === 'string' ? displayName : '',
    externalId: typeof externalId === 'string' ? externalId : null,
    attributes,
  }
}

/** What a POST or PUT body says of a group. @throws AppError invalid */
export function groupFromBody(body: JsonObject): { content: GroupContent; memberIds: string[] } {
  const { members, others } = withoutMembers(body)
  return { content: contentFromDocument(documentFromBody(groupSchema, others)), memberIds: memberIds(members ?? null) }
}

function withoutMembers(body: JsonObject): { members: Json | undefined; others: JsonObject } {
  const keys = Object.keys(body).filter((key) => isMembersName(key))
  if (keys.length > 1) throw invalid('members is given twice', 'invalidSyntax')
  const others = Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)))
  return { members: keys[0] === undefined ? undefined : body[keys[0]], others }
}

const isMembersName = (name: string): boolean => {
  const lower = name.toLowerCase()
  return lower === 'members' || lower === `${groupSchemaId.toLowerCase()}:members`
}

/** The ids in a list of members; an id may stand bare. @throws AppError invalid */
export function memberIds(value: Json | undefined): string[] {
  if (value === null || value === undefined || value === '') return []
  const list = Array.isArray(value) ? value : [value]
  if (list.length > memberLimit) throw invalid(`A request may name ${memberLimit} members`, 'invalidValue')
  return list.map(memberId)
}

function memberId(member: Json): string {
  const value = isObject(member) ? Object.entries(member).find(([name]) => name.toLowerCase() === 'value')?.[1] : member
  return namedId(value)
}

// What stands for nothing names nobody: with it a removal would be a success without an effect.
function namedId(value: unknown): string {
  if (typeof value === 'string' && !/^\s*(null|undefined)?\s*$/i.test(value)) return value
  throw invalid('A member needs a value, the id of a user or group', 'invalidValue')
}

export type GroupPatch = {
  /** Undefined where only members change. */
  change: ((current: GroupRecord) => GroupContent) | undefined
  members: MemberChange[]
}

/**
 * A PATCH as changes of members and a change of the rest. The two touch different things, so that the order among the
 * changes of each is all that counts.
 * @param note told of what was tolerated
 * @throws AppError invalid
 */
export function groupPatch(operations: readonly Operation[], note?: Note): GroupPatch {
  const members: MemberChange[] = []
  const others: Operation[] = []
  for (const operation of operations) {
    if (operation.path === undefined) splitPathless(operation, members, others)
    else if (isMembersPath(operation.path)) members.push(...membersAtPath(operation, operation.path))
    else others.push(operation)
  }
  const change = (current: GroupRecord): GroupContent =>
    contentFromDocument(applyOperations(groupSchema, documentOf(current), others, { id: current.id, note }))
  return { change: others.length === 0 ? undefined : change, members }
}

/** A path-less value names members and attributes alike. */
function splitPathless(operation: Operation, members: MemberChange[], others: Operation[]): void {
  if (!isObject(operation.value)) throw invalid('Without a path, value must be an object', 'invalidValue')
  const split = withoutMembers(operation.value)
  if (split.members !== undefined) {
    members.push(...membersAtPath({ ...operation, value: split.members }, 'members'))
  }
  if (Object.keys(split.others).length > 0) others.push({ ...operation, value: split.others })
}

const isMembersPath = (path: string): boolean => /^(urn:[^[]*:)?members\s*(\[|\.|$)/i.test(path)

/** @throws AppError invalid */
function membersAtPath({ op, value }: Operation, path: string): MemberChange[] {
  const target = resolvePath(groupSchema, path)
  if (target === undefined) throw invalid(`"${path.slice(0, 80)}" is not an attribute`, 'invalidPath')
  // Empty text names nobody: taken for null it would empty the group (wire 4).
  if (value === '') throw invalid('The value names no member', 'invalidValue')
  const { filter, sub } = target
  if (sub !== undefined && (filter !== undefined || sub.name !== 'value')) {
    throw invalid('A member is added or removed as a whole', 'mutability')
  }
  if (filter !== undefined) return changeMatching(op, filter, value)
  if (op === 'add') return [{ kind: 'add', ids: memberIds(value) }]
  if (op === 'replace') return [{ kind: 'replace', ids: memberIds(value) }]
  // wire 4: a remove with values means these members; without, all of them.
  const isAll = value === undefined || value === null
  return [isAll ? { kind: 'replace', ids: [] } : { kind: 'remove', ids: memberIds(value) }]
}

type Filter = NonNullable<ReturnType<typeof resolvePath>>['filter'] & object

function changeMatching(op: Operation['op'], filter: Filter, value: Json | undefined): MemberChange[] {
  const ids = idsIn(filter)
  if (op === 'remove') return [ids === undefined ? { kind: 'removeWhere', condition: filter } : { kind: 'remove', ids }]
  // wire 5: a member that the filter names by its id comes to exist; others cannot be made up.
  if (ids === undefined) throw invalid('A member can be added by its value only', 'noTarget')
  const given = memberIds(isObject(value) && Object.keys(value).length > 0 ? value : null)
  return [{ kind: 'add', ids: given.length > 0 ? given : ids }]
}

/** The ids that `value eq "…" or value eq "…"` names; undefined for every other filter. */
function idsIn(filter: Filter): string[] | undefined {
  if (filter.kind === 'or') {
    const parts = filter.parts.map(idsIn)
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined
  }
  const isById = filter.kind === 'compare' && filter.operator === 'eq' && filter.field.path.join('.') === 'value'
  return isById && typeof filter.value === 'string' ? [namedId(filter.value)] : undefined
}

/** The resource as it is answered; without `members` where they were not read. */
export function groupResource(
  group: GroupRecord & { members?: GroupMember[] },
  urls: Urls,
  directoryId: string,
): JsonObject {
  const attributes = group.attributes as JsonObject
  const extensions = Object.keys(attributes).filter((name) => name.includes(':'))
  const members = group.members ?? []
  return {
    schemas: [groupSchemaId, ...extensions],
    id: group.id,
    ...(group.externalId === null ? {} : { externalId: group.externalId }),
    displayName: group.displayName,
    ...attributes,
    ...(members.length === 0 ? {} : { members: members.map((member) => memberResource(member, urls, directoryId)) }),
    meta: metaOf('Group', group, urls.scimGroup(directoryId, group.id)),
  }
}

const memberResource = ({ id, type, display }: GroupMember, urls: Urls, directoryId: string): JsonObject => ({
  value: id,
  $ref: type === 'User' ? urls.scimUser(directoryId, id) : urls.scimGroup(directoryId, id),
  display,
  type,
})
