// May this user do this, here? A pure function over what the user holds: status, scope, permission, deny, team, in that order.
import type { UserStatus } from '#directory/users.ts'
import { covers, essential, ownParameter } from './permissions.ts'
import { brokenRules, type SeparationRule } from './separation.ts'

export type AssignmentSource =
  /** By a group (`path` leads from the user's own to the mapped one) or by a filter that the user satisfies. */
  | { type: 'mapping'; mappingId: string; path: { id: string; displayName: string }[]; filter: string | null }
  | { type: 'direct'; assignmentId: string; reason: string; expiresAt: string | null }
  /** By a team that holds the role; the user is in it, or in a team within it. */
  | { type: 'team'; teamRoleId: string; team: { id: string; name: string }; reason: string; expiresAt: string | null }

/** `override`: one permission for one person, on top of their roles. `exception`: lets them hold what a rule keeps apart. */
export type RoleKind = 'role' | 'override' | 'exception'

export type RoleHeld = {
  id: string
  key: string
  name: string
  kind: RoleKind
  rank: number
  allows: string[]
  denies: string[]
}

/** One way in which a user holds a role, in the organization (`brand` null) or in a brand. */
export type EffectiveAssignment = {
  role: RoleHeld
  brand: { id: string; slug: string; name: string } | null
  source: AssignmentSource
}

/** Takes a permission away from everybody in its scope but the holders of the excepted roles. */
export type PolicyRule = {
  id: string
  name: string
  permission: string
  /** Null: everywhere. */
  brandId: string | null
  exceptRoleIds: readonly string[]
}

export type AccessPolicy = {
  organizationStatus: 'active' | 'suspended'
  administratorBrandAccess: 'explicit' | 'implicit'
  roleStrategy: 'union' | 'highest'
  rules: readonly PolicyRule[]
  separations: readonly SeparationRule[]
}

/** Whose a thing is: who created it, and whom it is assigned to. */
export type AssetTie = 'creator' | 'assigned'

/** A thing that is asked about: whether it is for some teams alone, the user is in one of them, and it is theirs. */
export type AssetOfQuestion = { isRestricted: boolean; isInTeam: boolean; tie: AssetTie | null }

export type Question = {
  status: UserStatus
  policy: AccessPolicy
  assignments: readonly EffectiveAssignment[]
  permission: string
  /** The id of the brand in which it is asked; undefined for the organization. */
  brandId?: string | undefined
  asset?: AssetOfQuestion | undefined
  /** The thing is theirs, by the word of whoever asks; what is registered says so by its tie. */
  isOwn?: boolean
}

export type DecisionStep = 'status' | 'scope' | 'permission' | 'deny' | 'team'

export type DecisionReason =
  | 'granted'
  | 'administrator_implicit'
  | 'organization_suspended'
  | 'organization_unknown'
  | 'user_unknown'
  | 'user_invited'
  | 'user_inactive'
  | 'brand_unknown'
  | 'no_brand_access'
  | 'no_role'
  | 'not_granted'
  | 'denied'
  | 'separation_of_duties'
  | 'team_restriction'
  | 'asset_creator'
  | 'asset_assigned'
  | 'asset_unknown'

/**
 * Group → mapping → role → permission (or assignment → role → permission): one line of the reason. Without a role where a
 * policy is the source.
 */
export type ChainEntry = {
  effect: 'allow' | 'deny'
  permission: string
  role: { id: string; key: string; name: string } | null
  brand: string | null
  source:
    | AssignmentSource
    | { type: 'policy'; policyId: string; name: string }
    | { type: 'separation'; ruleId: string; name: string }
}

export type Decision = { allowed: boolean; step: DecisionStep; reason: DecisionReason; chain: ChainEntry[] }

const refused = (step: DecisionStep, reason: DecisionReason, chain: ChainEntry[] = []): Decision => ({
  allowed: false,
  step,
  reason,
  chain,
})

