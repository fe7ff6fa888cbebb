// How the wizard and the pages about connections say things.

const day = 86_400_000

const longDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

export const dateWords = (at: string): string => longDate.format(new Date(at))

/** How long ago, as coarse as is still useful, so that a live page does not flicker. */
export function agoWords(at: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - new Date(at).getTime()) / 1_000))
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${Math.floor(seconds / 5) * 5} s ago`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ago`
  return `${Math.floor(seconds / 86_400)} days ago`
}

export type Ending = { words: string; isNear: boolean }

/** When something with an end ends; near from 30 days before. */
export function endingOf(notAfter: string, now: Date): Ending {
  const days = Math.floor((new Date(notAfter).getTime() - now.getTime()) / day)
  if (days < 0) return { words: `ended on ${dateWords(notAfter)}`, isNear: true }
  const when = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`
  const soon = days <= 90 ? ` (ends ${when})` : ''
  return { words: `good until ${dateWords(notAfter)}${soon}`, isNear: days < 30 }
}

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`
