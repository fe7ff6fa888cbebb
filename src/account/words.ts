// What somebody's own pages say of their session, and of changes of their access.
import type { OwnChange } from '#access/people/own/own-changes.ts'
import type { Language } from '#words/texts/languages.ts'
import { say } from '#words/texts/say.ts'
import type { TextKey } from '#words/texts/texts.ts'

const signInWays = {
  saml: 'sessions.company',
  oidc: 'sessions.company',
  password: 'sessions.password',
  passkey: 'sessions.passkey',
  emergency: 'sessions.emergency',
} as const

/** By what somebody signed in: a connection's name, or `your password`. */
export const wayOf = (
  { method, connectionName }: { method: keyof typeof signInWays; connectionName: string | null },
  language: Language,
): string => connectionName ?? say(language, signInWays[method])

const sentences: Record<OwnChange['action'], TextKey> = {
  'assignment.create': 'was.given',
  'assignment.update': 'was.moved',
  'assignment.delete': 'was.taken',
  'group.members_added': 'was.joined',
  'group.members_removed': 'was.left',
  'team.members_added': 'was.joinedTeam',
  'team.members_removed': 'was.leftTeam',
  'mapping.create': 'was.mapped',
  'mapping.delete': 'was.unmapped',
  'role.update': 'was.role',
  'user.reactivate': 'was.letIn',
}

/** A change of somebody's own access, as they are told: `You were given Editor in Aurora`. */
export function changeInWords(change: OwnChange, language: Language): string {
  const { action, brand, group, team, reason } = change
  const role = change.role ?? say(language, 'was.someRole')
  const what = brand === null ? role : say(language, 'mail.held', { role, place: brand })
  const name = action === 'role.update' ? role : (team ?? group ?? say(language, 'was.gone'))
  const sentence = say(language, sentences[action], { what, name })
  return action === 'assignment.create' && reason !== null ? `${sentence}: ${reason}` : sentence
}

const unnamedActors: Partial<Record<OwnChange['actor']['type'], TextKey>> = {
  directory: 'was.byDirectory',
  operator: 'was.byOperator',
  system: 'was.bySystem',
}

/** Who changed something. */
export const actorInWords = ({ type, name }: OwnChange['actor'], language: Language): string =>
  name ?? say(language, unnamedActors[type] ?? 'was.byAdministrator')
