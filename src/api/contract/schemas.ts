// The shapes that more than one resource has.
import { z } from '@hono/zod-openapi'

export const time = z.string().openapi({ format: 'date-time', example: '2030-01-31T12:00:00.000Z' })

export const timeInput = z
  .string()
  .openapi({ format: 'date-time', description: 'Date and time with offset, in the future where it is an end' })

/** A moment of the past; now where it is left out. */
export const moment = z.string().max(50).optional().openapi({
  format: 'date-time',
  description: 'As it was at that moment, back to the beginning of the organization’s history; now without it',
})

export const slug = z.string().openapi({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', example: 'northwind' })

export const brandReference = z.object({ id: z.string(), slug: z.string(), name: z.string() }).nullable()

export const roleReference = z.object({ id: z.string(), key: z.string(), name: z.string() })

/** Null in this place alone: `nullable` of a schema with a name would say so wherever the name stands. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.null()])

export const permissionName = z.string().openapi({ example: 'content.publish' })

/** Through which team a role is held. */
export const teamSource = {
  type: z.literal('team'),
  teamRoleId: z.string(),
  team: z.object({ id: z.string(), name: z.string() }).openapi({
    description: 'The team that holds the role; they are in it, or in a team within it',
  }),
  reason: z.string(),
  expiresAt: time.nullable(),
}

/** Through what a role is held. */
export const sourceSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('mapping'),
      mappingId: z.string(),
      path: z
        .array(z.object({ id: z.string(), displayName: z.string() }))
        .openapi({ description: 'From the group that the user is a member of to the group that is mapped' }),
      filter: z.string().nullable().openapi({ description: 'The SCIM filter, where the mapping is by one' }),
    }),
    z.object({
      type: z.literal('direct'),
      assignmentId: z.string(),
      reason: z.string(),
      expiresAt: time.nullable(),
    }),
    z.object(teamSource),
  ])
  .openapi('AssignmentSource')

export const decisionSchema = z
  .object({
    allowed: z.boolean(),
    step: z
      .enum(['status', 'scope', 'permission', 'deny', 'team'])
      .openapi({ description: 'The step that settled it' }),
    reason: z.enum([
      'granted',
      'administrator_implicit',
      'organization_suspended',
      'organization_unknown',
      'user_unknown',
      'user_invited',
      'user_inactive',
      'brand_unknown',
      'no_brand_access',
      'no_role',
      'not_granted',
      'denied',
      'separation_of_duties',
      'team_restriction',
      'asset_creator',
      'asset_assigned',
      'asset_unknown',
    ]),
    chain: z.array(
      z.object({
        effect: z.enum(['allow', 'deny']),
        permission: z.string(),
        role: roleReference.nullable().openapi({ description: 'Null where a policy or a rule is the source' }),
        brand: z.string().nullable(),
        source: z.union([
          sourceSchema,
          z.object({ type: z.literal('policy'), policyId: z.string(), name: z.string() }).openapi('PolicySource'),
          z.object({ type: z.literal('separation'), ruleId: z.string(), name: z.string() }).openapi('SeparationSource'),
        ]),
      }),
    ),
  })
  .openapi('Decision')

/** What a program may do: an API key, or a machine. */
export const keyScopeShape = {
  access: z.enum(['everything', 'decisions', 'permissions']).openapi({
    description:
      '`decisions`: asks what people may do, and nothing else; `permissions`: what the list of them lets people do',
  }),
  permissions: z
    .array(z.string())
    .nullable()
    .openapi({ example: ['users.manage', 'roles.assign'] }),
  brandIds: z.array(z.string()).nullable().openapi({ description: 'Null: in the whole organization' }),
  addressRanges: z
    .array(z.string())
    .nullable()
    .openapi({ example: ['192.0.2.0/24'] }),
}
