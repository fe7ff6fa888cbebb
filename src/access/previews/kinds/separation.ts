// Rules that keep two roles or permissions apart, and exceptions from them.
import { z } from 'zod'
import { createExceptionWithin } from '../../grants/separation/create-exception.ts'
import { findRule } from '../../grants/separation/rules.ts'
import {
  createSeparationWithin,
  deleteSeparationWithin,
  updateSeparationWithin,
} from '../../grants/separation/write-rule.ts'
import { id, permission, timeInput } from './fields.ts'
import { defineChange, idsOf, oneByOne, removeEach, usersAffected } from './kind.ts'

const side = z
  .strictObject({ roleId: id.nullish(), permission: permission.nullish() })
  .meta({ description: 'A role or a permission, one of the two' })

const words = {
  name: z.string(),
  purpose: z.string(),
  mode: z.enum(['watch', 'enforce']),
  exceptRoleIds: z.array(id),
}

export const createSeparation = defineChange({
  fields: z.strictObject({
    rule: z.strictObject({
      ...{ ...words, first: side, second: side },
      ...{ mode: words.mode.optional(), exceptRoleIds: words.exceptRoleIds.optional() },
    }),
  }),
  label: 'Save this change',
  apply: (tx, ctx, { rule }) => oneByOne([rule], (each) => createSeparationWithin(tx, ctx, each)),
  affected: async () => 'everybody',
  inverse: async () => (made) => idsOf(made).map((ruleId) => ({ kind: 'delete_separation', ruleId })),
})

export const updateSeparation = defineChange({
  fields: z.strictObject({ ruleId: id, ...z.strictObject(words).partial().shape }),
  label: 'Save this change',
  apply: async (tx, ctx, change) => [await updateSeparationWithin(tx, ctx, change)],
  affected: async () => 'everybody',
  isAboutAccess: ({ mode, exceptRoleIds }) => mode !== undefined || exceptRoleIds !== undefined,
  inverse: async (tx, ctx, { ruleId }) => {
    const { name, purpose, mode, exceptRoles } = await findRule(tx, ctx, ruleId)
    const was = { name, purpose, mode, exceptRoleIds: exceptRoles.map(({ id: roleId }) => roleId) }
    return () => [{ kind: 'update_separation', ruleId, ...was }]
  },
})

export const deleteSeparation = defineChange({
  fields: z.strictObject({ ruleId: id }),
  label: 'Delete the rule',
  apply: (tx, ctx, { ruleId }) => removeEach([ruleId], (each) => deleteSeparationWithin(tx, ctx, each)),
  affected: async () => 'everybody',
})

export const createException = defineChange({
  fields: z.strictObject({
    exception: z.strictObject({
      ...{ ruleId: id, userId: id, brandId: id.nullish() },
      ...{ reason: z.string(), sponsor: z.string().nullish(), expiresAt: timeInput },
    }),
  }),
  label: 'Save this change',
  apply: (tx, ctx, { exception }) => oneByOne([exception], (each) => createExceptionWithin(tx, ctx, each)),
  affected: async (_tx, _ctx, { exception }) => usersAffected([exception]),
  inverse: async () => (made) => [{ kind: 'delete_assignments', assignmentIds: idsOf(made) }],
})
