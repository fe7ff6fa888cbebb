// The organization whose sign-in page says whose it is, to anybody who knows its slug.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { Services } from '#src/context.ts'
import { slugSchema } from '../ground/slug.ts'

const resolve = prepared<{ slug: string }, { organizationId: string }>(
  (p) => sql`select organization_id as "organizationId" from resolve_named_organization(${p.slug})`,
)

/** Undefined where there is none of this slug, and where there is one that keeps to itself. @throws AppError unavailable */
export async function resolveNamedOrganization(
  services: Services,
  slug: string | undefined,
): Promise<string | undefined> {
  if (!slugSchema.safeParse(slug).success) return undefined
  const [found] = await services.database.run(resolve({ slug: slug ?? '' }))
  return found?.organizationId
}
