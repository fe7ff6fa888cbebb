// Which passwords are good enough.
import { describe, expect, test } from 'vitest'
import { requireGoodPassword } from './password-policy.ts'

const ownWords = ['amara.okafor@example.com', 'Amara Okafor', 'Northwind Media', null]
const reasonOf = (password: string, minLength = 12): string | undefined => {
  try {
    requireGoodPassword(password, { minLength, ownWords })
    return undefined
  } catch (error) {
    return (error as { reason?: string }).reason
  }
}

describe('refused', () => {
  test.each([
    ['mossy tide', 'password_short'],
    ['🌱🌱🌱🌱🌱🌱', 'password_short'],
    ['a'.repeat(201), 'password_long'],
    ['password1234', 'password_common'],
    ['P@ssw0rd!2030', 'password_common'],
    ['Summer2030!!!', 'password_common'],
    ['!!!welcome2030', 'password_common'],
    ['passwordpassword', 'password_common'],
    ['qwertyuiop12', 'password_common'],
    ['abcdefghijklmnop', 'password_common'],
    ['zyxwvutsrqpon', 'password_common'],
    ['123456789012', 'password_common'],
    ['1234567890123456', 'password_common'],
    ['839201748362', 'password_common'],
    ['aaaaaaaaaaaaaaaa', 'password_common'],
    ['abababababab', 'password_common'],
    ['abcdabcdabcd', 'password_common'],
    ['            ', 'password_common'],
    ['amara.okafor@example.com', 'password_own_name'],
    ['Amara.Okafor1', 'password_own_name'],
    ['amaraokafor2030', 'password_own_name'],
    ['Northwind Media', 'password_own_name'],
    ['NorthwindMedia1!', 'password_own_name'],
  ])('%s', (password, reason) => {
    expect(reasonOf(password)).toBe(reason)
  })
})

describe('good', () => {
  test.each([
    ['mossy lantern 47 drift'],
    ['correct donkey battery peg'],
    ['vXq7!pL2#mZ9'],
    ['日本語の長いパスワード文です'],
    ['пароль из четырёх слов'],
    ['a'.repeat(3) + 'mossy lantern'.repeat(14)],
    ['8392 0174 8362 9917'],
  ])('%s', (password) => {
    expect(reasonOf(password)).toBeUndefined()
  })

  test('six characters where the organization allows that, five nowhere', () => {
    expect(reasonOf('vexi5b', 6)).toBeUndefined()
    expect(reasonOf('vexi5', 1)).toBe('password_short')
    expect(reasonOf('dragon', 6)).toBe('password_common')
  })
})
