// A provider that goes on writing whatever happens, and remembers what was acknowledged: afterwards all of it has to be there, once.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type postgres from 'postgres'

export type Target = { path: string; token: string; organizationId: string }

/** Makes an organization with a directory, by the command line beside a node. */
export async function makeTarget(env: NodeJS.ProcessEnv): Promise<Target> {
  const program = join(import.meta.dirname, '../../src/main.ts')
  const named = ['--organization', 'faults', '--name', 'Faults', '--create-organization', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'directory', 'create', ...named], { env })
  const { baseUrl, token } = JSON.parse(stdout) as Record<'baseUrl' | 'token', string>
  const listed = await promisify(execFile)(process.execPath, [program, 'organization', 'list', '--json'], { env })
  const { items } = JSON.parse(listed.stdout) as { items: { id: string }[] }
  return { path: new URL(baseUrl).pathname, token, organizationId: items[0]?.id ?? '' }
}

export type Tally = {
  acknowledged: number
  /** Requests that were answered 503, or not at all. */
  refused: number
  /** Of these, what a second try a moment later did not get through either. */
  refusedTwice: number
  /** What must not be: an error of ours, or a 404 or an empty list for somebody who is there. */
  wrong: string[]
  /** The longest time in which nothing was acknowledged, in seconds. */
  longestPause: number
}

type Person = { userName: string; id: string; isActive: boolean; isMember: boolean; isUncertain: boolean }

export type Load = {
  /** Ends after the writes under way. */
  finish(): Promise<Tally>
  /** How much is acknowledged by now. */
  acknowledged(): number
  people: readonly Person[]
}

type Answer = { status: number; body: { id?: string; totalResults?: number } }

const requestSeconds = 20
const retryMillis = 300

/**
 * @param origin where the next request goes
 * @param clients how many write at a time
 */
export function startLoad(
  { path, token }: Target,
  origin: () => string,
  { clients = 8, pace = 0 }: { clients?: number; pace?: number } = {},
): Load {
  const tally: Tally = { acknowledged: 0, refused: 0, refusedTwice: 0, wrong: [], longestPause: 0 }
  const people: Person[] = []
  let [isOver, lastAt] = [false, Date.now()]

  function acknowledge(): void {
    const now = Date.now()
    tally.longestPause = Math.max(tally.longestPause, (now - lastAt) / 1000)
    lastAt = now
    tally.acknowledged += 1
  }

  /** Undefined where there was no answer, or 503. */
  async function attempt(method: string, to: string, body?: object): Promise<Answer | undefined> {
    try {
      const response = await fetch(`${origin()}${path}${to}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
        signal: AbortSignal.timeout(requestSeconds * 1000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (response.status === 503 || response.status === 502) return undefined
      if (response.status >= 500) tally.wrong.push(`${method} ${to}: ${response.status} ${text.slice(0, 200)}`)
      return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
    } catch {
      return undefined
    }
  }

  /** Twice, as a provider would. */
  async function send(method: string, to: string, body?: object): Promise<Answer | undefined> {
    const first = await attempt(method, to, body)
    if (first !== undefined) return first
    tally.refused += 1
    await sleep(retryMillis)
    const second = await attempt(method, to, body)
    if (second === undefined) tally.refusedTwice += 1
    return second
  }

  const patch = (...operations: object[]) => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: operations,
  })

  async function create(userName: string): Promise<Person | undefined> {
    const body = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      externalId: userName,
      active: true,
    }
    const made = await send('POST', '/Users', body)
    if (made?.status === 201 && made.body.id !== undefined) {
      acknowledge()
      const person = { userName, id: made.body.id, isActive: true, isMember: false, isUncertain: false }
      people.push(person)
      return person
    }
    // The first try had got through, and its answer had not.
    if (made !== undefined && made.status !== 409) tally.wrong.push(`POST ${userName}: ${made.status}`)
    return undefined
  }

  async function change(person: Person, groupId: string | undefined): Promise<void> {
    const off = await send('PATCH', `/Users/${person.id}`, patch({ op: 'replace', path: 'active', value: false }))
    if (off?.status === 200 || off?.status === 204) {
      acknowledge()
      person.isActive = false
    } else if (off === undefined) person.isUncertain = true
    else tally.wrong.push(`PATCH ${person.userName}: ${off.status}`)
    if (groupId === undefined) return
    const added = await send(
      'PATCH',
      `/Groups/${groupId}`,
      patch({ op: 'add', path: 'members', value: [{ value: person.id }] }),
    )
    if (added?.status === 200 || added?.status === 204) {
      acknowledge()
      person.isMember = true
    } else if (added !== undefined) tally.wrong.push(`member ${person.userName}: ${added.status}`)
  }

  async function look(person: Person): Promise<void> {
    const seen = await send('GET', `/Users/${person.id}`)
    if (seen !== undefined && seen.status !== 200) tally.wrong.push(`GET ${person.userName}: ${seen.status}`)
    const found = await send('GET', `/Users?filter=${encodeURIComponent(`userName eq "${person.userName}"`)}`)
    if (found !== undefined && found.body.totalResults !== 1)
      tally.wrong.push(`filter ${person.userName}: ${found.status}, ${found.body.totalResults} found`)
  }

  async function client(number: number): Promise<void> {
    const made = await send('POST', '/Groups', { displayName: `Group ${number} of ${Date.now()}` })
    for (let turn = 0; !isOver; turn += 1) {
      const person = await create(`person-${number}-${turn}-${Date.now()}@example.com`)
      if (person !== undefined) {
        await change(person, made?.body.id)
        if (turn % 3 === 0) await look(person)
      } else await sleep(50)
      if (pace > 0) await sleep(pace)
    }
  }

  const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  return {
    people,
    acknowledged: () => tally.acknowledged,
    finish: async () => {
      isOver = true
      await all
      return tally
    },
  }
}

export type Account = { lost: number; doubled: number }

/** Whether everything that was acknowledged is in the database, and once. */
export async function account(
  owner: postgres.Sql,
  { organizationId }: Target,
  people: readonly Person[],
): Promise<Account> {
  const rows = await owner`select u.id, u.user_name as name, u.status,
      exists (select from group_members m where m.organization_id = u.organization_id and m.user_id = u.id) as "isMember",
      (select count(*)::int from audit_events a where a.organization_id = u.organization_id and a.target_id = u.id
        and a.action = 'user.create') as creations
    from users u where u.organization_id = ${organizationId}`
  const known = new Map(rows.map((row) => [String(row['id']), row]))
  const names = new Set(rows.map((row) => String(row['name'])))
  const twice = rows.filter((row) => Number(row['creations']) > 1).length
  const lost = people.map((person) => lostOf(person, known.get(person.id))).reduce((sum, count) => sum + count, 0)
  return { lost, doubled: rows.length - names.size + twice }
}

/** How many of the writes about somebody are not there. */
function lostOf({ isActive, isMember, isUncertain }: Person, row: postgres.Row | undefined): number {
  if (row === undefined) return 1
  const isOther = !isUncertain && (row['status'] === 'active') !== isActive
  return Number(isOther) + Number(isMember && row['isMember'] !== true)
}
