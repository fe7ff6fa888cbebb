// Which products a command names, and that the page about them names them all.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { peers, peersOf } from './peers.ts'

const names = (words: readonly string[]): string[] => peersOf(words).map(({ name }) => name)

it('runs SimpleSAMLphp unless told, those that are named, or all', () => {
  expect(names([])).toEqual(['simplesamlphp'])
  expect(names(['authlib', 'samlp'])).toEqual(['samlp', 'authlib'])
  expect(names(['all'])).toEqual(peers.map(({ name }) => name))
  expect(() => names(['nobody', 'samlp'])).toThrow(/^Not known: nobody\. There are: all, simplesamlphp, /)
})

it('the page has a row for each', () => {
  const page = readFileSync(new URL('../../docs/interoperability.md', import.meta.url), 'utf8')
  for (const { name } of peers) expect(page).toContain(`| \`${name}\` `)
})
