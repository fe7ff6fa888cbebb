// Access reviews in words: for pages, exports and commands alike.
import { counted } from './counts.ts'

type Answer = 'keep' | 'remove' | 'end'

const answers: Record<Answer, string> = { keep: 'Keep', remove: 'Remove', end: 'Set an end date' }

export const answerInWords = (answer: Answer): string => answers[answer]

const outcomes = {
  kept: 'Kept',
  removed: 'Removed',
  ended: 'Given an end date',
  task: 'Held back here; to be removed at the provider',
  gone: 'Was gone already',
  refused: 'Could not be removed',
} as const

export const outcomeInWords = (outcome: keyof typeof outcomes): string => outcomes[outcome]

const reasons = {
  inactive: 'The account is switched off',
  unused: 'Not active for a long time',
  sponsor_left: 'Whoever vouched for it has left',
  outside_without_end: 'From outside, and without an end date',
  unlike_peers: 'Few others who stand alike hold it',
  usual: 'Nothing stands out',
} as const

export type ReasonedAdvice = { advice: { answer: Answer; reason: keyof typeof reasons } }

export const adviceReasonInWords = ({ advice }: ReasonedAdvice): string => reasons[advice.reason]

/** `Remove: not active for a long time`. */
export function adviceInWords(line: ReasonedAdvice): string {
  const reason = adviceReasonInWords(line)
  return `${answers[line.advice.answer]}: ${reason.slice(0, 1).toLowerCase()}${reason.slice(1)}`
}

export type Compared = { peers: { by: 'groups' | 'brand'; count: number; holding: number } | null }

/** `3 of 12 others in the same groups hold it`; empty where there is nobody to compare with. */
export function peersInWords({ peers }: Compared): string {
  if (peers === null) return ''
  const others = peers.by === 'groups' ? 'in the same groups' : 'who have a role here'
  return `${peers.holding} of ${counted(peers.count, 'other', 'others')} ${others} ${peers.holding === 1 ? 'holds' : 'hold'} it`
}

export type Source =
  | { type: 'direct'; reason: string; sponsor: string | null }
  | { type: 'mapping'; groups: readonly { name: string; provider: string | null }[]; filter: string | null }
  | { type: 'team'; team: { name: string }; reason: string }
  | { type: 'account'; roles: number }

const groupInWords = ({ name, provider }: { name: string; provider: string | null }): string =>
  provider === null ? name : `${name} (${provider})`

/** An account, and what a team gives, have no end date for one person. */
export const canEnd = ({ type }: Source): boolean => type !== 'account' && type !== 'team'

/** Through what somebody holds it. */
export function sourceOfLine(source: Source): string {
  if (source.type === 'account') return counted(source.roles, 'role', 'roles')
  if (source.type === 'team') return `team ${source.team.name}: ${source.reason}`
  if (source.type === 'direct')
    return `directly: ${source.reason}${source.sponsor === null ? '' : ` (sponsor ${source.sponsor})`}`
  if (source.filter !== null) return `filter ${source.filter}`
  return `group ${source.groups.map(groupInWords).join(', ')}`
}

/** What whoever has the provider is to do. */
export function taskInWords(task: {
  person: string
  groups: readonly { name: string; provider: string | null }[]
  filter: string | null
}): string {
  if (task.filter !== null) return `Change the profile of ${task.person}, so that it no longer satisfies ${task.filter}`
  const groups = task.groups.map(({ name, provider }) => (provider === null ? name : `${name} at ${provider}`))
  return `Take ${task.person} out of ${groups.length === 1 ? 'the group' : 'the groups'} ${groups.join(', ')}`
}

const rules = {
  brand_managers: 'The managers of each brand',
  sponsor: 'The sponsor of each assignment',
  role_owner: 'The owner of each role',
  person: 'One person',
} as const

export const ruleInWords = (rule: keyof typeof rules): string => rules[rule]

const recurrences = {
  monthly: 'Every month',
  quarterly: 'Every quarter',
  half_yearly: 'Every half-year',
  yearly: 'Every year',
} as const

export const recurrenceInWords = (recurrence: keyof typeof recurrences | null): string =>
  recurrence === null ? 'Once' : recurrences[recurrence]

/** What no answer means. */
export function noAnswerInWords({ noAnswer, endDays }: { noAnswer: Answer; endDays: number | null }): string {
  if (noAnswer === 'keep') return 'It is kept'
  if (noAnswer === 'remove') return 'It is removed'
  return `It ends ${counted(endDays ?? 0, 'day', 'days')} later`
}
