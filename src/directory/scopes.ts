// Where the fields of users and groups are stored: columns for what is searched most, JSON for the rest.
import { type SQL, sql } from 'drizzle-orm'
import type { Field } from './condition.ts'
import type { Scalar, Scope } from './condition-sql.ts'

const isUrn = (name: string): boolean => name.includes(':')

const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Attributes of a user that have several values; `groups` and `schemas` are computed. */
const userLists = new Set([
  'emails',
  'phoneNumbers',
  'ims',
  'photos',
  'addresses',
  'entitlements',
  'roles',
  'x509Certificates',
])

const userColumns: Record<string, Scalar> = {
  id: { expression: sql`u.id` },
  userName: { expression: sql`u.user_name_key`, isFolded: true },
  externalId: { expression: sql`u.external_id` },
  displayName: { expression: sql`u.display_name` },
  active: {
    expression: sql`(u.status in ('active', 'invited'))`,
    otherwise: sql`(u.status in ('inactive', 'erased'))`,
  },
  'meta.created': { expression: sql`u.created_at` },
  'meta.lastModified': { expression: sql`u.updated_at` },
  'meta.resourceType': { expression: sql`'User'::text` },
  'meta.version': { expression: sql`('W/"' || u.version || '"')` },
}

const groupColumns: Record<string, Scalar> = {
  id: { expression: sql`g.id` },
  externalId: { expression: sql`g.external_id` },
  displayName: { expression: sql`g.display_name_key`, isFolded: true },
  'meta.created': { expression: sql`g.created_at` },
  'meta.lastModified': { expression: sql`g.updated_at` },
  'meta.resourceType': { expression: sql`'Group'::text` },
  'meta.version': { expression: sql`('W/"' || g.version || '"')` },
}

/** A place in a JSON document; names are parameters, never text. */
function jsonScalar(document: SQL, path: readonly string[]): Scalar {
  const parents = path.slice(0, -1).reduce((parent, name) => sql`${parent} -> ${name}::text`, document)
  return { expression: sql`(${parents} ->> ${path.at(-1) ?? ''}::text)` }
}

/** A value of an extension, of whatever type it should be: of another one it is none. */
function extensionScalar(document: SQL, { path, type }: Field): Scalar {
  const value = path.reduce((place, name) => sql`${place} -> ${name}::text`, document)
  return ofType(type, { value, text: jsonScalar(document, path).expression })
}

function ofType(type: Field['type'], { value, text }: { value: SQL; text: SQL }): Scalar {
  // A text that is no time is none; a cast of it would fail the search.
  if (type === 'dateTime')
    return { expression: sql`(case when pg_input_is_valid(${text}, 'timestamptz') then ${text} end)::timestamptz` }
  if (type !== 'number' && type !== 'boolean') return { expression: text }
  return { expression: sql`(case when jsonb_typeof(${value}) = ${sql.raw(`'${type}'`)} then ${text} end)` }
}

