// An operator asks to come into an organization's console. Whether anybody comes in at all, the organization has said before.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { requireOperator } from '../../ground/platform-rights.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import { accessColumns, accessWithin, type SupportAccess } from '../../organizations/support/support-accesses.ts'
import { type SupportConsent, selectConsent } from '../../organizations/support/support-consent.ts'
import { inside } from '../organizations/inside.ts'
import { organizationWithin } from '../organizations/platform-organizations.ts'

export const supportMinutes = { least: 5, most: 480 } as const

const RequestInput = z.object({
  reason: z.string().trim().min(1).max(500),
  minutes: z.int().min(supportMinutes.least).max(supportMinutes.most).default(60),
  wantsWrite: z.boolean().default(false),
})

/** What the organization has said; in a transaction inside of it. */
export async function consentWithin(tx: Transaction, ctx: CallContext): Promise<SupportConsent | undefined> {
  const [found] = await tx.run(selectConsent({ organizationId: ctx.organizationId, now: nowOf(ctx) }))
  return found === undefined || found.mode === 'never' ? undefined : found
}

export const notAllowed = (): AppError =>
  new AppError(
    'conflict',
    'The organization lets no support in: ask its administrators to allow it in their settings',
    {
      reason: 'support_not_allowed',
    },
  )

type Row = {
  organizationId: string
  id: string
  operatorId: string
  name: string
  reason: string
  minutes: number
  wantsWrite: boolean
  mayWrite: boolean
  status: string
  now: string
}

const insert = prepared<Row, never>(
  (
    p,
  ) => sql`insert into support_accesses (organization_id, id, operator_id, operator_name, reason, minutes, wants_write,
      may_write, status, requested_at, decided_at)
    values (${p.organizationId}, ${p.id}, ${p.operatorId}, ${p.name}, ${p.reason}, ${p.minutes}::int,
      ${p.wantsWrite}::boolean, ${p.mayWrite}::boolean, ${p.status}, ${p.now}::timestamptz,
      case when ${p.status} = 'granted' then ${p.now}::timestamptz end)`,
)

const nameOf = prepared<{ userId: string }, { name: string }>(
  (p) => sql`select o.name from platform_operators o where o.user_id = ${p.userId}`,
)

/**
 * Granted at once where the organization is open, and as far as it is; otherwise its administrators are told and decide.
 * @param ctx of an operator in person
 * @throws AppError invalid; forbidden; not_found; conflict (reason `support_not_allowed`); unauthenticated (reason `fresh_proof`)
 */
export async function requestSupport(
  ctx: CallContext,
  organization: string,
  input: z.input<typeof RequestInput>,
): Promise<SupportAccess> {
  requireOperator(ctx)
  const { reason, minutes, wantsWrite } = parseInput(RequestInput, input)
  const id = ctx.ids.next('sup')
  return inTransaction(ctx, async (tx) => {
    const [operator] = await tx.run(nameOf({ userId: ctx.actor.id }))
    if (operator === undefined) throw new AppError('forbidden', 'Only operators come in as support')
    const { id: organizationId } = await organizationWithin(tx, ctx, organization)
    const target = { targetType: 'support_access', targetId: id } as const
    await tx.run(
      recordAudit(ctx, { action: 'support.request', ...target, detail: { organizationId, minutes, wantsWrite } }),
    )
    return inside(tx, ctx, organizationId, async (own) => {
      const consent = await consentWithin(tx, own)
      if (consent === undefined) throw notAllowed()
      const isOpen = consent.mode === 'open'
      const row = { organizationId, id, operatorId: ctx.actor.id, name: operator.name, reason, minutes, wantsWrite }
      const granted = { status: isOpen ? 'granted' : 'requested', mayWrite: isOpen && wantsWrite && consent.mayWrite }
      await tx.run(insert({ ...row, ...granted, now: nowOf(ctx) }))
      const byId = { ...own, actor: { type: 'support', id } as const }
      await tx.run(recordAudit(byId, { action: 'support.request', ...target, detail: { minutes, wantsWrite } }))
      const detail = { supportAccessId: id, operator: operator.name, words: reason, wantsWrite }
      if (!isOpen) await tx.run(raiseAlarm(byId, { kind: 'support_request', detail }))
      return accessWithin(tx, own, id)
    })
  })
}

const selectOwn = prepared<{ organizationId: string; operatorId: string }, SupportAccess>(
  (p) => sql`select ${accessColumns(p.organizationId)} from support_accesses a
    where a.organization_id = ${p.organizationId} and a.operator_id = ${p.operatorId}
    order by a.requested_at desc, a.id desc limit 20`,
)

/** What the operator has asked this organization, the newest first, and what it has said. @throws AppError forbidden, not_found */
export async function ownSupport(
  ctx: CallContext,
  organization: string,
): Promise<{ mode: SupportConsent['mode']; accesses: SupportAccess[] }> {
  return inTransaction(ctx, async (tx) => {
    const { id: organizationId } = await organizationWithin(tx, ctx, organization)
    return inside(tx, ctx, organizationId, async (own) => {
      const consent = await consentWithin(tx, own)
      const accesses = await tx.run(selectOwn({ organizationId, operatorId: ctx.actor.id }))
      return { mode: consent?.mode ?? 'never', accesses }
    })
  })
}
