// An organization that moves from one directory to another.
import { z } from 'zod'
import { moveDirectoryWithin, usersOfMove } from '../../people/adoption/move-directory.ts'
import { id } from './fields.ts'
import { defineChange, nobody } from './kind.ts'

export const moveDirectory = defineChange({
  fields: z.strictObject({
    fromDirectoryId: id,
    toDirectoryId: id,
    groups: z.array(z.strictObject({ from: id, to: id })).max(500),
  }),
  label: 'Move, and switch the old directory off',
  apply: async (tx, ctx, move) => [await moveDirectoryWithin(tx, ctx, move)],
  affected: async (tx, ctx, move) => ({
    ...nobody,
    userIds: await usersOfMove(tx, ctx, move),
    groupIds: move.groups.flatMap(({ from, to }) => [from, to]),
  }),
})
