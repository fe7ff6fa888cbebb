// The languages of the pages and mails that people get, and which of them somebody reads.

export const languages = ['en', 'de', 'fr', 'es', 'pt-BR', 'it', 'nl', 'pl', 'ja', 'ar'] as const

export type Language = (typeof languages)[number]

/** By themselves, as people look for their own. */
export const languageNames: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  'pt-BR': 'Português (Brasil)',
  it: 'Italiano',
  nl: 'Nederlands',
  pl: 'Polski',
  ja: '日本語',
  ar: 'العربية',
}

/** As dates, numbers and lists are written: English as in Britain. */
export const localeOf = (language: Language): string => (language === 'en' ? 'en-GB' : language)

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

/** The one of ours that a tag (RFC 5646), such as `de-AT` or `pt`, comes nearest to; undefined where none does. */
export function knownLanguage(tag: string | null | undefined): Language | undefined {
  const wanted = tag?.trim().replaceAll('_', '-').toLowerCase() ?? ''
  return (
    languages.find((each) => each.toLowerCase() === wanted) ??
    languages.find((each) => each.split('-')[0]?.toLowerCase() === wanted.split('-')[0])
  )
}

/** The first of a list by preference, as `ui_locales` has it (OpenID Connect Core 3.1.2.1). */
export const firstKnown = (tags: string | undefined): Language | undefined =>
  firstOf((tags ?? '').slice(0, 500).split(' '))

const firstOf = (tags: readonly string[]): Language | undefined =>
  tags.map(knownLanguage).find((each) => each !== undefined)

/** The best of an Accept-Language header (RFC 9110 §12.5.4); undefined where it names none of ours. */
export function acceptedLanguage(header: string | undefined): Language | undefined {
  const wanted = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, index) => {
      const [tag = '', quality] = part.split(';')
      const weight = quality === undefined ? 1 : Number(/^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(quality)?.[1] ?? 0)
      return { tag, weight, index }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight || one.index - other.index)
  return firstOf(wanted.map(({ tag }) => tag))
}