/** The decision with the step that settled it. Never throws; what is not granted is refused. */
export function evaluate(asked: Question): Decision {
  const question = aboutOwn(asked)
  const barred = statusBar(question)
  if (barred !== undefined) return refused('status', barred)
  const scope = scopeOf(question)
  if (scope.assignments.length === 0)
    return refused('scope', question.brandId === undefined ? 'no_role' : 'no_brand_access')
  const denied = deniesOf(question, scope.assignments)
  if (denied.length > 0) return refused('deny', 'denied', denied)
  const { granted, keptApart } = grantsOf(question, scope.assignments)
  if (granted.length === 0 && keptApart.length > 0) return refused('deny', 'separation_of_duties', keptApart)
  if (granted.length === 0) return refused('permission', 'not_granted')
  if (isForOthers(question, scope.assignments)) {
    const tie = question.asset?.tie ?? null
    if (tie === null) return refused('team', 'team_restriction', granted)
    return { allowed: true, step: 'team', reason: `asset_${tie}`, chain: granted }
  }
  if (scope.isImplicit) return { allowed: true, step: 'scope', reason: 'administrator_implicit', chain: granted }
  return { allowed: true, step: 'permission', reason: 'granted', chain: granted }
}

/** About a thing of one's own, what is limited to such things counts as well as what is not: `content.edit:own`. */
const aboutOwn = (question: Question): Question =>
  isTheirs(question) && !question.permission.includes(':')
    ? { ...question, permission: `${question.permission}:${ownParameter}` }
    : question

const isTheirs = ({ asset, isOwn = false }: Question): boolean => isOwn || (asset?.tie ?? null) !== null

/** What is for some teams is for them, and for whoever may do everything there; beside them, for those whose it is. */
const isForOthers = ({ asset }: Question, held: readonly EffectiveAssignment[]): boolean =>
  asset?.isRestricted === true && !asset.isInTeam && !held.some(({ role }) => role.allows.includes('*'))

/** A role that separation withholds denies what it denies, and excepts from no policy. */
const deniesOf = (question: Question, held: readonly EffectiveAssignment[]): ChainEntry[] => [
  ...chainOf(held, question.permission, 'deny'),
  ...ruledOut(question, heldInFact(question, held)),
]

function heldInFact(question: Question, held: readonly EffectiveAssignment[]): readonly EffectiveAssignment[] {
  if (question.policy.separations.length === 0) return held
  const withheld = new Set(
    brokenIn(question, held).flatMap(({ mode, second }) => (mode === 'enforce' ? (second.roleId ?? []) : [])),
  )
  return held.filter(({ role }) => !withheld.has(role.id))
}

/** What takes this permission away from somebody where it is asked, whether or not anything would give it to them. */
export function restrictionsOn(asked: Omit<Question, 'status'>): ChainEntry[] {
  const question: Question = { ...asked, status: 'active' }
  const { assignments } = scopeOf(question)
  return [...deniesOf(question, assignments), ...grantsOf(question, assignments).keptApart]
}

/**
 * The rules of separation that somebody breaks where it is asked, enforced or not.
 * @param held with the brand's id; none for the organization
 */
export function separationsBroken(held: Pick<Question, 'policy' | 'assignments' | 'brandId'>): SeparationRule[] {
  const question: Question = { ...held, status: 'active', permission: '' }
  return brokenIn(question, scopeOf(question).assignments)
}

/** Ids of the roles that separation of duties withholds from somebody in a place. */
export const rolesKeptApart = (held: Parameters<typeof separationsBroken>[0]): ReadonlySet<string> =>
  new Set(separationsBroken(held).flatMap(({ mode, second }) => (mode === 'enforce' ? (second.roleId ?? []) : [])))

const brokenIn = (question: Question, held: readonly EffectiveAssignment[]): SeparationRule[] =>
  brokenRules(question.policy.separations, held, (permission) => isDenied({ ...question, permission }, held))

/** By everything that is held, as it would be without separation. */
const isDenied = (question: Question, held: readonly EffectiveAssignment[]): boolean =>
  chainOf(held, question.permission, 'deny').length > 0 || ruledOut(question, held).length > 0

