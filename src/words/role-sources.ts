// Through what somebody holds a role: a group and a mapping, a filter, or an assignment, or a team; to the one who holds it, and to others.
import type { Language } from './texts/languages.ts'
import { say } from './texts/say.ts'

type Group = { displayName: string }

/** As far as words tell of it. */
export type RoleSource =
  | { type: 'direct'; reason: string }
  | { type: 'team'; team: { name: string }; reason: string }
  | { type: 'mapping'; filter: string | null; path: readonly Group[] }

const upward = (path: readonly Group[], joint: string): string => path.map(({ displayName }) => displayName).join(joint)

/** To the one who holds it, from their own group to what gives the role. */
export function sourceToHolder(source: RoleSource, language: Language = 'en'): string {
  const { type } = source
  if (type === 'direct') return say(language, 'source.direct', { reason: source.reason })
  if (type === 'team') return say(language, 'source.team', { name: source.team.name, reason: source.reason })
  if (source.filter !== null) return say(language, 'source.filter', { filter: source.filter })
  const [own, ...outer] = source.path.map(({ displayName }) => displayName)
  const above = outer.map((name) => say(language, 'source.above', { name })).join('')
  return say(language, 'source.group', { name: own ?? say(language, 'source.someGroup'), above })
}

/** In a few words, for lists and exports. */
export function sourceText(source: RoleSource): string {
  if (source.type === 'direct') return `directly: ${source.reason}`
  if (source.type === 'team') return `team ${source.team.name}`
  if (source.filter !== null) return `filter ${source.filter}`
  return `group ${upward(source.path, ' in ')}`
}

/** As a part of a chain that leads to a permission; a policy and a rule of separation are such, too. */
export function sourceInChain(
  source: RoleSource | { type: 'policy'; name: string } | { type: 'separation'; name: string },
): string {
  if (source.type === 'policy') return `the policy ${source.name}`
  if (source.type === 'separation') return `the rule ${source.name}`
  if (source.type === 'direct') return `directly: ${source.reason}`
  if (source.type === 'team') return `by the team ${source.team.name}`
  if (source.filter !== null) return `by the filter ${source.filter}`
  return `by the group ${upward(source.path, ' in ')}`
}

/** As the reason for it, of a person who signs in: after `because`. */
export function sourceAsReason(source: RoleSource): string {
  if (source.type === 'direct') return `it is given directly: ${source.reason}`
  if (source.type === 'team') return `they are in the team ${source.team.name}`
  const path = upward(source.path, ', in ')
  return path === '' ? 'the person fits the filter of a mapping' : `they are in the group ${path}`
}
