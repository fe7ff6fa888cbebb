// Who has what, where and why: some people of both companies, as `rolecall access show` explains them.
import { at, type JsonObject, objectsIn } from '../json.ts'
import { type Company, keyOf, type Person } from '../population.ts'
import type { RolecallCommand } from './command-line.ts'
import { inParallel } from './in-parallel.ts'
import { unmappedGroup } from './northwind.ts'
import type { Cell, Output } from './output.ts'
import type { Feed } from './provisioning.ts'
import type { Brand } from './set-up.ts'

/** Somebody whose only mapped groups are the given ones. Every team of the cast has such members. */
export function memberOfOnly(company: Company, ...groupNames: readonly string[]): Person {
  const wanted = groupNames.map((name) => keyOf(name)).join()
  const found = company.people.find((person) => mappedGroupsOf(company, person).join() === wanted)
  if (found === undefined) throw new Error(`Nobody is a member of just ${groupNames.join(' and ') || 'nothing'}`)
  return found
}

/** Prints the table for the people, in the given order. */
export async function showAccess(
  people: readonly { person: Person; feed: Feed }[],
  stage: { rolecall: RolecallCommand; organization: string; brands: Map<string, Brand>; output: Output },
): Promise<void> {
  const { rolecall, organization, output } = stage
  const shown = new Map<Person, JsonObject>()
  const work = inParallel(people, 3, async ({ person }) => {
    const args = ['--organization', organization, '--user', person.userName]
    shown.set(person, await rolecall('access', 'show', ...args))
  })
  await output.during(`Asked for the access of ${people.length} people`, work)
  output.line()
  const rows = people.flatMap(({ person, feed }) => {
    const assignments = objectsIn(at(shown.get(person), 'assignments'))
    if (assignments.length < mappedGroupsOf(feed.company, person).length) {
      throw new Error(`${person.userName} is in mapped groups, but access show lists ${assignments.length} assignments`)
    }
    return rowsFor(person, assignments, { origin: feed.provider.name, brands: stage.brands })
  })
  output.table(['Person', 'Comes from', 'Role', 'Where', 'Because of'], rows)
}

function mappedGroupsOf(company: Company, person: Person): string[] {
  const groups = company.groups.filter(({ displayName }) => displayName !== unmappedGroup)
  return groups.filter(({ memberKeys }) => memberKeys.includes(person.key)).map(({ key }) => key)
}

function rowsFor(
  person: Person,
  assignments: readonly JsonObject[],
  { origin, brands }: { origin: string; brands: Map<string, Brand> },
): Cell[][] {
  const who: Cell[] = [{ text: person.displayName, tone: 'strong' }, origin]
  if (assignments.length === 0) {
    return [[...who, { text: 'none', tone: 'faint' }, '', `${unmappedGroup} is mapped to nothing`]]
  }
  return assignments.map((assignment, index) => [
    ...(index === 0 ? who : ['', '']),
    { text: labelOf(assignment['role']), tone: 'notable' },
    assignment['brand'] == null ? 'the organization' : brandName(labelOf(assignment['brand']), brands),
    reasonFor(assignment['source']),
  ])
}

function brandName(label: string, brands: Map<string, Brand>): string {
  return [...brands.values()].find(({ id, slug }) => label === id || label === slug)?.name ?? label
}

function reasonFor(source: unknown): string {
  const group = at(source, 'group')
  return group == null ? `${labelOf(at(source, 'type'))} assignment` : `group ${labelOf(group)}`
}

/** A name, whether the command line prints it bare or inside an object. */
function labelOf(value: unknown): string {
  if (typeof value === 'string') return value
  const names = ['displayName', 'name', 'slug', 'key', 'id'].map((name) => at(value, name))
  return String(names.find((name) => typeof name === 'string') ?? '?')
}
