// A secret that somebody prints by mistake.
import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

test('prints nothing of itself, however it is printed, and is there for whoever asks', () => {
  const secret = new Secret('hunter2')
  const printed = [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), format('%s %o', secret, secret)]
  for (const text of printed) {
    expect(text).toContain('[redacted]')
    expect(text).not.toContain('hunter2')
  }
  expect(secret.reveal()).toBe('hunter2')
})
