// Writes of groups, as those of users. Members are not read: a write tells the id and the version.
import { withAdoptedMembers } from '#access/people/adoption/directory-writes.ts'
import { createGroup } from '#directory/create-group.ts'
import { deleteGroup } from '#directory/delete-group.ts'
import type { GroupRecord } from '#directory/groups.ts'
import { groupSchema } from '#directory/schema/attributes.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import { updateGroup } from '#directory/update-group.ts'
import type { Operation } from '../patch/operations.ts'
import { refuseTextForExtension, withFullNames } from '../query/schema.ts'
import { groupFromBody, groupPatch } from '../resources/group.ts'
import type { Asker, Place } from './asker.ts'

/** @returns the group, and whether it has members, which are not read */
export async function createGroupOf(
  asker: Asker,
  body: JsonObject,
): Promise<{ group: GroupRecord; hasMembers: boolean }> {
  const { ctx, directoryId } = asker
  await refuseTextForExtension(asker, groupSchema, body)
  const { content, memberIds } = groupFromBody(body)
  const members = [{ kind: 'add', ids: memberIds } as const]
  const group = await withAdoptedMembers(ctx, { directoryId, members }, () =>
    createGroup(ctx, { directoryId, content, memberIds }),
  )
  return { group, hasMembers: memberIds.length > 0 }
}

/** @returns the version */
export async function replaceGroup(asker: Asker, { id, version }: Place, body: JsonObject): Promise<number> {
  const { ctx, directoryId } = asker
  await refuseTextForExtension(asker, groupSchema, body)
  const { content, memberIds } = groupFromBody(body)
  const members = [{ kind: 'replace', ids: memberIds } as const]
  return withAdoptedMembers(ctx, { directoryId, members }, () =>
    updateGroup(ctx, { groupId: id, directoryId, expectedVersion: version, change: () => content, members }),
  )
}

/** @returns the version */
export async function patchGroup(asker: Asker, { id, version }: Place, operations: Operation[]): Promise<number> {
  const { ctx, directoryId, note } = asker
  const named = await withFullNames(asker, groupSchema, operations)
  const change = groupPatch(named, note)
  return withAdoptedMembers(ctx, { directoryId, members: change.members ?? [] }, () =>
    updateGroup(ctx, { groupId: id, directoryId, expectedVersion: version, ...change }),
  )
}

export const removeGroup = ({ ctx, directoryId }: Asker, { id, version }: Place): Promise<void> =>
  deleteGroup(ctx, { groupId: id, directoryId, expectedVersion: version })
