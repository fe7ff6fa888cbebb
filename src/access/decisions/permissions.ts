// The catalogue of permissions, and which held permission covers which wanted one. Names are `area.action`, with an
// optional parameter (`workflow.approve:legal`); a held one may have `*` as a segment.

/** The permissions that roles are built from. Those with `parameter` may be held or asked for with one. */
export const permissionCatalogue = [
  { name: 'content.view', description: 'See content' },
  { name: 'content.create', description: 'Create content' },
  { name: 'content.edit', description: 'Change content' },
  { name: 'content.comment', description: 'Comment on content' },
  { name: 'content.approve', description: 'Approve content' },
  { name: 'content.publish', description: 'Publish content' },
  { name: 'content.delete', description: 'Delete content' },
  { name: 'assets.view', description: 'See images, files and other assets' },
  { name: 'assets.manage', description: 'Add, change and delete assets' },
  { name: 'workflow.view', description: 'See workflows and what waits where' },
  { name: 'workflow.participate', description: 'Work on a workflow step', parameter: 'step' },
  {
    name: 'workflow.approve',
    description: 'Approve at a workflow step (“own”: steps given to oneself)',
    parameter: 'step',
  },
  { name: 'workflow.manage', description: 'Create and change workflows' },
  { name: 'campaigns.view', description: 'See campaigns' },
  { name: 'campaigns.create', description: 'Create campaigns' },
  { name: 'campaigns.edit', description: 'Change campaigns' },
  { name: 'campaigns.activate', description: 'Start campaigns' },
  { name: 'campaigns.pause', description: 'Pause campaigns' },
  { name: 'campaigns.delete', description: 'Delete campaigns' },
  { name: 'analytics.view', description: 'See basic figures' },
  { name: 'analytics.explore', description: 'See all figures, in every breakdown' },
  { name: 'analytics.dashboards', description: 'Build dashboards' },
  { name: 'analytics.export', description: 'Export figures' },
  { name: 'brands.view', description: 'See the brands and their profiles' },
  { name: 'brands.create', description: 'Create brands' },
  { name: 'brands.manage', description: 'Change brands and their settings' },
  { name: 'users.read', description: 'See the list of users and their access' },
  { name: 'users.invite', description: 'Invite people' },
  { name: 'users.manage', description: 'Change, deactivate and reactivate users' },
  { name: 'teams.manage', description: 'Create teams and choose their members' },
  { name: 'roles.assign', description: 'Give roles to users, up to one’s own rights' },
  { name: 'roles.manage', description: 'Create and change roles and mappings' },
  { name: 'settings.view', description: 'See settings' },
  { name: 'settings.manage', description: 'Change settings' },
  { name: 'settings.integrations', description: 'Connect other systems' },
  { name: 'audit.view', description: 'See the audit trail' },
  { name: 'audit.write', description: 'Write what happens in an application into the audit trail' },
  { name: 'events.read', description: 'Read what changes as it happens, as an application does' },
  { name: 'billing.view', description: 'See plan and invoices' },
  { name: 'billing.manage', description: 'Change plan and payment' },
] as const satisfies readonly { name: string; description: string; parameter?: string }[]

/** Whoever may do one of these can give themselves, or take from others, the rest. */
export const administrative: readonly string[] = [
  'users.manage',
  'roles.assign',
  'roles.manage',
  'settings.manage',
  'settings.integrations',
  'billing.manage',
]

/** What an administrator needs at least to set right whatever went wrong; the last-administrator rule counts by these. */
export const essential: readonly string[] = ['users.manage', 'roles.assign', 'roles.manage', 'settings.manage']

/** What limits a permission to things of one's own, which one created or was assigned: `content.edit:own`. */
export const ownParameter = 'own'

/** Areas of things that can be somebody's. */
const ownableAreas: ReadonlySet<string> = new Set(['content', 'assets', 'workflow', 'campaigns', 'analytics'])

/** Names of the host application's own begin with this and need no entry in the catalogue. */
const applicationArea = 'app'

const syntax = /^(\*|[a-z0-9_]+)(\.(\*|[a-z0-9_]+))*(:[A-Za-z0-9._-]{1,100})?$/

/** Why a role cannot hold this permission, as far as its writing and our own catalogue tell; undefined where it can. */
export function permissionFault(held: string): string | undefined {
  if (held.length > 200 || !syntax.test(held)) return `${held.slice(0, 200)} is not written like a permission`
  const { segments, parameter } = splitPermission(held)
  if (segments[0] === applicationArea && segments.length > 1) return undefined
  const known = permissionCatalogue.filter((entry) => coversName(segments, entry.name.split('.')))
  if (known.length === 0) return `${held} is not in the catalogue; names of your own begin with ${applicationArea}.`
  const isLimited = parameter === ownParameter && ownableAreas.has(segments[0] ?? '')
  if (parameter !== undefined && !isLimited && !known.some((entry) => 'parameter' in entry))
    return `${held} takes no parameter`
  return undefined
}

/**
 * True where holding `held` means having `wanted`: equal names, `*` for one segment (for all that follow, when last), and
 * a held name without parameter for every parameter.
 */
export function covers(held: string, wanted: string): boolean {
  if (held === wanted) return true
  const [left, right] = [splitPermission(held), splitPermission(wanted)]
  if (left.parameter !== undefined && left.parameter !== right.parameter) return false
  return coversName(left.segments, right.segments)
}

function coversName(held: readonly string[], wanted: readonly string[]): boolean {
  const isOpenEnded = held.at(-1) === '*'
  if (isOpenEnded ? wanted.length < held.length : wanted.length !== held.length) return false
  return held.every((segment, index) => segment === '*' || segment === wanted[index])
}

/** The segments of a name, and what comes after the colon. */
export function splitPermission(permission: string): { segments: string[]; parameter: string | undefined } {
  const colon = permission.indexOf(':')
  const name = colon < 0 ? permission : permission.slice(0, colon)
  return { segments: name.split('.'), parameter: colon < 0 ? undefined : permission.slice(colon + 1) }
}

/** Whether a role lets its holders do all that administrators do, however it is written. */
export const isForAdministrators = (allows: readonly string[]): boolean =>
  administrative.every((wanted) => allows.some((held) => covers(held, wanted)))

/** Whether a role has nothing to do with other people's access. */
export const isOrdinary = (allows: readonly string[]): boolean =>
  !allows.some((held) => administrative.some((wanted) => covers(held, wanted)))
