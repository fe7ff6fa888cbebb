// Making a setup link, and taking it back.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { issueToken } from '#platform/crypto.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { checkingField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission, requireReach } from '#src/context.ts'
import { domainName } from '../domains/domains.ts'
import { type SetupLinkRecord, setupLinkById } from './setup-links.ts'

const CreateSetupLinkInput = z.object({
  /** For whom: a name or an address, as the list of links shows it. */
  label: nameSchema,
  days: z.int().min(1, 'must be at least 1').max(30, 'must be at most 30').default(7),
  /** Whether the people of its directory wait until somebody lets them in. */
  arrivals: z.enum(['active', 'staged']).default('active'),
  /** E-mail domains that the holder may prove. */
  domains: z.array(z.string().trim()).max(20, 'must name at most 20 domains').default([]),
})

const insertLink = prepared<
  {
    organizationId: string
    id: string
    tokenHash: string
    label: string
    arrivals: string
    domains: string
    days: number
    now: string
    createdBy: string
  },
  never
>(
  (p) => sql`insert into setup_links (organization_id, id, token_hash, label, arrivals, domains, created_by, created_at,
      expires_at)
    values (${p.organizationId}, ${p.id}, ${p.tokenHash}, ${p.label}, ${p.arrivals}, ${p.domains}::jsonb, ${p.createdBy}, ${p.now}::timestamptz,
      now() + make_interval(days => ${p.days}::int))`,
)

/** @returns the link and its token, which is shown this once. @throws AppError invalid, forbidden */
export async function createSetupLink(
  ctx: CallContext,
  input: z.input<typeof CreateSetupLinkInput>,
): Promise<{ link: SetupLinkRecord; token: string }> {
  requirePermission(ctx, 'connections.write')
  requirePermission(ctx, 'directories.write')
  const { label, days, arrivals, ...given } = parseInput(CreateSetupLinkInput, input)
  const domains = await checkingField('domains', async () => [...new Set(given.domains.map(domainName))])
  const { plain, hash } = issueToken(ctx.randomBytes)
  const id = ctx.ids.next('stp')
  const { organizationId } = ctx
  const row = {
    ...{ organizationId, id, tokenHash: hash, label, arrivals, days, now: nowOf(ctx), createdBy: ctx.actor.id },
    domains: JSON.stringify(domains),
  }
  const audit = {
    action: 'setup_link.create',
    targetType: 'setup_link',
    targetId: id,
    detail: { label, days, arrivals, domains },
  } as const
  const link = await inTransaction(ctx, async (tx) => {
    // Whoever holds the link may do what its maker may, and nothing more.
    await requireReach(tx, ctx, { kind: 'directory', directoryId: null, adoption: 'verified_domain' })
    for (const name of domains) await requireReach(tx, ctx, { kind: 'domain', name })
    await tx.run(insertLink(row))
    const [, rows] = await tx.commitWith<unknown>(
      recordAudit(ctx, audit),
      setupLinkById({ organizationId, linkId: id }),
    )
    return (rows as SetupLinkRecord[] | undefined)?.[0]
  })
  if (link === undefined) throw notFound('Setup link')
  return { link, token: plain }
}

const revoke = prepared<{ organizationId: string; linkId: string; now: string }, { id: string }>(
  (p) => sql`update setup_links set revoked_at = coalesce(revoked_at, ${p.now}::timestamptz)
    where organization_id = ${p.organizationId} and id = ${p.linkId} returning id`,
)

/** The link no longer works; what it has made stays. @throws AppError not_found, forbidden */
export async function revokeSetupLink(ctx: CallContext, linkId: string): Promise<void> {
  requirePermission(ctx, 'connections.write')
  if (!isId('stp', linkId)) return refuseUnknown(ctx, 'Setup link')
  await inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(revoke({ organizationId: ctx.organizationId, linkId, now: nowOf(ctx) }))
    if (found === undefined) throw notFound('Setup link')
    await tx.commitWith(recordAudit(ctx, { action: 'setup_link.revoke', targetType: 'setup_link', targetId: linkId }))
  })
}
