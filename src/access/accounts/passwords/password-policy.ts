// Which passwords people may choose (NIST SP 800-63B §3.1.1.2): long enough, not among those that are tried first, not
// their own name. No rules about kinds of characters.
import { fold } from '#directory/fold.ts'
import { AppError } from '#platform/errors.ts'
import { passwordMaxLength } from '#platform/password.ts'
import { type LocalAccount, nameOf } from '../account/account.ts'
import { commonWords } from './common-words.ts'

export type PasswordRules = {
  minLength: number
  /** Names and addresses of the person and the organization. */
  ownWords: readonly (string | null)[]
}

/** The rules that this account's password has to keep. */
export const rulesOf = (account: LocalAccount): PasswordRules => ({
  minLength: account.organization.passwordMinLength,
  ownWords: [account.userName, account.email, nameOf(account), account.organization.name],
})

const lowestMinLength = 6

/** @throws AppError invalid (reasons `password_short`, `password_long`, `password_common`, `password_own_name`) */
export function requireGoodPassword(password: string, rules: PasswordRules): void {
  const fault = passwordFault(password, rules)
  if (fault === undefined) return
  const [reason, message] = fault
  throw new AppError('invalid', message, { reason, fields: [{ path: 'password', message }] })
}

type Fault = [reason: string, message: string]

function passwordFault(password: string, { minLength, ownWords }: PasswordRules): Fault | undefined {
  const least = Math.max(minLength, lowestMinLength)
  const length = [...password.normalize('NFC')].length
  if (length < least) return ['password_short', `The password needs at least ${least} characters`]
  if (password.length > passwordMaxLength)
    return ['password_long', `The password must have at most ${passwordMaxLength} characters`]
  const own = ownWords.flatMap((word) => (word === null ? [] : partsOf(fold(word))))
  const folded = fold(password)
  if (own.some((word) => folded === word || (core(word) !== '' && core(folded) === core(word))))
    return ['password_own_name', 'The password must not be your own name or address']
  if (isGuessable(folded))
    return ['password_common', 'This password is one of those that are tried first; choose another']
  return undefined
}

/** An address counts as a whole and by what stands before the @; a name as a whole and by its words. */
const partsOf = (word: string): string[] =>
  [word, word.split('@')[0] ?? '', word.replaceAll(/\s+/g, ''), ...word.split(/[\s@]+/)].filter(
    (part) => part.length > 2,
  )

const lookAlikes: Record<string, string> = {
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' },
  ...{ '@': 'a', $: 's', '!': 'i' },
}

/** What remains of a password without the digits and signs around it, and with look-alike signs inside read as letters. */
function core(password: string): string {
  const inner = password.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '')
  return inner.replaceAll(/[013457@$!]/g, (sign) => lookAlikes[sign] ?? sign)
}

const longNumber = 16

function isGuessable(password: string): boolean {
  const bare = core(password)
  if (bare.length < 3 && password.length < longNumber) return true
  return commonWords.has(bare) || [bare, password].some((text) => isMonotonous(text) || isDoubled(text))
}

/** `aaaaaaaa`, `abababab`, and runs along the alphabet, the digits or a keyboard. */
const isMonotonous = (text: string): boolean =>
  text !== '' && (new Set(text).size <= 2 || runs.some((run) => run.includes(text)))

/** A common word or a few signs, twice or more: `passwordpassword`, `abcdabcdabcd`. */
function isDoubled(text: string): boolean {
  const unit = /^(.{3,}?)\1+$/.exec(text)?.[1]
  return unit !== undefined && (commonWords.has(unit) || unit.length <= 4)
}

const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1234567890',
]
const runs = rows.flatMap((row) => [row.repeat(4), [...row.repeat(4)].reverse().join('')])
