// Changes of what groups, roles and policies give: each is a verb of its own, here under one name, so that every one of them can
// be tried before it is made.
import { z } from 'zod'
import { AppError } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { addMembers } from './kinds/add-members.ts'
import { admitArrivals } from './kinds/admit-arrivals.ts'
import { createAssignments } from './kinds/create-assignments.ts'
import { createMappings } from './kinds/create-mappings.ts'
import { createOverrides } from './kinds/create-overrides.ts'
import { createPolicy } from './kinds/create-policy.ts'
import { deactivateUser } from './kinds/deactivate-user.ts'
import { deleteAssignments } from './kinds/delete-assignments.ts'
import { deleteBrand } from './kinds/delete-brand.ts'
import { deleteGroup } from './kinds/delete-group.ts'
import { deleteMappings } from './kinds/delete-mappings.ts'
import { deletePolicy } from './kinds/delete-policy.ts'
import { deleteUser } from './kinds/delete-user.ts'
import { editUser } from './kinds/edit-user.ts'
import type { Affected, ChangeType, EarlierEnd } from './kinds/kind.ts'
import { moveDirectory } from './kinds/move-directory.ts'
import { removeMembers } from './kinds/remove-members.ts'
import { createException, createSeparation, deleteSeparation, updateSeparation } from './kinds/separation.ts'
import { leaveOutOfTeam, letIntoTeam } from './kinds/teams/left-out.ts'
import { addTeamMembers, fillTeam, removeTeamMembers, unfillTeam } from './kinds/teams/people.ts'
import { giveTeamRoles, takeTeamRoles, updateTeamRole } from './kinds/teams/roles.ts'
import { createTeam, deleteTeam, updateTeam } from './kinds/teams/team.ts'
import { updateAssignment } from './kinds/update-assignment.ts'
import { updateOrganization } from './kinds/update-organization.ts'
import { updateRole } from './kinds/update-role.ts'

const kinds = {
  create_mappings: createMappings,
  delete_mappings: deleteMappings,
  update_role: updateRole,
  create_policy: createPolicy,
  delete_policy: deletePolicy,
  create_separation: createSeparation,
  update_separation: updateSeparation,
  delete_separation: deleteSeparation,
  create_exception: createException,
  create_assignments: createAssignments,
  create_overrides: createOverrides,
  update_assignment: updateAssignment,
  delete_assignments: deleteAssignments,
  add_members: addMembers,
  remove_members: removeMembers,
  deactivate_user: deactivateUser,
  delete_user: deleteUser,
  edit_user: editUser,
  delete_group: deleteGroup,
  delete_brand: deleteBrand,
  admit_arrivals: admitArrivals,
  move_directory: moveDirectory,
  update_organization: updateOrganization,
  create_team: createTeam,
  update_team: updateTeam,
  delete_team: deleteTeam,
  add_team_members: addTeamMembers,
  remove_team_members: removeTeamMembers,
  leave_out_of_team: leaveOutOfTeam,
  let_into_team: letIntoTeam,
  fill_team: fillTeam,
  unfill_team: unfillTeam,
  give_team_roles: giveTeamRoles,
  update_team_role: updateTeamRole,
  take_team_roles: takeTeamRoles,
}

type Kinds = typeof kinds
export type ChangeKind = keyof Kinds
type FieldsOf<Kind extends ChangeKind> = Unchanging<z.output<Kinds[Kind]['fields']>>
/** Whoever carries a change leaves it as it is. */
type Unchanging<T> = T extends readonly (infer Item)[]
  ? readonly Unchanging<Item>[]
  : T extends object
    ? { [Name in keyof T]: Unchanging<T[Name]> }
    : T
export type AccessChange = { [Kind in ChangeKind]: { kind: Kind } & FieldsOf<Kind> }[ChangeKind]
export type ChangeOf<Kind extends ChangeKind> = AccessChange & { kind: Kind }
/** What each kind of change leaves: the records as they are now, or the ids of what is gone. */
export type OutcomeOf<Kind extends ChangeKind> = Awaited<ReturnType<Kinds[Kind]['apply']>>

type Variant = z.ZodObject<{ kind: z.ZodLiteral<string> }>

/** Each kind as the API takes it; what is in it is checked by the verbs. */
export const changeVariants = Object.entries(kinds).map(([kind, { fields }]) =>
  z.strictObject({ kind: z.literal(kind), ...fields.shape }),
) as unknown as [Variant, ...Variant[]]

const Change = z.discriminatedUnion('kind', changeVariants) as unknown as z.ZodType<AccessChange>

/** @throws AppError invalid */
export const parseChange = (input: unknown): AccessChange => parseInput(Change, input)

/** Each type with its own kind of change: the one place where the two are brought together. */
const typeOf = (change: AccessChange) => kinds[change.kind] as unknown as ChangeType<z.ZodObject, { id: string }>

/** Makes the change. @throws whatever the verb throws */
export const applyWithin = <Kind extends ChangeKind>(
  tx: Transaction,
  ctx: CallContext,
  change: ChangeOf<Kind>,
): Promise<OutcomeOf<Kind>> => typeOf(change).apply(tx, ctx, change) as Promise<OutcomeOf<Kind>>

/** Whether it can touch anybody's access. */
export const isAboutAccess = (change: AccessChange): boolean => typeOf(change).isAboutAccess?.(change) ?? true

/** Whether it is made without a word where nobody loses anything. */
export const passesWithoutLoss = (change: AccessChange): boolean =>
  typeOf(change).needsWord === 'where_something_is_lost'

/** What it ends sooner than it would have ended. */
export const earlierEnds = async (tx: Transaction, ctx: CallContext, change: AccessChange): Promise<EarlierEnd[]> =>
  (await typeOf(change).earlierEnds?.(tx, ctx, change)) ?? []

/** Ids of the brands that are not there afterwards. */
export const brandsGone = (change: AccessChange): string[] => typeOf(change).brandsGone?.(change) ?? []

/** Whether it can be taken back as one, and a draft can hold it. */
export const isUndoable = (change: AccessChange): boolean => typeOf(change).inverse !== undefined

/**
 * Asked before the change is made.
 * @returns what takes it back, once it is known what was made
 * @throws AppError conflict (reason `not_undoable`) for a kind that cannot be taken back
 */
export async function inverseOf(
  tx: Transaction,
  ctx: CallContext,
  change: AccessChange,
): Promise<(made: readonly { id: string }[]) => AccessChange[]> {
  const inverse = await typeOf(change).inverse?.(tx, ctx, change)
  if (inverse !== undefined) return (made) => inverse(made).map(parseChange)
  throw new AppError('conflict', `A change of the kind ${change.kind} cannot be undone in one step`, {
    reason: 'not_undoable',
  })
}

/** Whether somebody has changed what it sets since that moment, by the clock of the database. */
export const changedSince = async (
  tx: Transaction,
  ctx: CallContext,
  change: AccessChange,
  moment: string,
): Promise<boolean> => (await typeOf(change).changedSince?.(tx, ctx, change, moment)) ?? false

/** What the button says that makes it. */
export const changeLabel = (change: AccessChange): string => typeOf(change).label

/** Whom it may concern. @throws AppError invalid */
export const affectedBy = (tx: Transaction, ctx: CallContext, change: AccessChange): Promise<Affected> =>
  typeOf(change).affected(tx, ctx, change)
