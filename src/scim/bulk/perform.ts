// One operation of a bulk request, carried out as the request of its own that it stands for.
import type { JsonObject } from '#directory/schema/canonical.ts'
import { parseOperations } from '../patch/operations.ts'
import { entityTag } from '../resources/user.ts'
import type { Asker, Place } from '../write/asker.ts'
import { createGroupOf, patchGroup, removeGroup, replaceGroup } from '../write/groups.ts'
import { createUser, patchUser, removeUser, replaceUser } from '../write/users.ts'
import type { BulkOperation } from './operations.ts'

export type Written = { id: string; status: 200 | 201 | 204; version: string | undefined }

type Writes = {
  create(asker: Asker, data: JsonObject): Promise<{ id: string; version: number }>
  replace(asker: Asker, place: Place, data: JsonObject): Promise<number>
  patch(asker: Asker, place: Place, data: JsonObject): Promise<number>
  remove(asker: Asker, place: Place): Promise<void>
}

const users: Writes = {
  create: createUser,
  replace: async (asker, place, data) => (await replaceUser(asker, place, data)).version,
  patch: async (asker, place, data) => (await patchUser(asker, place, parseOperations(data, asker.note))).version,
  remove: removeUser,
}

const groups: Writes = {
  create: async (asker, data) => (await createGroupOf(asker, data)).group,
  replace: replaceGroup,
  patch: (asker, place, data) => patchGroup(asker, place, parseOperations(data, asker.note)),
  remove: removeGroup,
}

/** @throws AppError as the write does */
export async function perform(
  asker: Asker,
  { method, resource, version }: BulkOperation,
  { id, data }: { id: string; data: JsonObject },
): Promise<Written> {
  const writes = resource === 'Users' ? users : groups
  const place = { id, version }
  if (method === 'POST') {
    const created = await writes.create(asker, data)
    return { id: created.id, status: 201, version: entityTag(created.version) }
  }
  if (method === 'DELETE') {
    await writes.remove(asker, place)
    return { id, status: 204, version: undefined }
  }
  const write = method === 'PUT' ? writes.replace : writes.patch
  return { id, status: 200, version: entityTag(await write(asker, place, data)) }
}
