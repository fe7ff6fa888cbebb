// Facts in the words of people.
import { describe, expect, test } from 'vitest'
import { deviceName } from '#http/ui/devices.ts'
import { agoInWords, signedInWith, sourceInWords, timeInWords } from './words.ts'

describe('devices', () => {
  test.each([
    ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    [
      'Chrome on Windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    ],
    [
      'Edge on Windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    ],
    [
      'Safari on Mac',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
    ],
    [
      'Chrome on Android',
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    ],
    [
      'Chrome on iPhone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
    ],
    ['A program on Linux', 'something (Linux)'],
    ['Unknown device', 'curl/8.1'],
    ['Unknown device', null],
  ])('%s', (name, userAgent) => {
    expect(deviceName(userAgent)).toBe(name)
  })
})

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

test('ways of signing in', () => {
  expect(signedInWith({ method: 'saml', connectionName: 'Okta', hasSecondFactor: false })).toBe('with Okta')
  expect(signedInWith({ method: 'password', connectionName: null, hasSecondFactor: true })).toBe(
    'with your password and a second factor',
  )
})

test('the way to a role through nested groups', () => {
  const path = ['Press', 'Marketing', 'Everyone'].map((displayName, index) => ({ id: `grp_${index}`, displayName }))
  expect(sourceInWords({ type: 'mapping', mappingId: 'map_1', path, filter: null })).toBe(
    'You are in the group Press, which belongs to Marketing, which belongs to Everyone; your organization gives this role to that group',
  )
})
