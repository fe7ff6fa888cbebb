// The same requests in the words of SCIM and in those of the floor.
import type { Call } from './client.ts'

/** The call that stands for a request. `turn` counts the requests of a kind, `ids` are the people there are. */
export type Calls = (request: string, turn: number, ids: readonly string[]) => Call

/** How many people there are before anything is measured. */
export const population = 2_000

const userNameOf = (number: number): string => `person${number}@north.example.com`

const newUser = (number: number) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: userNameOf(number),
  externalId: `00u${number}`,
  displayName: `Person ${number}`,
  name: { givenName: 'Person', familyName: String(number), formatted: `Person ${number}` },
  emails: [{ value: userNameOf(number), type: 'work', primary: true }],
  locale: 'en-GB',
  active: true,
})

/** Each visit of a user asks for the other state, so that every PATCH is a change. */
const wantedActive = (turn: number): boolean => Math.floor(turn / population) % 2 === 1

const pick = (ids: readonly string[], turn: number): string => ids[turn % ids.length] ?? ''

export const oursCalls: Calls = (request, turn, ids) => {
  if (request === 'create') return { method: 'POST', path: '/Users', body: newUser(turn) }
  if (request === 'read') return { method: 'GET', path: `/Users/${pick(ids, turn)}` }
  if (request === 'filter') {
    const filter = encodeURIComponent(`userName eq "${userNameOf(turn % population)}"`)
    return { method: 'GET', path: `/Users?filter=${filter}` }
  }
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  const operations = [{ op: 'replace', value: { active: wantedActive(turn) } }]
  return { method: 'PATCH', path: `/Users/${pick(ids, turn)}`, body: { schemas, Operations: operations } }
}

export const floorCalls: Calls = (request, turn, ids) => {
  if (request === 'create') return { method: 'POST', path: '/Users', body: newUser(turn) }
  if (request === 'read') return { method: 'GET', path: `/Users/${pick(ids, turn)}` }
  if (request === 'filter') return { method: 'GET', path: `/Users?userName=${userNameOf(turn % population)}` }
  return { method: 'PATCH', path: `/Users/${pick(ids, turn)}`, body: { active: wantedActive(turn) } }
}
