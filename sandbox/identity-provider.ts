// What every emulated identity provider can do, and what they share: checks of the server's answers (RFC 7644
// sections 3.4 and 3.5) and the memory of the SCIM ids that the server gave out.
import { at, type JsonObject, objectsIn } from './json.ts'
import type { Group, Person } from './population.ts'
import type { Exchange, ScimClient, ScimResponse } from './scim-client.ts'

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

export type IdentityProviderOptions = {
  baseUrl: string
  token: string
  onExchange?: (exchange: Exchange) => void
}

/** A directory that provisions into the server. Every write is checked against what the server then says. */
export type IdentityProvider = {
  readonly name: string
  testConnection(): Promise<void>
  /** Creates the person, or links the user that is already there; answers with the SCIM id. */
  pushUser(person: Person): Promise<string>
  updateUser(person: Person): Promise<void>
  deactivateUser(personKey: string): Promise<void>
  reactivateUser(personKey: string): Promise<void>
  deleteUser(personKey: string): Promise<void>
  /** Creates or links the group and adds its members, who must have been pushed before. */
  pushGroup(group: Group): Promise<string>
  addMember(groupKey: string, personKey: string): Promise<void>
  removeMember(groupKey: string, personKey: string): Promise<void>
  deleteGroup(groupKey: string): Promise<void>
  listUsers(): Promise<JsonObject[]>
  userId(personKey: string): string
  groupId(groupKey: string): string
}

/** The server answered, but not with the truth or not in the way this identity provider needs. */
export class UnexpectedAnswer extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnexpectedAnswer'
  }
}

/** @throws {UnexpectedAnswer} unless the condition holds. */
export function expectAnswer(isTrue: boolean, message: string): asserts isTrue {
  if (!isTrue) throw new UnexpectedAnswer(message)
}

/** The id in a resource. @throws {UnexpectedAnswer} where the answer carries none. */
export function idIn(resource: unknown, request: string): string {
  const id = at(resource, 'id')
  expectAnswer(typeof id === 'string' && id !== '', `${request} was answered without a resource and its id`)
  return id
}

/** An `eq` filter; its literal is a JSON string (RFC 7644 section 3.4.2.2). */
export function equalTo(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value)}`
}

/** A PatchOp message (RFC 7644 section 3.5.2). */
export function patchOf(operations: readonly JsonObject[]): JsonObject {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
}

/** @throws {UnexpectedAnswer} unless the answer is a ListResponse with whole numbers. */
export function resourcesOf(answer: ScimResponse, request: string): JsonObject[] {
  const total = at(answer.body, 'totalResults')
  expectAnswer(answer.status === 200, `${request} was answered with ${answer.status}, not 200`)
  expectAnswer(Number.isInteger(total), `${request}: totalResults must be a whole number`)
  const resources = objectsIn(at(answer.body, 'Resources'))
  expectAnswer(resources.length <= Number(total), `${request}: more resources than totalResults says`)
  return resources
}

/**
 * Reads a whole collection by index paging, as an import does.
 * @throws {UnexpectedAnswer} when pages overlap or do not add up to totalResults.
 */
export async function readAll(client: ScimClient, path: string, pageSize: number): Promise<JsonObject[]> {
  const byId = new Map<string, JsonObject>()
  for (let startIndex = 1; ; startIndex += pageSize) {
    const query = { startIndex: String(startIndex), count: String(pageSize) }
    const answer = await client.send({ method: 'GET', path, query })
    const request = `GET ${path}?startIndex=${startIndex}`
    const page = resourcesOf(answer, request)
    for (const resource of page) {
      const id = idIn(resource, request)
      expectAnswer(!byId.has(id), `${request} repeats ${id} from an earlier page`)
      byId.set(id, resource)
    }
    const total = Number(at(answer.body, 'totalResults'))
    if (byId.size >= total) return [...byId.values()]
    expectAnswer(page.length > 0, `${request} is empty, but only ${byId.size} of ${total} have been listed`)
  }
}

export type LearnedIds = {
  learn(key: string, id: string): string
  forget(key: string): void
  find(key: string): string | undefined
  get(key: string): string
}

/** A memory of SCIM ids by our own key. `get` throws for a key that was never pushed. */
export function createLearnedIds(noun: string): LearnedIds {
  const ids = new Map<string, string>()
  return {
    learn(key, id) {
      ids.set(key, id)
      return id
    },
    forget(key) {
      ids.delete(key)
    },
    find: (key) => ids.get(key),
    get(key) {
      const id = ids.get(key)
      if (id === undefined) throw new Error(`The ${noun} ${key} has not been pushed yet`)
      return id
    },
  }
}
