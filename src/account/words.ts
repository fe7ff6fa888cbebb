// What somebody's own pages say of their session, and of changes of their access.
import type { OwnChange } from '#access/people/own/own-changes.ts'

const signInWays = {
  saml: 'your company sign-in',
  oidc: 'your company sign-in',
  password: 'your password',
  passkey: 'a passkey',
  emergency: 'an emergency account',
}

/** `with Okta and a second factor` */
export function signedInWith(session: {
  method: keyof typeof signInWays
  connectionName: string | null
  hasSecondFactor: boolean
}): string {
  const way = session.connectionName ?? signInWays[session.method]
  return `with ${way}${session.hasSecondFactor ? ' and a second factor' : ''}`
}

/** A change of somebody's own access, as they are told: `You were given Editor in Aurora`. */
export function changeInWords({ action, role, brand, group, team, reason }: OwnChange): string {
  const what = `${role ?? 'a role'}${brand === null ? '' : ` in ${brand}`}`
  const why = reason === null ? '' : `: ${reason}`
  const sentences: Record<OwnChange['action'], string> = {
    'assignment.create': `You were given ${what}${why}`,
    'assignment.update': `How long or why you hold ${what} was changed`,
    'assignment.delete': `${what} was taken back from you`,
    'group.members_added': `You joined the group ${group ?? 'that is gone by now'}`,
    'group.members_removed': `You left the group ${group ?? 'that is gone by now'}`,
    'team.members_added': `You were added to the team ${team ?? 'that is gone by now'}`,
    'team.members_removed': `You were taken out of the team ${team ?? 'that is gone by now'}`,
    'mapping.create': `Your group ${group ?? ''} now gives ${what}`,
    'mapping.delete': `Your group ${group ?? ''} no longer gives ${what}`,
    'role.update': `What ${role ?? 'your role'} allows was changed`,
    'user.reactivate': 'You were let in again',
  }
  return sentences[action]
}

const unnamedActors: Partial<Record<OwnChange['actor']['type'], string>> = {
  directory: 'Your company’s directory',
  operator: 'The operator',
  system: 'Happened by itself',
}

/** Who changed something. */
export const actorInWords = ({ type, name }: OwnChange['actor']): string =>
  name ?? unnamedActors[type] ?? 'An administrator'
