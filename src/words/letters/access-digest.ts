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
      /** A rule of separation keeps it from them by now, although they would hold it. */
      kind: 'withheld'
      role: string
      brand: string | null
      through: string[]
      /** The name of the rule. */
      rule: string
      by: null
    }
  | {
      /** An exception counts on top of a role: with the first one in a place it begins to, with the last one it ends. */
      kind: 'override'
      permission: string
      effect: 'allow' | 'deny'
      brand: string | null
      counts: boolean
      by: null
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
  if (line.kind === 'override') {
    const what = `${line.effect === 'allow' ? 'permission' : 'refusal of'} ${line.permission} in ${line.brand ?? organization}`
    return line.counts
      ? `The ${what} that is for you alone counts by now, since you hold a role there.`
      : `The ${what} that is for you alone does not count any more, since you hold no role there.`
  }
  const where = `${line.role} in ${line.brand ?? organization}`
  const through = line.through.join(', ')
  if (line.kind === 'withheld')
    return `The rule ${line.rule} withholds ${where} from you. You would hold it through: ${through}.`
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
