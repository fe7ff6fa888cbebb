// A made-up company: people, managers and groups drawn from a seed, the same on every run. All under example.com.
import { departments, familyNames, givenNames, locales } from './population-names.ts'

export type Person = {
  key: string
  givenName: string
  familyName: string
  displayName: string
  /** Also the e-mail address. */
  userName: string
  title?: string
  department: string
  employeeNumber: string
  phone: string
  locale: string
  managerKey?: string
  managerUserName?: string
}

export type Group = { key: string; displayName: string; memberKeys: readonly string[] }

export type Company = { domain: string; people: readonly Person[]; groups: readonly Group[] }

export type CompanyOptions = {
  domain: string
  people: number
  groups: readonly string[]
  /** People of another company whose names are not to come up again. */
  unlike?: readonly Person[]
}

/**
 * Makes a company of distinct people. Groups fill by the last word of their name: administrators are few, editors
 * come from the making departments, viewers from the others, and any other group holds everybody.
 */
export function company(seed: number, options: CompanyOptions): Company {
  const random = mulberry32(seed)
  const names = drawNames(random, options)
  const people = names.map((name, index) => makePerson(random, name, { index, domain: options.domain }))
  return { domain: options.domain, people: withManagers(people), groups: makeGroups(random, people, options.groups) }
}

type Random = () => number
type Name = { givenName: string; familyName: string }

/** Small seeded generator (Tommy Ettinger's mulberry32): numbers from 0 to 1, plenty for made-up names. */
function mulberry32(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('Cannot pick from an empty list')
  return item
}

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item)
}

function drawNames(random: Random, options: CompanyOptions): Name[] {
  const taken = new Set((options.unlike ?? []).map((person) => loginOf(person)))
  const names: Name[] = []
  const all = givenNames.flatMap((givenName) => familyNames.map((familyName) => ({ givenName, familyName })))
  for (const name of shuffled(random, all)) {
    if (names.length === options.people) return names
    if (taken.has(loginOf(name))) continue
    taken.add(loginOf(name))
    names.push(name)
  }
  throw new Error(`Only ${names.length} distinct names can be made, not ${options.people}`)
}

const letters: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', æ: 'ae', ß: 'ss', þ: 'th', ð: 'd', đ: 'd', ı: 'i' }

/** The ASCII login that IT departments make of a name: "Łucja Ødegård" becomes lucja.odegard. */
function loginOf({ givenName, familyName }: Name): string {
  return `${givenName}.${familyName}`
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/g, (letter) => letters[letter] ?? '')
    .replace(/[ ']/g, '')
}

function makePerson(random: Random, name: Name, place: { index: number; domain: string }): Person {
  // The first of each department leads it, so the first round deals out one person to each.
  const department = departments[place.index] ?? pick(random, departments)
  const isHead = place.index < departments.length
  const key = loginOf(name)
  return {
    key,
    ...name,
    displayName: `${name.givenName} ${name.familyName}`,
    userName: `${key}@${place.domain}`,
    title: isHead ? `Head of ${department.name}` : pick(random, department.titles),
    department: department.name,
    employeeNumber: String(10_001 + place.index),
    phone: `+44 1632 960${String(place.index % 1000).padStart(3, '0')}`,
    locale: pick(random, locales),
  }
}

function withManagers(people: readonly Person[]): Person[] {
  const heads = new Map(people.slice(0, departments.length).map((person) => [person.department, person]))
  const chief = people[0]
  return people.map((person) => {
    const head = heads.get(person.department)
    const manager = head === person ? chief : head
    if (manager === undefined || manager === person) return person
    return { ...person, managerKey: manager.key, managerUserName: manager.userName }
  })
}

function makeGroups(random: Random, people: readonly Person[], names: readonly string[]): Group[] {
  const hands = shuffled(random, people)
  const makers = hands.filter((person) => isMaker(person))
  const watchers = hands.filter((person) => !isMaker(person))
  const pools: Readonly<Record<string, { from: Person[]; size: (groups: number) => number }>> = {
    Administrators: { from: makers.toReversed(), size: () => 3 },
    Editors: { from: makers, size: (groups) => Math.ceil((makers.length * 0.8) / groups) },
    Viewers: { from: watchers, size: (groups) => Math.ceil((watchers.length * 0.9) / groups) },
  }
  const rest = { from: hands, size: () => hands.length }
  const dealt = new Map<string, number>()
  return names.map((displayName) => {
    const kind = displayName.split(' ').at(-1) ?? ''
    const pool = pools[kind] ?? rest
    const size = pool.size(names.filter((name) => name.endsWith(` ${kind}`)).length)
    const start = dealt.get(kind) ?? 0
    // Neighbouring teams share a tenth of their people, as teams do.
    dealt.set(kind, start + Math.ceil(size * 0.9))
    const members = pool.from.slice(start, start + size)
    return { key: keyOf(displayName), displayName, memberKeys: members.map((person) => person.key) }
  })
}

function isMaker(person: Person): boolean {
  return departments.some(({ name, isMaking }) => name === person.department && isMaking)
}

/** The key that a group of this name has in a made company. */
export function keyOf(displayName: string): string {
  return displayName.toLowerCase().replaceAll(' ', '-')
}
