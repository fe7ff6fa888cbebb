// Times as people read them wherever they are: days in UTC, and how long ago something was. Times of the clock: zones.ts.
import { type Language, localeOf } from './texts/languages.ts'
import { say } from './texts/say.ts'

const longDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** `31 Jan` */
export const dayOfMonth = (time: string): string => dayAndMonth.format(new Date(time))

/** `31 January 2030` */
export const dateInWords = (time: string): string => longDate.format(new Date(time))

/** `Thu, 31 Jan 2030 12:00:00 UTC` */
export const exactTime = (time: string): string => new Date(time).toUTCString().replace('GMT', 'UTC')

const spans = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const

/** `5 minutes ago`; under two minutes `just now`; undefined beyond a week, where the time itself says more. */
export function agoInWords(time: string, now: Date, language: Language = 'en'): string | undefined {
  const seconds = (now.getTime() - Date.parse(time)) / 1000
  if (seconds > 7 * 86_400) return undefined
  const span = spans.find((each) => seconds >= each.seconds)
  if (span === undefined || seconds < 120) return say(language, 'sessions.now')
  return new Intl.RelativeTimeFormat(localeOf(language)).format(-Math.floor(seconds / span.seconds), span.unit)
}

/** `5 min ago`: as coarse as is still useful, so that a live page does not flicker. */
export function agoInShort(time: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1_000))
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${Math.floor(seconds / 5) * 5} s ago`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ago`
  return `${Math.floor(seconds / 86_400)} days ago`
}
