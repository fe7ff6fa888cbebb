// Rules that keep two roles or permissions apart, and exceptions from them.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { createExceptionWithin } from '../../grants/separation/create-exception.ts'
import { findRule, type SideRecord } from '../../grants/separation/rules.ts'
import {
  createSeparationWithin,
  deleteSeparationWithin,
  updateSeparationWithin,
} from '../../grants/separation/write-rule.ts'
import { id, permission, timeInput } from './fields.ts'
import { asBefore, defineChange, idsOf, oneByOne, removeEach, usersAffected } from './kind.ts'

const side = z
  .strictObject({ roleId: id.nullish(), permission: permission.nullish() })
  .meta({ description: 'A role or a permission, one of the two' })

const words = {
  name: z.string(),
  purpose: z.string(),
  mode: z.enum(['watch', 'enforce']),
  exceptRoleIds: z.array(id),
}

const recordedAfter = prepared<{ organizationId: string; ruleId: string; moment: string }, { id: string }>(
  (p) => sql`select id from separation_rules where organization_id = ${p.organizationId} and id = ${p.ruleId}
    and recorded_at > ${p.moment}::timestamptz`,
)

/** Whoever is excepted, as it is made anew with a rule. */
const excepted = z.strictObject({ userId: id, brandId: id.nullish(), reason: z.string(), expiresAt: timeInput })

export const createSeparation = defineChange({
  fields: z.strictObject({
    rule: z.strictObject({
      ...{ ...words, first: side, second: side },
      ...{ mode: words.mode.optional(), exceptRoleIds: words.exceptRoleIds.optional() },
    }),
    exceptions: z.array(excepted).max(500).optional(),
  }),
  label: 'Save this change',
  apply: async (tx, ctx, { rule, exceptions = [] }) => {
    const made = await createSeparationWithin(tx, ctx, rule)
    for (const exception of exceptions) await createExceptionWithin(tx, ctx, { ruleId: made.id, ...exception })
    return [made]
  },
  affected: async () => 'everybody',
  inverse: async () => (made) => idsOf(made).map((ruleId) => ({ kind: 'delete_separation', ruleId })),
})

export const updateSeparation = defineChange({
  fields: z.strictObject({ ruleId: id, ...z.strictObject(words).partial().shape }),
  label: 'Save this change',
  apply: async (tx, ctx, change) => [await updateSeparationWithin(tx, ctx, change)],
  affected: async () => 'everybody',
  isAboutAccess: ({ mode, exceptRoleIds }) => mode !== undefined || exceptRoleIds !== undefined,
  changedSince: async (tx, { organizationId }, { ruleId }, moment) =>
    (await tx.run(recordedAfter({ organizationId, ruleId, moment }))).length > 0,
  inverse: async (tx, ctx, { ruleId, ...changes }) => {
    const { name, purpose, mode, exceptRoles } = await findRule(tx, ctx, ruleId)
    const before = { name, purpose, mode, exceptRoleIds: exceptRoles.map(({ id: roleId }) => roleId) }
    return () => [{ kind: 'update_separation', ruleId, ...asBefore(before, changes) }]
  },
})

export const deleteSeparation = defineChange({
  fields: z.strictObject({ ruleId: id }),
  label: 'Delete the rule',
  apply: (tx, ctx, { ruleId }) => removeEach([ruleId], (each) => deleteSeparationWithin(tx, ctx, each)),
  affected: async () => 'everybody',
  inverse: async (tx, ctx, { ruleId }) => {
    const { name, purpose, mode, first, second, exceptRoles, exceptions } = await findRule(tx, ctx, ruleId)
    const sideOf = ({ role, permission: held }: SideRecord) => ({ roleId: role?.id ?? null, permission: held })
    const rule = { name, purpose, mode, first: sideOf(first), second: sideOf(second) }
    const kept = exceptions.map(({ user, brand, reason, expiresAt }) => ({
      ...{ userId: user.id, brandId: brand?.id ?? null, reason, expiresAt },
    }))
    const exceptRoleIds = exceptRoles.map(({ id: roleId }) => roleId)
    return () => [{ kind: 'create_separation', rule: { ...rule, exceptRoleIds }, exceptions: kept }]
  },
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
