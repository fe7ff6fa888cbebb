// Every text in every language: well formed, with the same placeholders and elements as in English, each plural form that the language
// has and none that it has not, and used somewhere.
import { globSync, readFileSync } from 'node:fs'
import {
  isPluralElement,
  isSelectElement,
  isTagElement,
  type MessageFormatElement,
  parse,
} from '@formatjs/icu-messageformat-parser'
import { describe, expect, test } from 'vitest'
import { languages } from './languages.ts'
import { say } from './say.ts'
import { type TextKey, texts } from './texts.ts'

const keys = Object.keys(texts.en) as TextKey[]

/** What stands in it beside words: `name`, `<link>`, and the forms of a plural. */
function partsOf(elements: readonly MessageFormatElement[]): { names: string[]; plurals: string[][] } {
  const found = { names: [] as string[], plurals: [] as string[][] }
  const add = (inner: ReturnType<typeof partsOf>): void => {
    found.names.push(...inner.names)
    found.plurals.push(...inner.plurals)
  }
  for (const element of elements) {
    if (isTagElement(element)) {
      found.names.push(`<${element.value}>`)
      add(partsOf(element.children))
    } else if (isPluralElement(element)) {
      found.names.push(element.value)
      found.plurals.push(Object.keys(element.options).filter((form) => !form.startsWith('=')))
      for (const option of Object.values(element.options)) add(partsOf(option.value))
    } else if (isSelectElement(element)) {
      found.names.push(element.value, ...Object.keys(element.options).map((option) => `${element.value}=${option}`))
      for (const option of Object.values(element.options)) add(partsOf(option.value))
    } else if ('value' in element && element.type === 1) found.names.push(element.value)
  }
  return found
}

const namesOf = (text: string): string[] => [...new Set(partsOf(parse(text)).names)].sort()

describe.each(languages)('%s', (language) => {
  const lookedAt = keys.map((key) => ({ key, english: texts.en[key], text: texts[language][key] }))

  test('has every text, and none is empty or has an apostrophe that ICU would take for a quotation mark', () => {
    expect(Object.keys(texts[language]).sort()).toEqual([...keys].sort())
    expect(lookedAt.filter(({ text }) => text.trim() !== text || text === '' || text.includes("'"))).toEqual([])
  })

  test('is well formed, with the placeholders of the English text', () => {
    const differing = lookedAt.filter(({ english, text }) => String(namesOf(english)) !== String(namesOf(text)))
    expect(differing).toEqual([])
  })

  test('has every plural form of the language', () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort()
    const incomplete = lookedAt.flatMap(({ key, text }) =>
      partsOf(parse(text)).plurals.flatMap((found) => (String(found.sort()) === String(forms) ? [] : [[key, found]])),
    )
    expect(incomplete).toEqual([])
  })
})

test('every text is used, and nothing is left in English by accident', () => {
  const sources = globSync('src/**/*.{ts,tsx}').filter((file) => !file.startsWith('src/words/texts/'))
  const code = sources.map((file) => readFileSync(file, 'utf8')).join('\n')
  // By the code of an error: `fault.${code}.title`.
  const unused = keys.filter(
    (key) => !key.startsWith('fault.') && !code.includes(`'${key}'`) && !code.includes(`"${key}"`),
  )
  expect(unused).toEqual([])
  const long = keys.filter((key) => texts.en[key].length > 20)
  for (const language of languages.filter((each) => each !== 'en'))
    expect(long.filter((key) => texts[language][key] === texts.en[key])).toEqual([])
})

test('numbers are said by the rules of the language', () => {
  const minutes = [1, 2, 5, 11]
  expect(minutes.map((count) => say('pl', 'login.limited', { minutes: count }))).toEqual([
    'Odczekaj minutę i spróbuj ponownie.',
    'Odczekaj 2 minuty i spróbuj ponownie.',
    'Odczekaj 5 minut i spróbuj ponownie.',
    'Odczekaj 11 minut i spróbuj ponownie.',
  ])
  expect(say('ar', 'login.limited', { minutes: 2 })).toContain('دقيقتين')
})
