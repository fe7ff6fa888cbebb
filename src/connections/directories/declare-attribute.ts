// An attribute of an extension is registered for a directory: its type is what was said, whatever is sent.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { lockDirectoryRow } from './directories.ts'

export const attributeTypes = [
  'string',
  'boolean',
  'integer',
  'decimal',
  'dateTime',
  'reference',
  'binary',
  'complex',
] as const

const standard = /^urn:ietf:params:scim:/i

const DeclareAttributeInput = z.object({
  directoryId: z.string(),
  resource: z.enum(['User', 'Group']),
  urn: z
    .string()
    .max(256)
    .regex(/^urn:[a-z0-9][a-z0-9-]{0,31}:[^\s"[\]]+$/i, 'must be a URN')
    .refine((urn) => !standard.test(urn), 'is a standard schema, whose attributes are known'),
  /** A path for a sub-attribute: `door.front`. */
  name: z
    .string()
    .max(128)
    .regex(/^[a-z$_][\w$-]*(\.[a-z$_][\w$-]*)?$/i, 'must be the name of an attribute, or attribute.sub'),
  type: z.enum(attributeTypes),
  multiValued: z.boolean().default(false),
})

type Parameters = {
  organizationId: string
  directoryId: string
  resource: string
  urn: string
  name: string
  type: string
  multiValued: boolean
  now: string
}

const declare = prepared<Parameters, never>(
  (
    p,
  ) => sql`insert into extension_attributes (organization_id, directory_id, resource, key, urn, name, type, multi_valued,
      is_given, created_at)
    values (${p.organizationId}, ${p.directoryId}, ${p.resource}, lower(${p.urn}::text || ':' || ${p.name}::text), ${p.urn},
      ${p.name}, ${p.type}, ${p.multiValued}, true, ${p.now}::timestamptz)
    on conflict (organization_id, directory_id, resource, key)
      do update set type = excluded.type, multi_valued = excluded.multi_valued, is_given = true`,
)

/** @throws AppError not_found, invalid */
export async function declareAttribute(ctx: CallContext, input: z.input<typeof DeclareAttributeInput>): Promise<void> {
  requirePermission(ctx, 'directories.write')
  const { directoryId, ...attribute } = parseInput(DeclareAttributeInput, input)
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  await inTransaction(ctx, async (tx) => {
    await lockDirectoryRow(tx, ctx, directoryId)
    const key = { organizationId: ctx.organizationId, directoryId }
    const entry = { action: 'directory.declare_attribute', targetType: 'directory', targetId: directoryId } as const
    await tx.commitWith<unknown>(
      declare({ ...key, ...attribute, now: nowOf(ctx) }),
      recordAudit(ctx, { ...entry, detail: attribute }),
    )
  })
}
