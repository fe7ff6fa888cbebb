// When certificates and secrets end, in words.
import { dateInWords } from '#words/times.ts'

const day = 86_400_000

export type Ending = { words: string; isNear: boolean; isOver: boolean }

/** When something with an end ends; near from 30 days before. */
export function endingOf(notAfter: string, now: Date): Ending {
  const days = Math.floor((new Date(notAfter).getTime() - now.getTime()) / day)
  if (days < 0) return { words: `ended on ${dateInWords(notAfter)}`, isNear: true, isOver: true }
  const when = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`
  const soon = days <= 90 ? ` (ends ${when})` : ''
  return { words: `good until ${dateInWords(notAfter)}${soon}`, isNear: days < 30, isOver: false }
}
