// Deleted organizations whose time is over: erased for good, a few thousand rows at a time.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { platformId, type Services } from '#src/context.ts'
import { systemContext } from '../../ground/system-context.ts'

type Erasing = { organizationId: string; slug: string; isGone: boolean }

const eraseSome = prepared<{ limit: number }, { organizationId: string | null; slug: string; isGone: boolean }>(
  (p) =>
    sql`select organization_id as "organizationId", slug, is_gone as "isGone" from erase_due_organization(${p.limit}::int)`,
)

const rowsAtOnce = 2_000

/**
 * Erases rows of one organization that is due. @returns how far it came; undefined where none is due
 * @throws AppError unavailable
 */
async function eraseSomeRows(services: Services, limit: number): Promise<Erasing | undefined> {
  const ctx = systemContext(services, platformId)
  return services.database.transaction(ctx.entry, async (tx) => {
    const [row] = await tx.run(eraseSome({ limit }))
    if (row === undefined || row.organizationId === null) return undefined
    const { organizationId, slug, isGone } = row
    const target = { targetType: 'organization', targetId: organizationId } as const
    if (isGone) await tx.run(recordAudit(ctx, { action: 'organization.erase', ...target, detail: { slug } }))
    return { organizationId, slug, isGone }
  })
}

const rounds = 25

/**
 * Those that are due, one after the other, as far as one run comes: the next one goes on.
 * @returns the slugs of those that are gone. @throws AppError unavailable
 */
export async function eraseDueOrganizations(services: Services, limit = rowsAtOnce): Promise<string[]> {
  const gone: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    const erasing = await eraseSomeRows(services, limit)
    if (erasing === undefined) break
    if (erasing.isGone) gone.push(erasing.slug)
  }
  return gone
}
