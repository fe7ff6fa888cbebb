// To whoever holds more, less or something else by now, other than by what somebody gave them by hand: once for all of it.
import { counted } from '../counts.ts'
import type { Letter } from '../letter.ts'
import { namedTime } from '../zones.ts'

export type DigestLine =
  | {
      kind: 'gained' | 'lost'
      role: string
      /** Null: in the organization. */
      brand: string | null
      /** In a few words each: `group Writers`. */
      through: string[]
      /** Who has changed it, where that is known. */
      by: string | null
    }
  | {
      /** A role that they keep has become another. */
      kind: 'role'
      role: string
      allows: string[]
      refuses: string[]
      by: string | null
    }

const shownLines = 30

const byWords = (by: string | null): string => (by === null ? '' : ` Changed by ${by}.`)

/** As one sentence or two. */
export function digestSentence(line: DigestLine, organization: string): string {
  if (line.kind === 'role') {
    const parts = [
      ...(line.allows.length === 0 ? [] : [`allows by now: ${line.allows.join(', ')}`]),
      ...(line.refuses.length === 0 ? [] : [`does not allow any more: ${line.refuses.join(', ')}`]),
    ]
    return `The role ${line.role} ${parts.join('; it ')}.${byWords(line.by)}`
  }
  const where = `${line.role} in ${line.brand ?? organization}`
  const through = line.through.join(', ')
  const what =
    line.kind === 'gained'
      ? `You hold ${where} by now, through: ${through}.`
      : `You do not hold ${where} any more. It came through: ${through}.`
  return `${what}${byWords(line.by)}`
}

export function accessDigestLetter(digest: {
  organization: string
  lines: readonly DigestLine[]
  /** Since when. */
  from: string
  accountUrl: string
  /** The reader's. */
  zone: string | undefined
}): Letter {
  const { organization, lines, from, accountUrl, zone } = digest
  const left = lines.length - shownLines
  return {
    subject: `Your access at ${organization} has changed`,
    paragraphs: [
      `Since ${namedTime(from, zone)}, this has changed of what you may do at ${organization}:`,
      ...lines.slice(0, shownLines).map((line) => digestSentence(line, organization)),
      ...(left > 0 ? [`And ${counted(left, 'change')} more.`] : []),
    ],
    action: { label: 'See my access', url: accountUrl },
    closing: ['You get this because what you may do has changed. If it looks wrong, ask your administrator.'],
  }
}
