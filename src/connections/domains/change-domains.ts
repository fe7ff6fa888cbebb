// A domain is claimed, proven by DNS or by the operator's word, checked again on schedule, and given up.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, requireReach } from '#src/context.ts'
import { type DomainRecord, domainColumns, domainName, getDomain, lockDomainRow, txtRecordOf } from './domains.ts'

const insertDomain = prepared<
  { organizationId: string; id: string; name: string; challenge: string; isVerified: boolean; now: string },
  DomainRecord
>(
  (
    p,
  ) => sql`insert into domains as d (organization_id, id, name, status, challenge, verified_by, verified_at, created_at)
    values (${p.organizationId}, ${p.id}, ${p.name}, case when ${p.isVerified}::boolean then 'verified' else 'pending' end,
      ${p.challenge}, case when ${p.isVerified}::boolean then 'operator' end,
      case when ${p.isVerified}::boolean then ${p.now}::timestamptz end, ${p.now}::timestamptz)
    on conflict (organization_id, name) do update set
      status = case when excluded.status = 'verified' then 'verified' else d.status end,
      verified_by = coalesce(excluded.verified_by, d.verified_by), verified_at = coalesce(excluded.verified_at, d.verified_at)
    returning ${domainColumns}`,
)

const writeStatus = prepared<
  { organizationId: string; id: string; status: string; verifiedBy: string | null; now: string },
  DomainRecord
>(
  (
    p,
  ) => sql`update domains d set status = ${p.status}, checked_at = ${p.now}::timestamptz, verified_by = ${p.verifiedBy},
      verified_at = case when ${p.status} = 'verified' then coalesce(d.verified_at, ${p.now}::timestamptz) else d.verified_at end
    where d.organization_id = ${p.organizationId} and d.id = ${p.id} returning ${domainColumns}`,
)

const removeRow = prepared<{ organizationId: string; id: string }, never>(
  (p) => sql`delete from domains where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/**
 * Claims a domain; doing it again is no error. `isVerified` is the operator's word in place of a DNS record, for callers
 * who act for the whole installation. @throws AppError invalid; forbidden; conflict where another organization has it
 */
export async function addDomain(
  ctx: CallContext,
  input: { name: string; isVerified?: boolean },
): Promise<DomainRecord> {
  requirePermission(ctx, 'connections.write')
  const { isVerified = false } = input
  if (isVerified && ctx.actor.type !== 'operator')
    throw new AppError('forbidden', 'Only the operator may vouch for a domain; prove it by DNS', {
      reason: 'permission',
    })
  const { organizationId } = ctx
  const [name, id, now] = [domainName(input.name), ctx.ids.next('dom'), nowOf(ctx)]
  const challenge = ctx.randomBytes(16).toString('hex')
  const insert = insertDomain({ organizationId, id, name, challenge, isVerified, now })
  const detail = { name, verifiedBy: isVerified ? 'operator' : null }
  const audit = recordAudit(ctx, { action: 'domain.add', targetType: 'domain', targetId: id, detail })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith<DomainRecord>(insert, audit)).catch(taken)
  return rows?.[0] as DomainRecord
}

/**
 * Looks for the TXT record. Found, the domain is verified; a verified one whose record is gone lapses, and lets nobody in any
 * more. A resolver that fails changes nothing. @throws AppError not_found; conflict where another organization has it
 */
export async function verifyDomain(ctx: CallContext, reference: string): Promise<DomainRecord> {
  requirePermission(ctx, 'connections.write')
  const known = await getDomain(ctx, reference)
  if (known.verifiedBy === 'operator') return known
  const wanted = txtRecordOf(known)
  const records = await ctx.resolveTxt(wanted.name).catch((cause: unknown) => {
    throw new AppError('unavailable', 'DNS did not answer; try again shortly', { reason: 'dns', cause })
  })
  const isProven = records.some((record) => record.trim() === wanted.value)
  return inTransaction(ctx, async (tx) => {
    const before = await lockDomainRow(tx, ctx, known.id)
    if (isProven && before.status !== 'verified') await requireReach(tx, ctx, { kind: 'domain', name: before.name })
    const status = isProven ? 'verified' : before.status === 'verified' ? 'lapsed' : before.status
    const { organizationId } = ctx
    const verifiedBy = isProven ? 'dns' : before.verifiedBy
    const write = writeStatus({ organizationId, id: before.id, status, verifiedBy, now: nowOf(ctx) })
    const detail = { name: before.name, status, before: before.status }
    const audit = recordAudit(ctx, { action: 'domain.verify', targetType: 'domain', targetId: before.id, detail })
    const [rows] = await tx.commitWith<DomainRecord>(...(status === before.status ? [write] : [write, audit]))
    return rows?.[0] ?? before
  }).catch(taken)
}

const writeConnections = prepared<
  { organizationId: string; id: string; connectionIds: readonly string[] },
  { known: number }
>(
  (p) => sql`with wanted as (select c.id from connections c where c.organization_id = ${p.organizationId}
      and c.id = any (${p.connectionIds}::text[])),
    dropped as (delete from domain_connections where organization_id = ${p.organizationId} and domain_id = ${p.id}
      and connection_id <> all (${p.connectionIds}::text[])),
    added as (insert into domain_connections (organization_id, domain_id, connection_id)
      select ${p.organizationId}, ${p.id}, id from wanted on conflict do nothing)
    select count(*)::int as known from wanted`,
)

const BindInput = z.strictObject({ domain: z.string(), connectionIds: z.array(z.string()).max(50) })

/**
 * Says which connections may link and create people by addresses in the domain: these and no others; none stands for all.
 * @throws AppError not_found; invalid where the organization has no such connection; forbidden (reason `ceiling`)
 */
export async function bindDomain(ctx: CallContext, input: z.input<typeof BindInput>): Promise<DomainRecord> {
  requirePermission(ctx, 'connections.write')
  const wanted = parseInput(BindInput, input)
  const connectionIds = [...new Set(wanted.connectionIds)].toSorted()
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const before = await lockDomainRow(tx, ctx, wanted.domain)
    const { id, name } = before
    await requireReach(tx, ctx, { kind: 'domain', name })
    const [written] = await tx.run(writeConnections({ organizationId, id, connectionIds }))
    if (written?.known !== connectionIds.length) throw invalidField('connectionIds', 'There is no such connection')
    const detail = { name, connectionIds, before: before.connectionIds }
    await tx.commitWith(recordAudit(ctx, { action: 'domain.bind', targetType: 'domain', targetId: id, detail }))
    return { ...before, connectionIds }
  })
}

/** Gives a domain up: nobody is routed or linked by it any more. @throws AppError not_found */
export async function removeDomain(ctx: CallContext, reference: string): Promise<void> {
  requirePermission(ctx, 'connections.write')
  await inTransaction(ctx, async (tx) => {
    const domain = await lockDomainRow(tx, ctx, reference)
    if (domain.status === 'verified') await requireReach(tx, ctx, { kind: 'domain', name: domain.name })
    const audit = {
      action: 'domain.remove',
      targetType: 'domain',
      targetId: domain.id,
      detail: { name: domain.name },
    } as const
    await tx.commitWith(removeRow({ organizationId: ctx.organizationId, id: domain.id }), recordAudit(ctx, audit))
  })
}

function taken(error: unknown): never {
  if (error instanceof AppError && error.code === 'conflict')
    throw new AppError('conflict', 'Another organization has proven this domain', {
      reason: 'uniqueness',
      cause: error,
    })
  throw error
}
