// The made-up company is the same on every run, and its people can be told apart.
import { expect, test } from 'vitest'
import { company } from './population.ts'

const groups = ['Aurora Editors', 'Borealis Editors', 'Borealis Viewers', 'Platform Administrators', 'Studio Everyone']
const options = { domain: 'north.example.com', people: 200, groups }

test('the same seed makes the same company', () => {
  expect(company(7, options)).toEqual(company(7, options))
  expect(company(8, options)).not.toEqual(company(7, options))
})

test('people are distinct by name, login and number', () => {
  const { people } = company(7, options)
  expect(people).toHaveLength(200)
  for (const attribute of ['key', 'displayName', 'userName', 'employeeNumber'] as const) {
    expect(new Set(people.map((person) => person[attribute])).size).toBe(200)
  }
})

test('a second company can be made of other people', () => {
  const first = company(7, options)
  const second = company(8, { ...options, domain: 'south.example.com', unlike: first.people })
  const names = [...first.people, ...second.people].map((person) => person.displayName)
  expect(new Set(names).size).toBe(400)
})

test('logins are plain ASCII under the given domain, names are not', () => {
  const { people } = company(7, options)
  expect(people.every((person) => /^[a-z0-9.]+@north\.example\.com$/.test(person.userName))).toBe(true)
  expect(people.some((person) => /[^\x20-\x7e]/.test(person.displayName))).toBe(true)
})

test('everybody but the first has a manager who exists', () => {
  const { people } = company(7, options)
  const keys = new Set(people.map((person) => person.key))
  const [chief, ...others] = people
  expect(chief?.managerKey).toBeUndefined()
  expect(others.every((person) => person.managerKey !== undefined && keys.has(person.managerKey))).toBe(true)
})

test('groups hold distinct people of the company, sized by their kind', () => {
  const { people, groups: made } = company(7, options)
  const keys = new Set(people.map((person) => person.key))
  expect(made.map((group) => group.displayName)).toEqual(groups)
  for (const { memberKeys } of made) {
    expect(memberKeys.length).toBeGreaterThan(2)
    expect(new Set(memberKeys).size).toBe(memberKeys.length)
    expect(memberKeys.every((key) => keys.has(key))).toBe(true)
  }
  expect(made.find((group) => group.displayName === 'Studio Everyone')?.memberKeys).toHaveLength(200)
  expect(made.find((group) => group.displayName === 'Platform Administrators')?.memberKeys).toHaveLength(3)
})

test('more people than names is an error, not an endless loop', () => {
  expect(() => company(7, { ...options, people: 100_000 })).toThrow(/distinct names/)
})
