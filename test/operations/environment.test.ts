// What is read of the environment, where more than the shape of a value matters.
import { expect, test } from 'vitest'
import { foreignVariables, loadConfig } from '../../src/config.ts'

test('a document of configuration refers to no variable that the server itself is set up with', () => {
  const environment = { ENCRYPTION_KEYS: 'a:b', SMTP_URL: 'smtp://x', DATABASE_URL: 'postgres://x', OKTA_SECRET: 's' }
  expect(foreignVariables(environment)).toEqual({ OKTA_SECRET: 's' })
})

test('two keys of one name are refused: nobody could tell which of them seals', () => {
  const key = (id: string) => `${id}:${'A'.repeat(43)}=`
  expect(loadConfig({ ENCRYPTION_KEYS: `${key('a')},${key('b')}` }).encryptionKeys).toHaveLength(2)
  expect(() => loadConfig({ ENCRYPTION_KEYS: `${key('a')},${key('a')}` })).toThrow(/must name each key once/)
})
