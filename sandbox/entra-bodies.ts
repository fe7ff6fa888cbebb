// The request bodies that Microsoft Entra ID writes, without and with the flag aadOptscim062020.
import { createHash } from 'node:crypto'
import { enterpriseSchema, groupSchema, userSchema } from './identity-provider.ts'
import { at, isObject, type JsonObject, objectsIn } from './json.ts'
import type { Group, Person } from './population.ts'

/** `legacy` is what Entra sends by default; `flag` what it sends where the tenant URL ends in ?aadOptscim062020. */
export type EntraMode = 'legacy' | 'flag'

/** The create body of the default mappings. The manager follows later, a password never does. */
export function entraUser(person: Person): JsonObject {
  return {
    schemas: [userSchema, enterpriseSchema],
    externalId: nicknameOf(person),
    userName: person.userName,
    active: true,
    displayName: person.displayName,
    emails: [{ primary: true, type: 'work', value: person.userName }],
    meta: { resourceType: 'User' },
    name: {
      formatted: person.displayName,
      familyName: person.familyName,
      givenName: person.givenName,
    },
    roles: [],
    ...(person.title === undefined ? {} : { title: person.title }),
    preferredLanguage: person.locale,
    phoneNumbers: [{ type: 'work', value: person.phone }],
    [enterpriseSchema]: { employeeNumber: person.employeeNumber, department: person.department },
  }
}

/** The create body of a group: no members, and a schema that only Microsoft knows. */
export function entraGroup(group: Group): JsonObject {
  return {
    schemas: [groupSchema, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    externalId: objectIdOf(group),
    displayName: group.displayName,
    meta: { resourceType: 'Group' },
  }
}

/** One attribute whose value at the server differs from Entra's. */
export type Difference = { path: string; current: unknown; desired: string | boolean }

/** What has to be patched. Attributes that Entra itself has no value for are skipped, as Entra does. */
export function differencesOf(user: unknown, person: Person, active: boolean): Difference[] {
  const desired: [path: string, current: unknown, desired: string | boolean | undefined][] = [
    ['userName', at(user, 'userName'), person.userName],
    ['externalId', at(user, 'externalId'), nicknameOf(person)],
    ['active', at(user, 'active'), active],
    ['displayName', at(user, 'displayName'), person.displayName],
    ['title', at(user, 'title'), person.title],
    ['preferredLanguage', at(user, 'preferredLanguage'), person.locale],
    ['name.givenName', at(user, 'name', 'givenName'), person.givenName],
    ['name.familyName', at(user, 'name', 'familyName'), person.familyName],
    ['name.formatted', at(user, 'name', 'formatted'), person.displayName],
    ['emails[type eq "work"].value', workValue(user, 'emails'), person.userName],
    ['phoneNumbers[type eq "work"].value', workValue(user, 'phoneNumbers'), person.phone],
    [`${enterpriseSchema}:employeeNumber`, at(user, enterpriseSchema, 'employeeNumber'), person.employeeNumber],
    [`${enterpriseSchema}:department`, at(user, enterpriseSchema, 'department'), person.department],
  ]
  return desired.flatMap(([path, current, wanted]) =>
    wanted === undefined || isSame(path, current, wanted) ? [] : [{ path, current, desired: wanted }],
  )
}

/** The operations for a set of differences, in the words of the mode. */
export function operationsFor(differences: readonly Difference[], mode: EntraMode): JsonObject[] {
  if (mode === 'legacy') {
    return differences.map(({ path, current, desired }) => {
      const value = typeof desired === 'boolean' ? capitalised(String(desired)) : desired
      return { op: current == null ? 'Add' : 'Replace', path, value }
    })
  }
  const isFiltered = (path: string) => path.includes('[')
  const filtered = differences.filter(({ path }) => isFiltered(path))
  const plain = differences.filter(({ path }) => !isFiltered(path))
  const operations = filtered.map(
    ({ path, current, desired }): JsonObject => ({
      op: current == null ? 'add' : 'replace',
      path,
      value: desired,
    }),
  )
  const value = Object.fromEntries(plain.map(({ path, desired }) => [path, desired]))
  return plain.length === 0 ? operations : [...operations, { op: 'replace', value }]
}

/** Disables or restores: the status alone, with its own path in both modes. */
export function statusOperation(active: boolean, mode: EntraMode): JsonObject {
  if (mode === 'flag') return { op: 'replace', path: 'active', value: active }
  return { op: 'Replace', path: 'active', value: active ? 'True' : 'False' }
}

/** Sets the manager: the bare id as a string. */
export function managerOperation(managerId: string, mode: EntraMode): JsonObject {
  return { op: mode === 'flag' ? 'add' : 'Add', path: `${enterpriseSchema}:manager`, value: managerId }
}

/** Adds members. Without the flag each carries an empty `$ref`. */
export function addMembersOperation(userIds: readonly string[], mode: EntraMode): JsonObject {
  if (mode === 'flag') return { op: 'add', path: 'members', value: userIds.map((value) => ({ value })) }
  return { op: 'Add', path: 'members', value: userIds.map((value) => ({ $ref: null, value })) }
}

/** Removes one member: by filter with the flag, by a value array (which is not a "remove all") without it. */
export function removeMemberOperation(userId: string, mode: EntraMode): JsonObject {
  if (mode === 'flag') return { op: 'remove', path: `members[value eq ${JSON.stringify(userId)}]` }
  return { op: 'Remove', path: 'members', value: [{ $ref: null, value: userId }] }
}

function nicknameOf(person: Person): string {
  return person.userName.split('@')[0] ?? person.userName
}

/** Entra's object id of a group, the same on every run. */
function objectIdOf(group: Group): string {
  const hex = createHash('sha256').update(group.key).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function workValue(user: unknown, attribute: string): unknown {
  return objectsIn(isObject(user) ? user[attribute] : undefined).find((entry) => entry['type'] === 'work')?.['value']
}

function isSame(path: string, current: unknown, wanted: string | boolean): boolean {
  // userName ignores case (RFC 7643 section 4.1.1), so another spelling is no difference.
  if (path === 'userName') return String(current).toLowerCase() === String(wanted).toLowerCase()
  return current === wanted
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
