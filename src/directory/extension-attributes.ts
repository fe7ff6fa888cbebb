// The attributes of extensions beside the standard ones that a directory has sent, or that were registered for it. What is sent
// is noted by a trigger (note_extension_attributes).
import { sql } from 'drizzle-orm'
import { entered, prepared } from '#db/statement.ts'
import { type CallContext, inOneStatement, requirePermission } from '#src/context.ts'

export type ExtensionAttribute = {
  resource: 'User' | 'Group'
  /** As it is spelled in the values that are stored. */
  urn: string
  /** A path for a sub-attribute: `door.front`. */
  name: string
  type: 'string' | 'boolean' | 'integer' | 'decimal' | 'dateTime' | 'reference' | 'binary' | 'complex'
  multiValued: boolean
  /** Registered, rather than inferred from what was sent. */
  isGiven: boolean
}

const select = prepared<{ directoryId: string }, ExtensionAttribute>(
  (p) => sql`with ${entered} select found.* from entered cross join lateral (
    select x.resource, x.urn, x.name, x.type, x.multi_valued as "multiValued", x.is_given as "isGiven"
    from extension_attributes x
    where x.organization_id = entered.organization_id and x.directory_id = ${p.directoryId}
    order by x.resource, x.key offset 0) found`,
)

/** In the order of their names. @throws AppError */
export function listExtensionAttributes(ctx: CallContext, directoryId: string): Promise<ExtensionAttribute[]> {
  requirePermission(ctx, 'users.read')
  return inOneStatement(ctx, select({ directoryId }))
}
