// What is wrong with a row, in words for whoever has the file before them.
import type { z } from 'zod'

/** For a check of a schema that says nothing of its own. */
export const faultWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined || issue.input === null ? 'is missing' : `must be ${article(issue.expected)}`
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`
    case 'unrecognized_keys':
      return `has ${issue.keys.length === 1 ? 'a field' : 'fields'} that nobody knows: ${issue.keys.join(', ').slice(0, 200)}`
    case 'too_big':
      return `may have ${issue.maximum} ${issue.origin === 'array' ? 'elements' : 'characters'} at most`
    case 'too_small':
      return 'must not be empty'
    default:
      return 'is not valid'
  }
}

const kinds: Record<string, string> = { string: 'a text', array: 'a list', object: 'an object', record: 'an object' }

const article = (expected: string): string => kinds[expected] ?? `a ${expected}`

const parts: Record<string, string> = {
  emails: 'address',
  assignments: 'assignment',
  identities: 'identity',
}

/** `emails.1 is not valid` as a sentence: "the second address …" would be counted by nobody, so the number stays. */
export function faultSentence({ path, message }: { path: string; message: string }): string {
  const [first = '', second, ...rest] = path.split('.')
  if (first === '') return `the row ${message}`
  const part = parts[first]
  if (part === undefined || second === undefined)
    return `the ${[first, second, ...rest].filter(Boolean).join('.')} ${message}`
  const number = second === '0' ? '' : ` ${Number(second) + 1}`
  return rest.length === 0
    ? `the ${part}${number} ${message}`
    : `the ${rest.join('.')} of the ${part}${number} ${message}`
}
