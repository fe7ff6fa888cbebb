// Organizations as they are named on the command line.
import { findOrganization } from '#access/organizations/organizations.ts'
import { notFound } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'

/** The ids of organizations by their slugs or ids. @throws AppError not_found */
export async function organizationIdsOf(ctx: CallContext, references: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const reference of references) {
    const found = await findOrganization(ctx, reference)
    if (found === undefined) throw notFound(`Organization ${reference}`)
    ids.push(found.id)
  }
  return ids
}
