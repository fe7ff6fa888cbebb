// Microsoft Entra ID as SCIM client, with its habits: match query first, PATCH for every change, the manager on its
// own, one member at a time without the flag aadOptscim062020, and 204 or nothing for groups.
import { randomUUID } from 'node:crypto'
import {
  addMembersOperation,
  differencesOf,
  type EntraMode,
  entraGroup,
  entraUser,
  managerOperation,
  operationsFor,
  removeMemberOperation,
  statusOperation,
} from './entra-bodies.ts'
import {
  createLearnedIds,
  enterpriseSchema,
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
import { at, type JsonObject } from './json.ts'
import type { Group, Person } from './population.ts'
import { createScimClient, type ScimClient, ScimError, type ScimRequest } from './scim-client.ts'

type Entra = {
  client: ScimClient
  mode: EntraMode
  userIds: LearnedIds
  groupIds: LearnedIds
  disabled: Set<string>
  /** People who wait for their manager to be pushed, by the manager's key. */
  waiting: Map<string, string[]>
}

/**
 * Makes an Entra ID that provisions into one SCIM directory; `mode` is `legacy` unless given.
 * Its methods throw ScimError for a refusal and UnexpectedAnswer for an answer that is not the truth.
 */
export function createEntra(options: IdentityProviderOptions & { mode?: EntraMode }): IdentityProvider {
  const mode = options.mode ?? 'legacy'
  const baseUrl = mode === 'flag' ? `${options.baseUrl}?aadOptscim062020` : options.baseUrl
  const entra: Entra = {
    client: createScimClient({ ...options, baseUrl }),
    mode,
    userIds: createLearnedIds('user'),
    groupIds: createLearnedIds('group'),
    disabled: new Set(),
    waiting: new Map(),
  }
  return {
    name: 'Entra ID',
    testConnection: () => testConnection(entra),
    pushUser: (person) => pushUser(entra, person),
    updateUser: (person) => updateUser(entra, person),
    deactivateUser: (personKey) => setActive(entra, personKey, false),
    reactivateUser: (personKey) => setActive(entra, personKey, true),
    deleteUser: (personKey) => deleteUser(entra, personKey),
    pushGroup: (group) => pushGroup(entra, group),
    addMember: (groupKey, personKey) => addMembers(entra, groupKey, [personKey]),
    removeMember: (groupKey, personKey) => removeMember(entra, groupKey, personKey),
    deleteGroup: (groupKey) => deleteGroup(entra, groupKey),
    listUsers: () => readAll(entra.client, '/Users', 100),
    userId: entra.userIds.get,
    groupId: entra.groupIds.get,
  }
}

/** The administrator's button: nobody has this userName, and a wrong secret must not get that answer. */
async function testConnection(entra: Entra): Promise<void> {
  const filter = equalTo('userName', randomUUID())
  const request = { method: 'GET', path: '/Users', query: { filter } } as const
  const found = resourcesOf(await entra.client.send(request), 'Test Connection')
  expectAnswer(found.length === 0, 'Test Connection finds somebody under a random name')
  const status = await statusOf(entra, { ...request, token: 'wrong-secret' })
  expectAnswer(status === 401, `A wrong secret token was answered with ${status}, not 401`)
}

/** The status of a request that is expected to be refused. */
async function statusOf(entra: Entra, request: ScimRequest): Promise<number> {
  return entra.client.send(request).then(
    (answer) => answer.status,
    (error: unknown) => (error instanceof ScimError ? error.status : Promise.reject(error)),
  )
}

/** The match query. A 404 here would put a real job into quarantine; it surfaces as ScimError. */
async function matchUser(entra: Entra, person: Person): Promise<JsonObject | undefined> {
  const query = { filter: equalTo('userName', person.userName) }
  const found = resourcesOf(await entra.client.send({ method: 'GET', path: '/Users', query }), 'The match query')
  expectAnswer(found.length <= 1, `${person.userName} matches ${found.length} users`)
  return found[0]
}

async function pushUser(entra: Entra, person: Person): Promise<string> {
  const matched = await matchUser(entra, person)
  const created = matched === undefined ? await createUser(entra, person) : undefined
  const user = created ?? matched ?? (await matchUser(entra, person))
  const id = entra.userIds.learn(person.key, idIn(user, `Matching ${person.userName}`))
  entra.disabled.delete(person.key)
  if (created === undefined) await updateUser(entra, person)
  await setManagers(entra, person)
  return id
}

/** Undefined when the server says that the user is already there. */
async function createUser(entra: Entra, person: Person): Promise<JsonObject | undefined> {
  try {
    const answer = await entra.client.send({ method: 'POST', path: '/Users', body: entraUser(person) })
    expectAnswer(answer.status === 201, `POST /Users was answered with ${answer.status}, not 201`)
    expectNoDifference(answer.body, person, true)
    return answer.body
  } catch (error) {
    if (error instanceof ScimError && error.status === 409) return undefined
    throw error
  }
}

/** Sends only what differs, and nothing at all when nothing does. */
async function updateUser(entra: Entra, person: Person): Promise<void> {
  const path = `/Users/${entra.userIds.get(person.key)}`
  const isActive = !entra.disabled.has(person.key)
  const { body: current } = await entra.client.send({ method: 'GET', path })
  const differences = differencesOf(current, person, isActive)
  if (differences.length === 0) return
  await entra.client.send({ method: 'PATCH', path, body: patchOf(operationsFor(differences, entra.mode)) })
  const { body: patched } = await entra.client.send({ method: 'GET', path })
  expectNoDifference(patched, person, isActive)
}

function expectNoDifference(user: unknown, person: Person, isActive: boolean): void {
  const paths = differencesOf(user, person, isActive).map((difference) => difference.path)
  expectAnswer(paths.length === 0, `${person.userName} was accepted, but differs in ${paths.join(', ')}`)
}

/** References wait until both people exist: the person's own manager, and those who waited for this person. */
async function setManagers(entra: Entra, person: Person): Promise<void> {
  const reports = entra.waiting.get(person.key) ?? []
  entra.waiting.delete(person.key)
  const { managerKey } = person
  if (managerKey !== undefined && entra.userIds.find(managerKey) === undefined) {
    entra.waiting.set(managerKey, [...(entra.waiting.get(managerKey) ?? []), person.key])
  } else if (managerKey !== undefined) {
    await setManager(entra, person.key, managerKey)
  }
  for (const report of reports) await setManager(entra, report, person.key)
}

async function setManager(entra: Entra, personKey: string, managerKey: string): Promise<void> {
  const path = `/Users/${entra.userIds.get(personKey)}`
  const managerId = entra.userIds.get(managerKey)
  await entra.client.send({ method: 'PATCH', path, body: patchOf([managerOperation(managerId, entra.mode)]) })
  const { body } = await entra.client.send({ method: 'GET', path })
  const isSet = at(body, enterpriseSchema, 'manager', 'value') === managerId
  expectAnswer(isSet, `${personKey}'s manager does not read as it was set, so Entra would send it in every cycle`)
}

async function setActive(entra: Entra, personKey: string, active: boolean): Promise<void> {
  const path = `/Users/${entra.userIds.get(personKey)}`
  await entra.client.send({ method: 'PATCH', path, body: patchOf([statusOperation(active, entra.mode)]) })
  const { body } = await entra.client.send({ method: 'GET', path })
  expectAnswer(at(body, 'active') === active, `PATCH ${path} succeeded, but active is not ${active}`)
  if (active) entra.disabled.delete(personKey)
  else entra.disabled.add(personKey)
}

/** The hard delete that follows 30 days after the soft one. */
async function deleteUser(entra: Entra, personKey: string): Promise<void> {
  await deleteResource(entra, `/Users/${entra.userIds.get(personKey)}`)
  entra.userIds.forget(personKey)
}

async function deleteGroup(entra: Entra, groupKey: string): Promise<void> {
  await deleteResource(entra, `/Groups/${entra.groupIds.get(groupKey)}`)
  entra.groupIds.forget(groupKey)
}

async function deleteResource(entra: Entra, path: string): Promise<void> {
  const { status } = await entra.client.send({ method: 'DELETE', path })
  expectAnswer(status === 204, `DELETE ${path} was answered with ${status}, not 204`)
  const statusAfter = await statusOf(entra, { method: 'GET', path })
  expectAnswer(statusAfter === 404, `${path} was deleted, but GET answers ${statusAfter}`)
}

async function pushGroup(entra: Entra, group: Group): Promise<string> {
  const filter = equalTo('displayName', group.displayName)
  const query = { excludedAttributes: 'members', filter }
  const found = resourcesOf(await entra.client.send({ method: 'GET', path: '/Groups', query }), 'The group query')
  const isBare = found.every((resource) => at(resource, 'members') === undefined)
  expectAnswer(isBare, `${group.displayName} shows members although they were excluded`)
  const request = { method: 'POST', path: '/Groups', body: entraGroup(group) } as const
  const pushed = found[0] ?? (await entra.client.send(request)).body
  const id = entra.groupIds.learn(group.key, idIn(pushed, 'POST /Groups'))
  const perPatch = entra.mode === 'flag' ? 20 : 1
  for (let start = 0; start < group.memberKeys.length; start += perPatch) {
    await addMembers(entra, group.key, group.memberKeys.slice(start, start + perPatch))
  }
  return id
}

async function addMembers(entra: Entra, groupKey: string, personKeys: readonly string[]): Promise<void> {
  const userIds = personKeys.map((key) => entra.userIds.get(key))
  await patchGroup(entra, groupKey, addMembersOperation(userIds, entra.mode))
  for (const userId of userIds) {
    expectAnswer(await isMember(entra, groupKey, userId), `${userId} was added to ${groupKey}, but is not there`)
  }
}

async function removeMember(entra: Entra, groupKey: string, personKey: string): Promise<void> {
  const userId = entra.userIds.get(personKey)
  await patchGroup(entra, groupKey, removeMemberOperation(userId, entra.mode))
  const isStillThere = await isMember(entra, groupKey, userId)
  expectAnswer(!isStillThere, `${personKey} was removed from ${groupKey}, but is still there`)
}

async function patchGroup(entra: Entra, groupKey: string, operation: JsonObject): Promise<void> {
  const path = `/Groups/${entra.groupIds.get(groupKey)}`
  const answer = await entra.client.send({ method: 'PATCH', path, body: patchOf([operation]) })
  const isEmpty = answer.status === 204 && answer.text === ''
  expectAnswer(isEmpty, `PATCH ${path} was answered with ${answer.status}, but Entra needs 204 without a body`)
}

/** Entra's reference check: it asks for one member and never reads the list. */
async function isMember(entra: Entra, groupKey: string, userId: string): Promise<boolean> {
  const filter = `${equalTo('id', entra.groupIds.get(groupKey))} and ${equalTo('members', userId)}`
  const query = { attributes: 'id', filter }
  const found = resourcesOf(await entra.client.send({ method: 'GET', path: '/Groups', query }), 'The reference check')
  return found.length > 0
}
