// How holdings look in the API: a role, where, and through what.
import { z } from '@hono/zod-openapi'
import { brandReference, roleReference, teamSource, time } from '../contract/schemas.ts'

export const HoldingSource = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('mapping'),
      mappingId: z.string(),
      path: z.array(z.object({ id: z.string(), displayName: z.string() })),
      filter: z.string().nullable(),
      since: time.nullable().openapi({ description: 'Since when they are a member of the first group' }),
    }),
    z.object({
      type: z.literal('direct'),
      assignmentId: z.string(),
      reason: z.string(),
      sponsor: z.string().nullable(),
      since: time,
      expiresAt: time.nullable(),
      reviewAt: time.nullable(),
    }),
    z.object({ ...teamSource, since: time }),
  ])
  .openapi('HoldingSource')

export const rankedRole = roleReference.extend({ rank: z.number().int() })

export const HeldRole = z.object({ role: rankedRole, brand: brandReference, source: HoldingSource }).openapi('HeldRole')

const IdleAssignment = z
  .object({
    id: z.string(),
    role: roleReference,
    brand: brandReference,
    reason: z.string(),
    sponsor: z.string().nullable(),
    validFrom: time.nullable(),
    expiresAt: time.nullable(),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('IdleAssignment', { description: 'A direct assignment that is not in force' })

export const idle = {
  upcoming: z.array(IdleAssignment).openapi({ description: 'Direct assignments that have yet to begin' }),
  ended: z.array(IdleAssignment).openapi({ description: 'Direct assignments that have ended' }),
}

export const person = z.object({
  id: z.string(),
  userName: z.string(),
  displayName: z.string().nullable(),
  status: z.enum(['invited', 'active', 'inactive', 'erased']),
  statusReason: z.string().nullable(),
})
