// Facts in the words of people.
import { describe, expect, test } from 'vitest'
import { counted } from './counts.ts'
import { sourceToHolder } from './role-sources.ts'
import { agoInShort, agoInWords, timeInWords } from './times.ts'

describe('times', () => {
  const now = new Date('2030-01-31T12:00:00Z')
  test.each([
    ['just now', '2030-01-31T11:58:30Z'],
    ['just now', '2030-01-31T12:00:05Z'],
    ['2 minutes ago', '2030-01-31T11:58:00Z'],
    ['59 minutes ago', '2030-01-31T11:00:01Z'],
    ['1 hour ago', '2030-01-31T11:00:00Z'],
    ['3 days ago', '2030-01-28T09:00:00Z'],
    ['1 January 2030 at 08:05 UTC', '2030-01-01T08:05:00Z'],
  ])('%s', (words, time) => {
    expect(agoInWords(time, now)).toBe(words)
  })
  test('a date and time, in UTC', () => {
    expect(timeInWords('2030-01-31T13:00:00+01:00')).toBe('31 January 2030 at 12:00 UTC')
  })
})

test('the same in short, for a live page', () => {
  const now = new Date('2030-01-31T12:00:00Z')
  expect(agoInShort('2030-01-31T11:59:43Z', now)).toBe('15 s ago')
  expect(agoInShort('2030-01-31T10:30:00Z', now)).toBe('1 h ago')
})

test('one and many', () => {
  expect([counted(1, 'group'), counted(1_234, 'person', 'people')]).toEqual(['1 group', '1,234 people'])
})

test('the way to a role through nested groups', () => {
  const path = ['Press', 'Marketing', 'Everyone'].map((displayName, index) => ({ id: `grp_${index}`, displayName }))
  expect(sourceToHolder({ type: 'mapping', path, filter: null })).toBe(
    'You are in the group Press, which belongs to Marketing, which belongs to Everyone; your organization gives this role to that group',
  )
})
