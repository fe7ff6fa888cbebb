// Through what somebody holds a role: a group and a mapping, a filter, or an assignment, or a team; to the one who holds it, and to others.

type Group = { displayName: string }

/** As far as words tell of it. */
export type RoleSource =
  | { type: 'direct'; reason: string }
  | { type: 'team'; team: { name: string }; reason: string }
  | { type: 'mapping'; filter: string | null; path: readonly Group[] }

const upward = (path: readonly Group[], joint: string): string => path.map(({ displayName }) => displayName).join(joint)

/** To the one who holds it, from their own group to what gives the role. */
export function sourceToHolder(source: RoleSource): string {
  if (source.type === 'direct') return `An administrator gave it to you: ${source.reason}`
  if (source.type === 'team') return `You are in the team ${source.team.name}, which has this role: ${source.reason}`
  if (source.filter !== null) return `Your organization gives it to everybody whose profile says: ${source.filter}`
  const [own = 'a group', ...above] = source.path.map(({ displayName }) => displayName)
  const reached = above.map((name) => `, which belongs to ${name}`).join('')
  return `You are in the group ${own}${reached}; your organization gives this role to that group`
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
