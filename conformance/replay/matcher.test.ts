// Subset matching of the fixture format.
import { describe, expect, it } from 'vitest'
import { findMismatch } from './matcher.ts'

function matches(expected: unknown, actual: unknown): boolean {
  return findMismatch(expected, actual) === undefined
}

describe('values', () => {
  it('allows further keys in objects and compares keys with case', () => {
    expect(matches({ a: 1 }, { a: 1, b: 2 })).toBe(true)
    expect(matches({ a: 1 }, { A: 1 })).toBe(false)
    expect(matches({ toString: 'x' }, {})).toBe(false)
  })

  it('compares scalars with their JSON type', () => {
    expect(matches({ a: 1 }, { a: '1' })).toBe(false)
    expect(matches({ a: false }, { a: 'False' })).toBe(false)
    expect(matches({ a: null }, { a: null })).toBe(true)
    expect(matches({ a: null }, {})).toBe(false)
  })

  it('names the path, the expected and the received value', () => {
    expect(findMismatch({ meta: { resourceType: 'User' } }, { meta: { resourceType: 'Group' } })).toEqual({
      path: '$.meta.resourceType',
      expected: '"User"',
      received: '"Group"',
    })
    expect(findMismatch([{ value: 'a' }], [{ value: 'b' }])?.path).toBe('$[0].value')
  })
})

describe('arrays', () => {
  it('are matched in any order with further elements allowed', () => {
    expect(matches([2, 1], [3, 1, 2])).toBe(true)
    expect(matches([1], 1)).toBe(false)
  })

  it('need a different element for each expected one', () => {
    expect(matches([{ type: 'work' }, { type: 'work' }], [{ type: 'work' }])).toBe(false)
    expect(matches([1, 1], [1, 2])).toBe(false)
    expect(matches([1, 1], [1, 1])).toBe(true)
  })

  it('find the pairing that taking the first fit would miss', () => {
    const actual = [
      { type: 'work', value: 'a' },
      { type: 'work', value: 'b' },
      { type: 'work', value: 'c' },
    ]
    expect(matches([{ type: 'work' }, { value: 'a' }], actual.slice(0, 2))).toBe(true)
    const chain = [{ type: 'work' }, { value: { $oneOf: ['a', 'b'] } }, { value: 'a' }]
    expect(matches(chain, actual)).toBe(true)
    expect(matches(chain, actual.toReversed())).toBe(true)
    expect(matches([...chain, { value: 'a' }], [...actual, { value: 'd' }])).toBe(false)
  })
})

describe('matchers', () => {
  const cases: readonly (readonly [string, unknown, unknown[], unknown[]])[] = [
    ['$any', true, [null, 0, ''], [undefined]],
    ['$type', 'string', [''], [1, null, undefined, []]],
    ['$type', 'integer', [0, 7], ['7', 1.5, true]],
    ['$type', 'boolean', [true, false], ['true', 0, undefined]],
    ['$type', 'array', [[]], [{}, 'x', undefined]],
    ['$nonEmpty', true, ['x', 0, false, [1], { a: 1 }], [undefined, null, '', [], {}]],
    ['$blank', true, [undefined, null, '', [], {}], ['x', 0, false, [1], { a: 1 }]],
    ['$unset', true, [undefined, null, []], ['', {}, 0, [1]]],
    ['$absent', true, [undefined], [null, '', []]],
    ['$len', 2, [[1, 2], 'ab'], [[1], undefined, 2]],
    ['$regex', '^a.c$', ['abc'], ['ABC', 'xabc', 1, undefined]],
    ['$regex', '(?i)bearer|basic', ['Bearer realm="x"', 'BASIC'], ['Digest']],
    ['$ci', 'Ann@Example.com', ['ann@example.COM'], ['bob', undefined]],
    [
      '$exact',
      [{ v: 1 }, { v: 2 }],
      [[{ v: 2, x: 0 }, { v: 1 }]],
      [[{ v: 1 }], [{ v: 1 }, { v: 2 }, { v: 3 }], undefined],
    ],
    ['$oneOf', [{ $absent: true }, { a: { $blank: true } }], [undefined, {}, { a: '' }], [{ a: 1 }, null]],
    ['$all', [{ $len: 2 }, [1]], [[1, 2]], [[1], [2, 3]]],
    ['$notContains', { id: 'a' }, [[], [{ id: 'b' }], undefined], [[{ id: 'b' }, { id: 'a', x: 1 }], 'text']],
  ]

  it.each(cases)('%s %j', (name, argument, accepted, refused) => {
    for (const value of accepted) expect(findMismatch({ key: { [name]: argument } }, keyed(value))).toBeUndefined()
    for (const value of refused) expect(findMismatch({ key: { [name]: argument } }, keyed(value))).toBeDefined()
  })

  it('are only recognised alone, so $ref stays an attribute', () => {
    expect(matches({ $ref: 'Users/1' }, { $ref: 'Users/1' })).toBe(true)
    expect(matches({ $len: 1, other: 2 }, [1])).toBe(false)
  })

  it('rejects a misspelt matcher instead of comparing it as data', () => {
    expect(() => findMismatch({ $regx: 'a' }, 'a')).toThrow('unknown matcher $regx')
  })
})

function keyed(value: unknown): object {
  return value === undefined ? {} : { key: value }
}
