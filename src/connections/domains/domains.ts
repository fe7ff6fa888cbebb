// E-mail domains that organizations claim. Verified, a domain routes people to the organization's provider and lets an
// e-mail address in it count; it then belongs to one organization of the installation.
import { domainToASCII } from 'node:url'
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'

export type DomainRecord = {
  id: string
  name: string
  status: 'pending' | 'verified' | 'lapsed'
  challenge: string
  verifiedBy: 'dns' | 'operator' | null
  verifiedAt: string | null
  checkedAt: string | null
  createdAt: string
  /** The connections that may vouch for addresses in it; none: all of the organization. */
  connectionIds: string[]
}

/** The columns of a DomainRecord, for `domains d`. */
export const domainColumns = sql`d.id, d.name, d.status, d.challenge, d.verified_by as "verifiedBy",
  d.verified_at as "verifiedAt", d.checked_at as "checkedAt", d.created_at as "createdAt",
  (select coalesce(json_agg(dc.connection_id order by dc.connection_id), '[]') from domain_connections dc
    where dc.organization_id = d.organization_id and dc.domain_id = d.id) as "connectionIds"`

/** Where the TXT record goes, and what it has to say. */
export const txtRecordOf = (domain: Pick<DomainRecord, 'name' | 'challenge'>): { name: string; value: string } => ({
  name: `_rolecall.${domain.name}`,
  value: `rolecall-domain-verification=${domain.challenge}`,
})

/** The domain in the form of DNS: lower case, punycode. @throws AppError invalid */
export function domainName(text: string): string {
  const name = domainToASCII(text.trim().replace(/^@/, '').replace(/\.$/, '').toLowerCase())
  const isName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(name)
  if (!isName) throw invalid('This is not a domain such as example.com', 'invalidValue')
  return name
}

/** The domain of an e-mail address, or undefined where it has none that DNS could know. */
export function domainOf(email: string): string | undefined {
  const at = email.lastIndexOf('@')
  if (at < 1) return undefined
  try {
    return domainName(email.slice(at + 1))
  } catch {
    return undefined
  }
}

const selectDomains = prepared<{ organizationId: string; after: string | null; limit: number | null }, DomainRecord>(
  (p) => sql`select ${domainColumns} from domains d
    where d.organization_id = ${p.organizationId} and (${p.after}::text is null or d.id > ${p.after})
    order by d.id limit ${p.limit}::int`,
)

const lockDomain = prepared<{ organizationId: string; reference: string }, DomainRecord>(
  (p) => sql`select ${domainColumns} from domains d
    where d.organization_id = ${p.organizationId} and (d.id = ${p.reference} or d.name = ${p.reference})
    for no key update`,
)

const verifiedOwner = prepared<{ name: string }, { organizationId: string }>(
  (p) => sql`select organization_id as "organizationId" from resolve_domain(${p.name})`,
)

/** Whether a domain is verified for the context's organization, as a statement. */
export const isVerifiedDomain = prepared<{ organizationId: string; name: string }, { isVerified: boolean }>(
  (p) => sql`select exists (select from domains d where d.organization_id = ${p.organizationId} and d.name = ${p.name}
    and d.status = 'verified') as "isVerified"`,
)

export type VerifiedDomain = {
  /** Whether the connection may link and create people by addresses in the domain. */
  mayVouch: boolean
  /** Whether the domain is the connection's own: bound to it, or to none while there is no other connection. */
  isOwn: boolean
}

type VerifiedDomainKey = { organizationId: string; name: string; connectionId: string }

/** What a verified domain of the organization is to a connection: a VerifiedDomain; no row where it is not verified. */
export const selectVerified = (p: { [key in keyof VerifiedDomainKey]: SQL }): SQL => sql`select
      b.bound = 0 or b.is_bound as "mayVouch",
      b.is_bound or (b.bound = 0 and not exists (select from connections c where c.organization_id = d.organization_id
        and c.id <> ${p.connectionId} and c.status <> 'disabled')) as "isOwn"
    from domains d cross join lateral (
      select count(*) as bound, coalesce(bool_or(dc.connection_id = ${p.connectionId}), false) as is_bound
      from domain_connections dc where dc.organization_id = d.organization_id and dc.domain_id = d.id) b
    where d.organization_id = ${p.organizationId} and d.name = ${p.name} and d.status = 'verified'`

/** The same as a statement. */
export const verifiedDomain = prepared<VerifiedDomainKey, VerifiedDomain>(selectVerified)

/** Home realm discovery: the organization that has proven the domain. @throws AppError unavailable */
export async function resolveDomain(database: Database, name: string): Promise<string | undefined> {
  const [owner] = await database.read(verifiedOwner({ name }))
  return owner?.organizationId
}

/** In order of creation. @throws AppError forbidden */
export async function listDomains(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<DomainRecord[]> {
  requirePermission(ctx, 'connections.read')
  const { organizationId } = ctx
  const statement = selectDomains({ organizationId, after: page.after ?? null, limit: page.limit ?? null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** By id or name, locked until the transaction ends. @throws AppError not_found */
export async function lockDomainRow(tx: Transaction, ctx: CallContext, reference: string): Promise<DomainRecord> {
  const [domain] = await tx.run(lockDomain({ organizationId: ctx.organizationId, reference: reference.toLowerCase() }))
  if (domain === undefined) throw notFound('Domain')
  return domain
}

/** By id or name. @throws AppError not_found */
export async function getDomain(ctx: CallContext, reference: string): Promise<DomainRecord> {
  requirePermission(ctx, 'connections.read')
  if (!isId('dom', reference) && !reference.includes('.')) return refuseUnknown(ctx, 'Domain')
  return inTransaction(ctx, (tx) => lockDomainRow(tx, ctx, reference))
}
