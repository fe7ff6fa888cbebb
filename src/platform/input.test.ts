// What a refused field says: a sentence for people, whether or not its schema has words of its own.
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from './errors.ts'
import { parseInput } from './input.ts'

const Input = z.strictObject({
  name: z.string().min(1, 'say how it is called'),
  slug: z.string().max(3),
  days: z.int().min(1),
  kinds: z.array(z.enum(['saml', 'oidc'])).min(1),
  isOn: z.boolean(),
  many: z.record(z.string(), z.number()),
  either: z.union([z.string(), z.number()]),
})

const good = { name: 'a', slug: 'abc', days: 1, kinds: ['saml'], isOn: true, many: {}, either: 1 }

const saidOf = (change: object): unknown => {
  try {
    return parseInput(Input, { ...good, ...change })
  } catch (error) {
    return error instanceof AppError ? error.fields?.map(({ path, message }) => `${path}: ${message}`) : error
  }
}

test('what is right passes', () => {
  expect(saidOf({})).toEqual(good)
})

test.each([
  [{ name: '' }, 'name: say how it is called'],
  [{ name: undefined }, 'name: is missing'],
  [{ name: 4 }, 'name: must be a text'],
  [{ slug: 'abcd' }, 'slug: must have at most 3 characters'],
  [{ days: Number.NaN }, 'days: must be a number'],
  [{ days: 1.5 }, 'days: must be a whole number'],
  [{ days: 0 }, 'days: must be at least 1'],
  [{ kinds: 'saml' }, 'kinds: must be a list'],
  [{ kinds: [] }, 'kinds: must have at least 1 entry'],
  [{ kinds: ['ldap'] }, 'kinds.0: must be saml or oidc'],
  [{ isOn: 'yes' }, 'isOn: must be true or false'],
  [{ many: [] }, 'many: must be an object'],
  [{ either: true }, 'either: has none of the shapes that are possible here'],
  [{ nickname: 'x' }, ': has what is not known here: nickname'],
])('%j is refused in plain words', (change, said) => {
  expect(saidOf(change)).toEqual([said])
})