/** What gives the permission, and the rules that keep what would give it from doing so. */
function grantsOf(
  question: Question,
  held: readonly EffectiveAssignment[],
): { granted: ChainEntry[]; keptApart: ChainEntry[] } {
  const { permission, policy } = question
  const given = chainOf(held, permission, 'allow')
  // What an administrator needs to set things right is never withheld.
  if (given.length === 0 || policy.separations.length === 0 || essential.includes(permission))
    return { granted: given, keptApart: [] }
  const broken = brokenIn(question, held).filter(({ mode }) => mode === 'enforce')
  const isWithheld = ({ role }: ChainEntry): boolean =>
    broken.some(({ second }) =>
      second.permission === null ? second.roleId === role?.id : covers(second.permission, permission),
    )
  const withholding = broken.filter(({ second }) =>
    second.permission === null
      ? given.some(({ role }) => role?.id === second.roleId)
      : covers(second.permission, permission),
  )
  return {
    granted: given.filter((entry) => !isWithheld(entry)),
    keptApart: withholding.map(({ id, name }) => ({
      ...{ effect: 'deny', permission, role: null, brand: null },
      source: { type: 'separation', ruleId: id, name },
    })),
  }
}

/** The decision about somebody or something that does not exist. */
export const unknown = (what: 'user' | 'organization' | 'brand' | 'asset'): Decision =>
  refused(what === 'brand' || what === 'asset' ? 'scope' : 'status', `${what}_unknown`)

function statusBar({ status, policy }: Question): DecisionReason | undefined {
  if (policy.organizationStatus !== 'active') return 'organization_suspended'
  if (status === 'active') return undefined
  return status === 'invited' ? 'user_invited' : 'user_inactive'
}

/** The policies that take this permission away here from somebody who holds these roles. */
function ruledOut({ policy, permission, brandId }: Question, held: readonly EffectiveAssignment[]): ChainEntry[] {
  const applies = (rule: PolicyRule): boolean =>
    covers(rule.permission, permission) &&
    (rule.brandId === null || rule.brandId === brandId) &&
    !held.some(({ role }) => rule.exceptRoleIds.includes(role.id))
  return policy.rules.filter(applies).map(({ id, name, permission: text }) => ({
    ...{ effect: 'deny', permission: text, role: null, brand: null },
    source: { type: 'policy', policyId: id, name },
  }))
}

/** In a brand, the brand's assignments replace the organization's; no role there means no access there. */
function scopeOf({ assignments, brandId, policy }: Question): {
  assignments: readonly EffectiveAssignment[]
  isImplicit: boolean
} {
  const within = (id: string | undefined) =>
    byStrategy(
      assignments.filter(({ brand }) => brand?.id === id),
      policy.roleStrategy,
    )
  const own = within(brandId)
  if (brandId === undefined || own.length > 0) return { assignments: own, isImplicit: false }
  const organization = within(undefined)
  const isAdministrator = organization.some(({ role }) => role.allows.includes('*'))
  const isImplicit = policy.administratorBrandAccess === 'implicit' && isAdministrator
  const onTop = assignments.filter(({ role, brand }) => role.kind !== 'role' && brand?.id === brandId)
  return { assignments: isImplicit ? [...organization, ...onTop] : [], isImplicit }
}

/**
 * The assignments of one scope that count there: of roles all of them, or those of the highest rank; with them what somebody
 * holds on top, which counts for nothing where they hold no role.
 */
export function byStrategy(
  assignments: readonly EffectiveAssignment[],
  strategy: AccessPolicy['roleStrategy'],
): readonly EffectiveAssignment[] {
  const ranks = assignments.flatMap(({ role }) => (role.kind === 'role' ? [role.rank] : []))
  if (ranks.length === 0) return []
  if (strategy === 'union') return assignments
  const top = Math.max(...ranks)
  return assignments.filter(({ role }) => role.kind !== 'role' || role.rank === top)
}

const chainOf = (
  assignments: readonly EffectiveAssignment[],
  permission: string,
  effect: 'allow' | 'deny',
): ChainEntry[] =>
  assignments.flatMap(({ role, brand, source }) => {
    const held = (effect === 'allow' ? role.allows : role.denies).filter((name) => covers(name, permission))
    const { id, key, name } = role
    return held.map((text) => ({
      effect,
      permission: text,
      role: { id, key, name },
      brand: brand?.slug ?? null,
      source,
    }))
  })
