// Okta as SCIM client, with its habits: look-up before create, a password in every create, PUT for profiles, path-less
// PATCH for the status, a rename before each membership sync, and never a DELETE of a user.
import { randomBytes } from 'node:crypto'
import {
  createLearnedIds,
  equalTo,
  expectAnswer,
  type IdentityProvider,
  type IdentityProviderOptions,
  idIn,
  type LearnedIds,
  patchOf,
  readAll,
  resourcesOf,
} from './identity-provider.ts'
import { at, type JsonObject, objectsIn } from './json.ts'
import { checkProfile, oktaGroup, oktaProfile } from './okta-bodies.ts'
import type { Group, Person } from './population.ts'
import { createScimClient, type ScimClient, ScimError } from './scim-client.ts'

type Okta = {
  client: ScimClient
  userIds: LearnedIds
  groupIds: LearnedIds
  people: Map<string, Person>
  groups: Map<string, Group>
  inactive: Set<string>
}

const headers = {
  'User-Agent': 'Okta SCIM Client 1.0.0',
  Accept: 'application/scim+json',
  'Accept-Charset': 'utf-8',
  'Content-Type': 'application/scim+json; charset=utf-8',
}
const importPageSize = 100
const membersPerPatch = 100

/**
 * Makes an Okta that provisions into one SCIM directory.
 * Its methods throw ScimError for a refusal and UnexpectedAnswer for an answer that is not the truth.
 */
export function createOkta(options: IdentityProviderOptions): IdentityProvider {
  const okta: Okta = {
    client: createScimClient({ ...options, headers }),
    userIds: createLearnedIds('user'),
    groupIds: createLearnedIds('group'),
    people: new Map(),
    groups: new Map(),
    inactive: new Set(),
  }
  return {
    name: 'Okta',
    testConnection: () => testConnection(okta),
    pushUser: (person) => pushUser(okta, person),
    updateUser: (person) => updateUser(okta, person),
    deactivateUser: (personKey) => setActive(okta, personKey, false),
    reactivateUser: (personKey) => setActive(okta, personKey, true),
    // Okta never sends DELETE /Users: the deletion of a person reaches the application as a deactivation.
    deleteUser: (personKey) => setActive(okta, personKey, false),
    pushGroup: (group) => pushGroup(okta, group),
    addMember: (groupKey, personKey) => addMember(okta, groupKey, personKey),
    removeMember: (groupKey, personKey) => removeMember(okta, groupKey, personKey),
    deleteGroup: (groupKey) => deleteGroup(okta, groupKey),
    listUsers: () => readAll(okta.client, '/Users', importPageSize),
    userId: okta.userIds.get,
    groupId: okta.groupIds.get,
  }
}

async function testConnection(okta: Okta): Promise<void> {
  const query = { startIndex: '1', count: '1' }
  resourcesOf(await okta.client.send({ method: 'GET', path: '/Users', query }), "Okta's connection test")
}

async function lookUp(okta: Okta, path: string, filter: string): Promise<JsonObject | undefined> {
  const query = { filter, startIndex: '1', count: '100' }
  const found = resourcesOf(await okta.client.send({ method: 'GET', path, query }), `Okta's look-up ${filter}`)
  expectAnswer(found.length <= 1, `${filter} finds ${found.length} resources`)
  return found[0]
}

async function pushUser(okta: Okta, person: Person): Promise<string> {
  const filter = equalTo('userName', person.userName)
  const present = await lookUp(okta, '/Users', filter)
  const created = present === undefined ? await createUser(okta, person) : undefined
  okta.people.set(person.key, person)
  okta.inactive.delete(person.key)
  if (created !== undefined) return okta.userIds.learn(person.key, idIn(created, 'POST /Users'))

  const linked = present ?? (await lookUp(okta, '/Users', filter))
  okta.userIds.learn(person.key, idIn(linked, `Linking ${person.userName}`))
  await updateUser(okta, person)
  return okta.userIds.get(person.key)
}

/** Undefined when the server says that the user is already there. */
async function createUser(okta: Okta, person: Person): Promise<JsonObject | undefined> {
  const password = `${randomBytes(12).toString('base64url')}aA1!`
  const body = { ...oktaProfile(person), password, active: true }
  try {
    const answer = await okta.client.send({ method: 'POST', path: '/Users', body })
    expectAnswer(answer.status === 201, `POST /Users was answered with ${answer.status}, not 201`)
    checkProfile(answer.body, person, true)
    return answer.body
  } catch (error) {
    if (error instanceof ScimError && error.status === 409) return undefined
    throw error
  }
}

