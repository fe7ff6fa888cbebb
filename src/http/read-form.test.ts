// Form bodies, read strictly.
import { describe, expect, test } from 'vitest'
import { parseForm } from './read-form.ts'

describe('a form is read', () => {
  test.each([
    ['name and value', 'email=amara%40example.com', { email: 'amara@example.com' }],
    ['spaces, kept at both ends', 'note=+a+b%20', { note: ' a b ' }],
    ['an empty value, and none at all', 'a=&b', { a: '', b: '' }],
    ['a value with equals signs', 'token=a=b==', { token: 'a=b==' }],
    ['text of any script', 'name=%E2%9C%93+%F0%9F%8C%B1', { name: '✓ 🌱' }],
    ['line breaks as sent', 'text=a%0D%0Ab', { text: 'a\r\nb' }],
    ['dots, colons and hyphens in names', 'role.usr_1:x-y=on', { 'role.usr_1:x-y': 'on' }],
    ['nothing', '', {}],
    ['a stray separator', '&a=1&', { a: '1' }],
  ])('%s', (_, text, expected) => {
    expect({ ...parseForm(text) }).toEqual(expected)
  })
})

describe('a form is refused', () => {
  test.each([
    ['a field twice', 'a=1&a=2'],
    ['a field twice, once encoded', 'a=1&%61=2'],
    ['a list in brackets', 'a[]=1'],
    ['an object in brackets', 'a[b]=1'],
    ['__proto__', '__proto__=1'],
    ['__proto__, encoded', '%5F_proto__=1'],
    ['constructor', 'constructor=1'],
    ['hasOwnProperty', 'hasOwnProperty=1'],
    ['an empty name', '=1'],
    ['a name too long', `${'a'.repeat(129)}=1`],
    ['half an escape', 'a=%4'],
    ['an escape that is no UTF-8', 'a=%ff'],
    ['an overlong escape', 'a=%c0%af'],
    ['a NUL', 'a=%00'],
    ['more fields than any form has', Array.from({ length: 501 }, (_, index) => `a${index}=`).join('&')],
  ])('%s', (_, text) => {
    expect(() => parseForm(text)).toThrow(expect.objectContaining({ name: 'AppError', code: 'invalid' }))
  })
})

test('what is not in the form is undefined, whatever objects inherit', () => {
  const form = parseForm('a=1')
  expect(form['toString']).toBeUndefined()
  expect(Object.getPrototypeOf(form)).toBeNull()
  expect(Object.isFrozen(form)).toBe(true)
})
