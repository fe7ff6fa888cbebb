// What a change in a draft is, in a line, with the names of what it is about.
import type { DraftStatus } from '#access/drafts/drafts.ts'
import type { AccessChange } from '#access/previews/change.ts'
import { namesOf } from '#audit/names-of.ts'
import type { CallContext } from '#src/context.ts'
import { someOf } from '#words/counts.ts'
import { dateInWords } from '#words/times.ts'
import type { Tone } from '../ui/parts.tsx'

export const statusWords: Record<DraftStatus, { word: string; tone: Tone }> = {
  open: { word: 'Open', tone: 'quiet' },
  waiting: { word: 'Waits for approval', tone: 'warning' },
  approved: { word: 'Approved', tone: 'good' },
  applied: { word: 'Made', tone: 'good' },
  undone: { word: 'Undone', tone: 'quiet' },
  discarded: { word: 'Discarded', tone: 'quiet' },
}

type Names = (id: string | null | undefined) => string

const until = (time: string | null | undefined): string =>
  time === null || time === undefined ? '' : ` until ${dateInWords(time)}`

const listed = (ids: readonly string[], names: Names): string => someOf(ids.map(names))

/** Of the kinds that a draft can hold; another one is called by its name. */
function inWords(change: AccessChange, names: Names): string[] {
  const place = (brandId: string | null | undefined): string => names(brandId ?? null)
  switch (change.kind) {
    case 'create_mappings':
      return change.mappings.map(
        ({ groupId, filter, roleId, brandId }) =>
          `Map ${groupId == null ? `everybody with ${filter ?? ''}` : `the group ${names(groupId)}`} to ${names(roleId)} in ${place(brandId)}`,
      )
    case 'create_assignments':
      return change.assignments.map(
        ({ userId, roleId, brandId, expiresAt }) =>
          `Give ${names(userId)} the role ${names(roleId)} in ${place(brandId)}${until(expiresAt)}`,
      )
    case 'create_overrides':
      return change.overrides.map(
        ({ userId, permission, effect, brandId, expiresAt }) =>
          `${names(userId)} ${effect === 'allow' ? 'may' : 'may not'} ${permission} in ${place(brandId)}${until(expiresAt)}`,
      )
    case 'create_exception':
      return [
        `Except ${names(change.exception.userId)} from a rule of separation in ${place(change.exception.brandId)}`,
      ]
    case 'add_members':
      return [`Put ${listed(change.memberIds, names)} into the group ${names(change.groupId)}`]
    case 'remove_members':
      return [`Take ${listed(change.memberIds, names)} out of the group ${names(change.groupId)}`]
    case 'add_team_members':
      return [`Put ${listed(change.userIds, names)} into the team ${names(change.teamId)}`]
    case 'remove_team_members':
      return [`Take ${listed(change.userIds, names)} out of the team ${names(change.teamId)}`]
    case 'give_team_roles':
      return change.roles.map(
        ({ roleId, brandId }) => `Give the team ${names(change.teamId)} the role ${names(roleId)} in ${place(brandId)}`,
      )
    case 'update_role':
      return [`Change the role ${names(change.role.roleId)}: ${fieldsOf(change.role, 'roleId')}`]
    case 'create_policy':
      return [
        `New policy ${change.policy.name}: nobody may ${change.policy.permission} in ${place(change.policy.brandId)}`,
      ]
    case 'create_separation':
      return [`New rule of separation ${change.rule.name}`]
    case 'update_organization':
      return [`Change the organization: ${fieldsOf(change.organization)}`]
    default:
      return [others[change.kind] ?? change.kind.replaceAll('_', ' ')]
  }
}

const others: Partial<Record<AccessChange['kind'], string>> = {
  delete_mappings: 'Delete mappings',
  delete_policy: 'Delete a policy',
  update_separation: 'Change a rule of separation',
  update_assignment: 'Change an assignment',
  delete_assignments: 'Take back assignments',
  take_team_roles: 'Take roles from a team',
}

const fieldsOf = (change: object, ...left: string[]): string =>
  Object.keys(change)
    .filter((name) => !left.includes(name))
    .map((name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))
    .join(', ')

const idsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return /^[a-z]{3}_/.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(idsIn) : []
}

/** Each change with its lines. @param organization what stands for no brand */
export async function changesInWords(
  ctx: CallContext,
  changes: readonly AccessChange[],
  organization: string,
): Promise<string[][]> {
  const found = await namesOf(ctx, idsIn(changes))
  const names: Names = (id) => (id === null || id === undefined ? organization : (found.get(id) ?? id))
  return changes.map((change) => inWords(change, names))
}
