import { expect, test } from 'vitest'
import { acceptedLanguage, firstKnown, knownLanguage } from './languages.ts'

test.each([
  ['de-AT', 'de'],
  ['pt', 'pt-BR'],
  ['pt_BR', 'pt-BR'],
  ['AR', 'ar'],
  ['zh-Hans', undefined],
  ['', undefined],
  [undefined, undefined],
])('a tag leads to the nearest language of ours: %s', (tag, language) => {
  expect(knownLanguage(tag)).toBe(language)
})

test.each([
  ['de-CH,de;q=0.9,en;q=0.8', 'de'],
  ['zh, en;q=0.2, fr;q=0.5', 'fr'],
  ['ja;q=0, nl', 'nl'],
  ['*', undefined],
  ['fr;q=x', undefined],
])('the best of Accept-Language is taken: %s', (header, language) => {
  expect(acceptedLanguage(header)).toBe(language)
})

test('ui_locales is a list by preference', () => {
  expect(firstKnown('zh pl-PL en')).toBe('pl')
  expect(firstKnown(undefined)).toBeUndefined()
})
