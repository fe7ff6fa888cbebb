// People of an organization in a test, and what they hold.
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { provisionUser } from '#directory/provision-user.ts'
import type { TestOrganization } from './app.ts'

type Organization = Pick<TestOrganization, 'ctx'>

/** An active local person. @returns their id */
export async function createPerson(
  { ctx }: Organization,
  userName = 'amara@example.com',
  displayName: string | null = null,
): Promise<string> {
  const content = { userName, externalId: null, displayName, isActive: true, attributes: {} }
  return (await provisionUser(ctx, { directoryId: null, content })).id
}

/** Gives a role by its key. */
export async function giveRole(
  { ctx }: Organization,
  assignment: { userId: string; role: string; brandId?: string; expiresAt?: string },
): Promise<void> {
  const { role: key, ...rest } = assignment
  const role = (await listRoles(ctx)).find((each) => each.key === key)
  if (role === undefined) throw new Error(`There is no role ${key}`)
  await createAssignment(ctx, { ...rest, roleId: role.id, reason: 'Works here' })
}
