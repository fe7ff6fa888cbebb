// Facts in the words of people.
import { describe, expect, test } from 'vitest'
import { counted } from './counts.ts'
import { accessChangedLetter } from './letters/access-changed.ts'
import { emergencyUseLetter } from './letters/emergency.ts'
import { invitationLetter } from './letters/invitation.ts'
import { sourceToHolder } from './role-sources.ts'
import { agoInShort, agoInWords } from './times.ts'
import { dateInZone, knownZone, namedTime, timeInZone } from './zones.ts'

describe('times', () => {
  const now = new Date('2030-01-31T12:00:00Z')
  test.each([
    ['just now', '2030-01-31T11:58:30Z'],
    ['just now', '2030-01-31T12:00:05Z'],
    ['2 minutes ago', '2030-01-31T11:58:00Z'],
    ['59 minutes ago', '2030-01-31T11:00:01Z'],
    ['1 hour ago', '2030-01-31T11:00:00Z'],
    ['3 days ago', '2030-01-28T09:00:00Z'],
    [undefined, '2030-01-01T08:05:00Z'],
  ])('%s', (words, time) => {
    expect(agoInWords(time, now)).toBe(words)
  })
  test('of the clock, in a zone or in UTC, which is named', () => {
    const time = '2030-01-31T23:30:00.000Z'
    expect(timeInZone(time, undefined)).toBe('31 Jan 2030, 23:30 UTC')
    expect(timeInZone(time, 'Asia/Tokyo')).toBe('1 Feb 2030, 08:30')
    expect(namedTime(time, 'Asia/Tokyo')).toBe('1 February 2030 at 08:30 (Asia/Tokyo)')
    expect(namedTime(time, undefined)).toBe('31 January 2030 at 23:30 UTC')
    expect([dateInZone(time, 'Asia/Tokyo'), dateInZone(time, undefined)]).toEqual([
      '1 February 2030',
      '31 January 2030',
    ])
    expect([knownZone('No/Where'), knownZone('Asia/Tokyo'), knownZone(null)]).toEqual([
      undefined,
      'Asia/Tokyo',
      undefined,
    ])
  })
  test('the end of a day that was chosen stays that day', () => {
    expect(timeInZone('2030-01-31T23:59:59.000Z', 'Europe/Berlin')).toBe('31 Jan 2030, 23:59 UTC')
    expect(namedTime('2030-01-31T23:59:59.000Z', 'Europe/Berlin')).toBe('31 January 2030 at 23:59 UTC')
    expect(timeInZone('2030-07-31T12:00:00.000Z', 'Europe/Berlin')).toBe('31 Jul 2030, 14:00')
  })
})

describe('mails name the zone of their reader', () => {
  const [at, zone] = ['2030-01-31T23:30:00.000Z', 'Asia/Tokyo']
  const letters = (read: string | undefined) => [
    accessChangedLetter({
      ...{ kind: 'given', role: 'Editor', brand: null, reason: null, expiresAt: at, organization: 'Cedar' },
      ...{ actor: null, accountUrl: 'https://id.example.com/account', zone: read },
    }),
    emergencyUseLetter(
      { organization: 'Cedar', userName: 'emergency-1', displayName: null, at, ip: null, reason: 'Fire' },
      { sessionMinutes: 60, url: 'https://id.example.com/console/emergency', zone: read },
    ),
    invitationLetter({
      ...{ organization: 'Cedar', inviter: null, note: null, expiresAt: at, roles: [], overrides: [], provider: null },
      ...{ acceptUrl: 'https://id.example.com/invitation/x', zone: read },
    }),
  ]
  test.each([
    ['1 February 2030 at 08:30 (Asia/Tokyo)', zone],
    ['31 January 2030 at 23:30 UTC', undefined],
  ])('%s', (words, read) => {
    for (const letter of letters(read)) {
      const { paragraphs, closing } = typeof letter === 'function' ? letter('en') : letter
      expect([...paragraphs, ...closing].join(' ')).toContain(words)
    }
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
