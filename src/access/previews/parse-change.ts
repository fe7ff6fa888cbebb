// A change as a page carries it from its preview to where it is saved. What is in it is checked by the verbs; here it is made sure
// that it is one.
import { z } from 'zod'
import { parseInput } from '#platform/input.ts'
import type { AccessChange } from './change.ts'

const id = z.string().max(100)
const ids = z.array(id).min(1).max(1_000)

const Change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('create_mappings'),
    mappings: z
      .array(z.looseObject({ groupId: id.nullish(), filter: z.string().nullish() }))
      .min(1)
      .max(1_000),
  }),
  z.object({ kind: z.literal('delete_mappings'), mappingIds: ids }),
  z.object({ kind: z.literal('update_role'), role: z.looseObject({ roleId: id }) }),
  z.object({ kind: z.literal('create_policy'), policy: z.looseObject({}) }),
  z.object({ kind: z.literal('delete_policy'), policyId: id }),
  z.object({ kind: z.literal('update_organization'), organization: z.looseObject({}) }),
  z.object({ kind: z.literal('delete_assignments'), assignmentIds: ids }),
  z.object({ kind: z.literal('remove_members'), groupId: id, memberIds: ids }),
  z.object({ kind: z.literal('delete_group'), groupId: id }),
  z.object({ kind: z.literal('delete_brand'), brandId: id }),
  z.object({ kind: z.literal('admit_arrivals'), directoryId: id }),
])

/** @throws AppError invalid */
export const parseChange = (input: unknown): AccessChange => parseInput(Change, input) as AccessChange