const own = <T>(table: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** An element of a list of an extension: nobody has checked what is in it. */
const extensionElement: Scope = {
  scalar: (field) => extensionScalar(sql`e.value`, field),
  list: () => undefined,
}

const jsonElement: Scope = {
  scalar: (field) => jsonScalar(sql`e.value`, field.path),
  list: () => undefined,
}

/** Elements that are rows with the columns value, display and type. */
const rowElement: Scope = {
  scalar: (field) => ({ expression: sql`e.${sql.identifier(field.path.at(-1) ?? '')}` }),
  list: () => undefined,
}

const plainElement: Scope = { scalar: () => ({ expression: sql`e.value` }), list: () => undefined }

const plainExtensionElement: Scope = {
  scalar: ({ type }) => ofType(type, { value: sql`e.value`, text: sql`(e.value #>> '{}')` }),
  list: () => undefined,
}

const groupsOfUser = sql`(select gr.id as value, gr.display_name as display, 'direct'::text as type
  from group_members gm join groups gr on gr.organization_id = gm.organization_id and gr.id = gm.group_id
  where gm.organization_id = u.organization_id and gm.user_id = u.id and gm.held_by is null and gr.held_by is null) e`

const members = sql`select mu.id as value, coalesce(mu.display_name, mu.user_name) as display, 'User'::text as type
  from group_members gm join users mu on mu.organization_id = gm.organization_id and mu.id = gm.user_id
  where gm.organization_id = g.organization_id and gm.group_id = g.id and gm.held_by is null
  union all
  select c.id, c.display_name, 'Group'
  from group_nestings n join groups c on c.organization_id = n.organization_id and c.id = n.child_group_id
  where n.organization_id = g.organization_id and n.group_id = g.id and n.held_by is null`

/** The members of `groups g`, as rows. */
export const membersOfGroup = sql`(${members}) e`

/** With those who were in it when an administrator deleted them. */
export const membersAndHidden = sql`(${members}
  union all
  select hu.id, coalesce(hu.display_name, hu.user_name), 'User'
  from deleted_people d join users hu on hu.organization_id = d.organization_id and hu.id = d.user_id
  where d.organization_id = g.organization_id and d.group_ids ? g.id) e`

const schemasOf = (core: string, attributes: SQL): SQL =>
  sql`(select ${core}::text as value union all select key from jsonb_object_keys(${attributes}) key where key like 'urn:%') e`

const coreSchema = (resource: 'User' | 'Group'): string => `urn:ietf:params:scim:schemas:core:2.0:${resource}`

function jsonList(field: Field, document: SQL): { from: SQL; element: Scope } | undefined {
  const [name] = field.path
  if (field.path.length !== 1 || name === undefined || !userLists.has(name)) return undefined
  return { from: sql`jsonb_array_elements(${document} -> ${name}::text) e`, element: jsonElement }
}

/** A list of an extension; one that came as a single value counts as a list of one. */
function extensionList({ path, type }: Field, document: SQL): { from: SQL; element: Scope } {
  const place = path.reduce((parent, name) => sql`${parent} -> ${name}::text`, document)
  return {
    from: sql`jsonb_path_query(${place}, 'lax $[*]') e (value)`,
    element: type === 'complex' ? extensionElement : plainExtensionElement,
  }
}

const isExtensionList = ({ path, listDepth }: Field): boolean => listDepth !== undefined && path.length >= listDepth

const isListPath = (path: readonly string[], lists: (name: string) => boolean): boolean => {
  const [first] = path
  return first !== undefined && !isUrn(first) && lists(first)
}

/** The name under which users_by_extension() finds the attribute of an extension; of the enterprise extension only the manager. */
export function indexedName([urn = '', ...names]: readonly string[]): string | undefined {
  if (!isUrn(urn)) return undefined
  const name = names.join('.')
  return urn === enterpriseUrn && name !== 'manager.value' ? undefined : `${urn}:${name}`
}

/** Fields of `users u`. */
export const userScope: Scope = {
  scalar: (field) => {
    if (isListPath(field.path, (name) => userLists.has(name) || name === 'groups' || name === 'schemas'))
      return undefined
    if (isExtensionList(field)) return undefined
    return own(userColumns, field.path.join('.')) ?? extensionScalar(sql`u.attributes`, field)
  },
  list: (field) => {
    if (isExtensionList(field))
      return field.path.length === field.listDepth ? extensionList(field, sql`u.attributes`) : undefined
    const name = field.path.join('.')
    if (name === 'groups') return { from: groupsOfUser, element: rowElement }
    if (name === 'schemas') return { from: schemasOf(coreSchema('User'), sql`u.attributes`), element: plainElement }
    return jsonList(field, sql`u.attributes`)
  },
  narrow: ({ path, type }, foldedValue) => {
    if (path.join('.') === 'emails')
      return sql`u.id in (select ue.user_id from user_emails ue
          where ue.organization_id = u.organization_id and ue.value_key = ${foldedValue})`
    const name = indexedName(type === 'complex' ? [...path, 'value'] : path)
    return name === undefined
      ? undefined
      : sql`u.id in (select user_id from users_by_extension(${name}, ${foldedValue}))`
  },
}

/** Fields of `groups g`. */
export const groupScope: Scope = {
  scalar: (field) => {
    if (isListPath(field.path, (name) => name === 'members' || name === 'schemas')) return undefined
    if (isExtensionList(field)) return undefined
    return own(groupColumns, field.path.join('.')) ?? extensionScalar(sql`g.attributes`, field)
  },
  list: (field) => {
    if (isExtensionList(field))
      return field.path.length === field.listDepth ? extensionList(field, sql`g.attributes`) : undefined
    const name = field.path.join('.')
    if (name === 'members') return { from: membersOfGroup, element: rowElement }
    if (name === 'schemas') return { from: schemasOf(coreSchema('Group'), sql`g.attributes`), element: plainElement }
    return undefined
  },
}
