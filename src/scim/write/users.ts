// Writes of users (RFC 7644 §3.3, §3.5, §3.6): from a message to the verb. All throw AppError as the verbs and their parsers do.
import {
  deleteFromDirectory,
  provisionFromDirectory,
  updateFromDirectory,
} from '#access/people/adoption/directory-writes.ts'
import { userSchema } from '#directory/schema/attributes.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import type { UserRecord } from '#directory/users.ts'
import { applyOperations } from '../patch/apply.ts'
import type { Operation } from '../patch/operations.ts'
import { refuseTextForExtension, withFullNames } from '../query/schema.ts'
import { contentFromBody, contentFromDocument, documentOfUser } from '../resources/user.ts'
import type { Asker, Place } from './asker.ts'

export async function createUser(asker: Asker, body: JsonObject): Promise<UserRecord> {
  const { ctx, directoryId } = asker
  await refuseTextForExtension(asker, userSchema, body)
  return provisionFromDirectory(ctx, { directoryId, content: contentFromBody(body) })
}

export async function replaceUser(asker: Asker, { id, version }: Place, body: JsonObject): Promise<UserRecord> {
  const { ctx, directoryId } = asker
  await refuseTextForExtension(asker, userSchema, body)
  const content = contentFromBody(body)
  return updateFromDirectory(ctx, { userId: id, directoryId, expectedVersion: version, change: () => content })
}

export async function patchUser(asker: Asker, { id, version }: Place, operations: Operation[]): Promise<UserRecord> {
  const { ctx, directoryId, note } = asker
  const named = await withFullNames(asker, userSchema, operations)
  const change = (current: UserRecord) => {
    const before = documentOfUser(current)
    return contentFromDocument(applyOperations(userSchema, before, named, { id: current.id, note }), before)
  }
  return updateFromDirectory(ctx, { userId: id, directoryId, expectedVersion: version, change })
}

export const removeUser = ({ ctx, directoryId }: Asker, { id, version }: Place): Promise<void> =>
  deleteFromDirectory(ctx, { userId: id, directoryId, expectedVersion: version })
