// What people read, in their language: texts in the ICU format, a folder for each area with a file for each language.
import { IntlMessageFormat } from 'intl-messageformat'
import type { Language } from './languages.ts'
import { type TextKey, texts } from './texts.ts'

type Plain = string | number

/** @param values for the placeholders of the text. @throws Error where one is missing; a test goes through all of them */
export const say = (language: Language, key: TextKey, values: Readonly<Record<string, Plain>> = {}): string =>
  String(formatOf(language, key).format(values))

/** The same with parts that are more than text: `<link>…</link>` is what the value `link` makes of its content. */
export function sayWith<Part>(
  language: Language,
  key: TextKey,
  values: Readonly<Record<string, Plain | ((parts: (string | Part)[]) => Part)>>,
): (string | Part)[] {
  const said = formatOf(language, key).format<Part>(values)
  return Array.isArray(said) ? said : [said as string | Part]
}

const formats = new Map<string, IntlMessageFormat>()

function formatOf(language: Language, key: TextKey): IntlMessageFormat {
  const known = formats.get(`${language} ${key}`)
  if (known !== undefined) return known
  const format = new IntlMessageFormat(texts[language][key], language)
  formats.set(`${language} ${key}`, format)
  return format
}
