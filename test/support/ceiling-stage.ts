// What tests of the ceiling furnish an organization with, in a line each.
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { updateLocalUser } from '#access/people/local.ts'
import type { AccessChange } from '#access/previews/change.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import { createGroup } from '#directory/create-group.ts'
import { contentOf } from '#directory/user-content.ts'
import type { CallContext } from '#src/context.ts'
import type { TestOrganization } from './app.ts'
import { createPerson } from './people.ts'

/** Shown, then saved, as the console does it. */
export async function make(ctx: CallContext, change: AccessChange): Promise<void> {
  const { hash } = await previewChange(ctx, change)
  await saveChange(ctx, change, hash)
}

export const give = (ctx: CallContext, userId: string, role: string, more: object = {}) =>
  createAssignment(ctx, { userId, roleId: role, reason: 'Test', ...more })

export const map = (ctx: CallContext, target: object, role: string, brandId: string | null = null) =>
  make(ctx, { kind: 'create_mappings', mappings: [{ ...target, roleId: role, brandId }] })

export const policy = (permission: string, exceptRoleIds: string[] = [], brandId: string | null = null) =>
  ({
    kind: 'create_policy',
    policy: { name: `P ${permission} ${Math.random()}`, permission, exceptRoleIds, brandId },
  }) as const

export const attribute = (ctx: CallContext, userId: string, attributes: object) =>
  updateLocalUser(ctx, {
    userId,
    change: (current) => ({ ...contentOf(current), attributes: { ...current.attributes, ...attributes } }),
  })

/** By whoever set the organization up, with no ceiling. */
export function furnishing(organization: () => TestOrganization) {
  const roleId = async (key: string): Promise<string> =>
    (await listRoles(organization().ctx)).find((role) => role.key === key)?.id ?? ''
  return {
    roleId,
    person: async (name: string, role?: string): Promise<string> => {
      const userName = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`
      const id = await createPerson(organization(), userName, name)
      if (role !== undefined) await give(organization().ctx, id, await roleId(role))
      return id
    },
    role: (allows: string[], denies: string[] = [], rank = 20) => {
      const key = `r${Math.random().toString(36).slice(2)}`
      return createRole(organization().ctx, { key, name: 'R', purpose: 'R', rank, allows, denies })
    },
    group: async (memberIds: string[] = []): Promise<string> => {
      const content = { displayName: `G${Math.random()}`, externalId: null, attributes: {} }
      return (await createGroup(organization().ctx, { directoryId: null, content, memberIds })).id
    },
  }
}
