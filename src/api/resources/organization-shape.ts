// How organizations look to keys of an organization and to keys of the platform.
import { z } from '@hono/zod-openapi'
import { slug, time } from '../contract/schemas.ts'

export const administratorBrandAccess = z.enum(['explicit', 'implicit']).openapi({
  description: 'Whether an administrator of the organization has access to brands without a membership there',
})

export const secondPerson = z.enum(['never', 'privileged']).openapi({
  description: '`privileged`: rights over others are given by drafts alone that a second person has approved',
})

export const roleStrategy = z.enum(['union', 'highest']).openapi({
  description: 'Whether several roles in one scope unite, or only those of the highest rank count',
})

export const externalId = z.string().nullable().openapi({ description: 'Your own id of it; each is given once' })

export const metadata = z.record(z.string(), z.string()).openapi({
  description: 'What you keep about it: up to 50 entries; its own people never see it',
  example: { plan: 'enterprise' },
})

export const seatLimit = z
  .object({
    seats: z.number().int(),
    rule: z.enum(['warn', 'hold']).openapi({
      description: '`hold`: whoever a directory or a first sign-in brings beyond it waits to be let in',
    }),
  })
  .nullable()
  .openapi({ description: 'How many people may be active; null: any number. Nobody who is active is touched by it' })

export const Organization = z
  .object({
    id: z.string(),
    slug,
    name: z.string(),
    status: z.enum(['active', 'suspended']),
    administratorBrandAccess,
    roleStrategy,
    secondPerson,
    createdAt: time,
    updatedAt: time,
    externalId: externalId.optional(),
    metadata: metadata.optional(),
    seatLimit: seatLimit.optional(),
    deletionDueAt: time.nullable().optional().openapi({ description: 'When it is erased; null unless it was deleted' }),
  })
  .openapi('Organization', {
    description: '`externalId`, `metadata`, `seatLimit` and `deletionDueAt` are for platform keys alone',
  })
