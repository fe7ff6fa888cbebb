// Organizations as the platform sees them: those that the caller reaches, with what it keeps about them for itself.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { requirePlatform, requireReached } from '../../ground/platform-rights.ts'
import { type OrganizationRecord, organizationColumns } from '../../organizations/organizations.ts'
import type { SeatLimit } from '../../organizations/seats.ts'

export type PlatformOrganization = OrganizationRecord & {
  /** The platform's own id of it. */
  externalId: string | null
  /** The platform's own words about it. */
  metadata: Record<string, string>
  /** How many people it may have active; null: any number. */
  seatLimit: SeatLimit | null
  /** When it is erased; null unless it was deleted. */
  deletionDueAt: string | null
}

/** Of `organizations o` and `platform_organizations p`. */
const columns = sql`${organizationColumns}, p.external_id as "externalId", coalesce(p.metadata, '{}') as metadata,
  p.deletion_due_at as "deletionDueAt", seat_limit_of(o.id) as "seatLimit"`

const source = sql`organizations o left join platform_organizations p on p.organization_id = o.id`

export type OrganizationFilter = {
  /** The id that the page begins after. */
  after?: string | undefined
  limit: number
  /** Of the name or the slug. */
  q?: string | undefined
  status?: 'active' | 'suspended' | 'deleting' | undefined
  externalId?: string | undefined
}

type Wanted = {
  after: string | null
  limit: number
  q: string | null
  status: string | null
  externalId: string | null
  reach: string
  ids: readonly string[]
}

const selectPage = prepared<Wanted, PlatformOrganization>(
  (p) => sql`select ${columns} from ${source}
    where (${p.after}::text is null or o.id > ${p.after})
      and (${p.q}::text is null or strpos(lower(o.name), lower(${p.q})) > 0 or strpos(o.slug, lower(${p.q})) > 0)
      and (${p.status}::text is null or ${p.status} = case when p.deletion_due_at is null then o.status else 'deleting' end)
      and (${p.externalId}::text is null or p.external_id = ${p.externalId})
      and (${p.reach} = 'all' or (o.id = any (${p.ids}::text[])) = (${p.reach} = 'only'))
    order by o.id limit ${p.limit}::int`,
)

/** In order of creation. @throws AppError forbidden */
export async function searchOrganizations(
  ctx: CallContext,
  filter: OrganizationFilter,
): Promise<PlatformOrganization[]> {
  requirePlatform(ctx, 'organizations.read')
  const { after = null, q = null, status = null, externalId = null, limit } = filter
  const { reach = 'all', organizationIds: ids = [] } = ctx.platform ?? {}
  const statement = selectPage({ after, limit, q, status, externalId, reach, ids })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

const selectOne = prepared<{ reference: string }, PlatformOrganization>(
  (p) => sql`select ${columns} from ${source} where o.id = ${p.reference} or o.slug = ${p.reference}`,
)

const lockOne = prepared<{ reference: string }, { id: string }>(
  (p) => sql`select o.id from organizations o where o.id = ${p.reference} or o.slug = ${p.reference} for no key update`,
)

/** By id or slug. @throws AppError forbidden; not_found, also for one out of reach */
export function getPlatformOrganization(ctx: CallContext, reference: string): Promise<PlatformOrganization> {
  requirePlatform(ctx, 'organizations.read')
  return inTransaction(ctx, (tx) => organizationWithin(tx, ctx, reference))
}

/** The same, inside a transaction of the platform. @throws AppError not_found */
export async function organizationWithin(
  tx: Transaction,
  ctx: CallContext,
  reference: string,
): Promise<PlatformOrganization> {
  if (reference.includes('\0')) throw notFound('Organization')
  const [found] = await tx.run(selectOne({ reference }))
  if (found === undefined) throw notFound('Organization')
  requireReached(ctx, found.id)
  return found
}

/** As it is, and nobody else changes it until the transaction ends. @throws AppError not_found */
export async function lockedWithin(
  tx: Transaction,
  ctx: CallContext,
  reference: string,
): Promise<PlatformOrganization> {
  if (reference.includes('\0')) throw notFound('Organization')
  await tx.run(lockOne({ reference }))
  return organizationWithin(tx, ctx, reference)
}

const putFacts = prepared<
  {
    organizationId: string
    externalId: string | null
    metadata: string
    deletionDueAt: string | null
    deletionBy: string
  },
  never
>(
  (
    p,
  ) => sql`insert into platform_organizations as x (organization_id, external_id, metadata, deletion_due_at, deletion_by)
    values (${p.organizationId}, ${p.externalId}, ${p.metadata}::jsonb, ${p.deletionDueAt}::timestamptz,
      case when ${p.deletionDueAt}::timestamptz is not null then ${p.deletionBy} end)
    on conflict (organization_id) do update set external_id = excluded.external_id, metadata = excluded.metadata,
      deletion_due_at = excluded.deletion_due_at, deletion_by = case when excluded.deletion_due_at is null then null
        when ${p.deletionBy} = '' then x.deletion_by else excluded.deletion_by end`,
)

type Facts = Pick<PlatformOrganization, 'id' | 'externalId' | 'metadata' | 'deletionDueAt'>

/** What the platform keeps about it, as it is from now on. @param deletedBy who deletes it; '' where it is as before */
export const saveFacts = ({ id, externalId, metadata, deletionDueAt }: Facts, deletedBy = '') =>
  putFacts({
    ...{ organizationId: id, externalId, metadata: JSON.stringify(metadata), deletionDueAt },
    deletionBy: deletedBy,
  })

const standing = prepared<{ organizationId: string }, { isErasing: boolean; hasOperators: boolean }>(
  (p) => sql`select exists (select from platform_organizations p
      where p.organization_id = ${p.organizationId} and p.erasing_since is not null) as "isErasing",
    exists (select from platform_operators o where o.organization_id = ${p.organizationId}) as "hasOperators"`,
)

/**
 * What is being erased does not come back, and whoever runs the installation does not lock themselves out.
 * @throws AppError conflict (reasons `erasing`, `operators_organization`)
 */
export async function requireKept(
  tx: Transaction,
  { platform }: CallContext,
  organizationId: string,
  { endsAccess = false } = {},
): Promise<void> {
  const [found] = await tx.run(standing({ organizationId }))
  if (found?.isErasing === true)
    throw new AppError('conflict', 'The organization is being erased; it cannot be had back', { reason: 'erasing' })
  if (endsAccess && platform !== undefined && found?.hasOperators === true)
    throw new AppError(
      'conflict',
      'The operators of this installation are people of this organization: use the command line',
      {
        reason: 'operators_organization',
      },
    )
}
