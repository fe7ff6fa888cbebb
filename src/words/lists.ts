// Lists as they are written in a language: `a, b and c`.
import { type Language, localeOf } from './texts/languages.ts'

export const listed = (parts: readonly string[], language: Language = 'en'): string =>
  new Intl.ListFormat(localeOf(language), { type: 'conjunction' }).format(parts)