async function updateUser(okta: Okta, person: Person): Promise<void> {
  const id = okta.userIds.get(person.key)
  const path = `/Users/${id}`
  const current = await okta.client.send({ method: 'GET', path })
  expectAnswer(idIn(current.body, `GET ${path}`) === id, `GET ${path} shows another id`)
  const active = !okta.inactive.has(person.key)
  const body = { ...oktaProfile(person), id, active, meta: { resourceType: 'User' } }
  const answer = await okta.client.send({ method: 'PUT', path, body })
  expectAnswer(answer.status === 200, `PUT ${path} was answered with ${answer.status}, not 200`)
  checkProfile(answer.body, person, active)
  okta.people.set(person.key, person)
}

async function setActive(okta: Okta, personKey: string, active: boolean): Promise<void> {
  const path = `/Users/${okta.userIds.get(personKey)}`
  const body = patchOf([{ op: 'replace', value: { active } }])
  const answer = await okta.client.send({ method: 'PATCH', path, body })
  const user = answer.status === 204 ? (await okta.client.send({ method: 'GET', path })).body : answer.body
  expectAnswer(at(user, 'active') === active, `PATCH ${path} succeeded, but active is not ${active}`)
  if (active) okta.inactive.delete(personKey)
  else okta.inactive.add(personKey)
}

async function pushGroup(okta: Okta, group: Group): Promise<string> {
  const linked = await lookUp(okta, '/Groups', equalTo('displayName', group.displayName))
  const request = { method: 'POST', path: '/Groups', body: oktaGroup(group) } as const
  const pushed = linked ?? (await okta.client.send(request)).body
  const id = okta.groupIds.learn(group.key, idIn(pushed, 'POST /Groups'))
  okta.groups.set(group.key, group)
  for (let start = 0; start < group.memberKeys.length; start += membersPerPatch) {
    const keys = group.memberKeys.slice(start, start + membersPerPatch)
    await syncMembers(okta, group.key, { op: 'add', path: 'members', value: keys.map((key) => memberOf(okta, key)) })
  }
  const members = await memberIds(okta, group.key)
  const isComplete = group.memberKeys.every((key) => members.has(okta.userIds.get(key)))
  expectAnswer(isComplete, `${group.displayName} lacks members that were added`)
  return id
}

function memberOf(okta: Okta, personKey: string): JsonObject {
  return { value: okta.userIds.get(personKey), display: okta.people.get(personKey)?.userName }
}

async function syncMembers(okta: Okta, groupKey: string, operation: JsonObject): Promise<void> {
  const id = okta.groupIds.get(groupKey)
  const rename = { op: 'replace', value: { id, displayName: okta.groups.get(groupKey)?.displayName } }
  await okta.client.send({ method: 'PATCH', path: `/Groups/${id}`, body: patchOf([rename]) })
  await okta.client.send({ method: 'PATCH', path: `/Groups/${id}`, body: patchOf([operation]) })
}

async function memberIds(okta: Okta, groupKey: string): Promise<Set<unknown>> {
  const { body } = await okta.client.send({ method: 'GET', path: `/Groups/${okta.groupIds.get(groupKey)}` })
  return new Set(objectsIn(at(body, 'members')).map((member) => member['value']))
}

async function addMember(okta: Okta, groupKey: string, personKey: string): Promise<void> {
  await syncMembers(okta, groupKey, { op: 'add', path: 'members', value: [memberOf(okta, personKey)] })
  const isMember = (await memberIds(okta, groupKey)).has(okta.userIds.get(personKey))
  expectAnswer(isMember, `${personKey} was added to ${groupKey}, but is not there`)
}

async function removeMember(okta: Okta, groupKey: string, personKey: string): Promise<void> {
  const userId = okta.userIds.get(personKey)
  await syncMembers(okta, groupKey, { op: 'remove', path: `members[${equalTo('value', userId)}]` })
  const isMember = (await memberIds(okta, groupKey)).has(userId)
  expectAnswer(!isMember, `${personKey} was removed from ${groupKey}, but is still there`)
}

async function deleteGroup(okta: Okta, groupKey: string): Promise<void> {
  const { status } = await okta.client.send({ method: 'DELETE', path: `/Groups/${okta.groupIds.get(groupKey)}` })
  expectAnswer(status === 204, `DELETE of ${groupKey} was answered with ${status}, not 204`)
  okta.groupIds.forget(groupKey)
}
