// To whoever holds more, less or something else by now, other than by what somebody gave them by hand: once for all of it.
import type { LetterIn } from '../letter.ts'
import { listed } from '../lists.ts'
import type { RoleSource } from '../role-sources.ts'
import type { Language } from '../texts/languages.ts'
import { say } from '../texts/say.ts'
import { namedTime } from '../zones.ts'

export type DigestLine =
  | {
      kind: 'gained' | 'lost'
      role: string
      /** Null: in the organization. */
      brand: string | null
      sources: RoleSource[]
      /** Who has changed it, where that is known. */
      by: string | null
    }
  | {
      /** A rule of separation keeps it from them by now, although they would hold it. */
      kind: 'withheld'
      role: string
      brand: string | null
      sources: RoleSource[]
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

const exceptions = {
  allow: { counts: 'digest.allowCounts', pauses: 'digest.allowPauses' },
  deny: { counts: 'digest.denyCounts', pauses: 'digest.denyPauses' },
} as const

/** As one sentence or two. */
export function digestSentence(line: DigestLine, organization: string, language: Language = 'en'): string {
  const sentence = sentenceOf(line, organization, language)
  return line.by === null ? sentence : `${sentence} ${say(language, 'digest.by', { name: line.by })}`
}

function sentenceOf(line: DigestLine, organization: string, language: Language): string {
  if (line.kind === 'role') return roleSentence(line, language)
  const place = line.brand ?? organization
  if (line.kind === 'override') {
    const sentence = exceptions[line.effect][line.counts ? 'counts' : 'pauses']
    return say(language, sentence, { permission: line.permission, place })
  }
  const through = listed([...new Set(line.sources.map((source) => sourceIn(source, language)))], language)
  const values = { role: line.role, place, through }
  return line.kind === 'withheld'
    ? say(language, 'digest.withheld', { ...values, rule: line.rule })
    : say(language, line.kind === 'gained' ? 'digest.gained' : 'digest.lost', values)
}

const roleSentence = ({ role, allows, refuses }: DigestLine & { kind: 'role' }, language: Language): string =>
  [
    ...(allows.length === 0 ? [] : [say(language, 'digest.roleAllows', { role, permissions: allows.join(', ') })]),
    ...(refuses.length === 0 ? [] : [say(language, 'digest.roleRefuses', { role, permissions: refuses.join(', ') })]),
  ].join(' ')

/** In a few words: `group Writers`. */
function sourceIn(source: RoleSource, language: Language): string {
  if (source.type === 'direct') return say(language, 'through.direct', { reason: source.reason })
  if (source.type === 'team') return say(language, 'through.team', { name: source.team.name })
  if (source.filter !== null) return say(language, 'through.filter', { filter: source.filter })
  const names = source.path.map(({ displayName }) => displayName)
  const name = names.reduceRight((outer, inner) => say(language, 'through.inside', { name: inner, outer }))
  return say(language, 'through.group', { name })
}

export const accessDigestLetter =
  (digest: {
    organization: string
    lines: readonly DigestLine[]
    /** Since when. */
    from: string
    accountUrl: string
    /** The reader's. */
    zone: string | undefined
  }): LetterIn =>
  (language) => {
    const { organization, lines, from, accountUrl, zone } = digest
    const count = lines.length - shownLines
    return {
      subject: say(language, 'changed.subject', { organization }),
      paragraphs: [
        say(language, 'digest.lead', { time: namedTime(from, zone, language), organization }),
        ...lines.slice(0, shownLines).map((line) => digestSentence(line, organization, language)),
        ...(count > 0 ? [say(language, 'digest.more', { count })] : []),
      ],
      action: { label: say(language, 'changed.action'), url: accountUrl },
      closing: [say(language, 'changed.closing')],
    }
  }
