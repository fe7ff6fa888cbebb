// Whether operators may come into the console of the organization. Its administrators decide, and nobody else: neither a key nor
// the operators themselves.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { endAllWithin, requireOwnWord } from './support-accesses.ts'

export const supportModes = ['never', 'on_request', 'open'] as const

export type SupportConsent = {
  mode: (typeof supportModes)[number]
  /** Where it is open: whether whoever comes in may change something. */
  mayWrite: boolean
  /** Where it is open: until when. */
  openUntil: string | null
}

/** A week: longer is a habit. */
export const mostOpenHours = 168

const none: SupportConsent = { mode: 'never', mayWrite: false, openUntil: null }

// What was open until a time is closed afterwards.
export const selectConsent = prepared<{ organizationId: string; now: string }, SupportConsent>(
  (p) => sql`select c.mode, c.may_write as "mayWrite", c.open_until as "openUntil" from support_consents c
    where c.organization_id = ${p.organizationId} and (c.mode <> 'open' or c.open_until > ${p.now}::timestamptz)`,
)

/** @throws AppError forbidden */
export async function getSupportConsent(ctx: CallContext): Promise<SupportConsent> {
  requirePermission(ctx, 'organization.read')
  const statement = selectConsent({ organizationId: ctx.organizationId, now: nowOf(ctx) })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0] ?? none
}

const put = prepared<{ organizationId: string; mode: string; mayWrite: boolean; openUntil: string | null }, never>(
  (p) => sql`insert into support_consents (organization_id, mode, may_write, open_until)
    values (${p.organizationId}, ${p.mode}, ${p.mayWrite}::boolean, ${p.openUntil}::timestamptz)
    on conflict (organization_id) do update set mode = excluded.mode, may_write = excluded.may_write,
      open_until = excluded.open_until`,
)

const ConsentInput = z
  .object({
    mode: z.enum(supportModes),
    mayWrite: z.boolean().default(false),
    /** Where it is open: for how long. */
    hours: z.int().min(1).max(mostOpenHours).optional(),
  })
  .refine(({ mode, hours }) => (mode === 'open') === (hours !== undefined), {
    path: ['hours'],
    message: 'Say for how many hours it is open, and only then',
  })

/**
 * Closed, whoever is in is out with their next request, and what was asked for is refused.
 * @throws AppError invalid; forbidden; unauthenticated (reason `fresh_proof`)
 */
export async function setSupportConsent(
  ctx: CallContext,
  input: z.input<typeof ConsentInput>,
): Promise<SupportConsent> {
  requirePermission(ctx, 'organization.write')
  const { mode, mayWrite, hours } = parseInput(ConsentInput, input)
  if (mode !== 'never') requireOwnWord(ctx)
  const openUntil = hours === undefined ? null : new Date(ctx.clock.now().getTime() + hours * 3_600_000).toISOString()
  const consent: SupportConsent = { mode, mayWrite: mode === 'open' && mayWrite, openUntil }
  const { organizationId } = ctx
  const target = { targetType: 'organization', targetId: organizationId } as const
  return inTransaction(ctx, async (tx) => {
    await tx.run(put({ organizationId, ...consent }))
    if (mode === 'never') await endAllWithin(tx, ctx)
    await tx.commitWith(recordAudit(ctx, { action: 'support.consent', ...target, detail: { ...consent } }))
    return consent
  })
}
