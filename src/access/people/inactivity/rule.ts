// What becomes of people who are not here for long: one rule an organization, off until somebody switches it on.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { isoTime, prepared } from '#db/statement.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { requireEverything } from '../../ceiling/ceiling.ts'

const days = z.int().min(1, 'must be at least 1').max(3_650, 'must be at most 3650')

const Figures = z.object({
  /** Those alone whom no directory manages, or people of directories as well. */
  concerns: z.enum(['local', 'everybody']).default('local'),
  /** Days without activity after which somebody is warned. */
  warnDays: days,
  /** Days without activity after which they are deactivated, and never sooner after the warning than the two differ by. */
  deactivateDays: days,
  /** Days after that until they are erased, or as many as the organization keeps people for, if that is longer; null: never. */
  eraseDays: days.nullable().default(null),
})

export type InactivityFigures = z.output<typeof Figures>
export type InactivityFiguresInput = z.input<typeof Figures>

export type InactivityRule = InactivityFigures & {
  status: 'on' | 'off'
  /** When it ran last; null: not yet. */
  ranAt: string | null
  /** For so many days the organization keeps whoever is inactive, whatever the rule says: nobody is erased sooner. */
  keptDays: number
}

/** Days after the deactivation until the rule erases somebody; null: it does not. */
export const erasedAfterDays = ({
  eraseDays,
  keptDays,
}: Pick<InactivityRule, 'eraseDays' | 'keptDays'>): number | null =>
  eraseDays === null ? null : Math.max(eraseDays, keptDays)

/** With the moments from which on it counts, which are now for one that is not on yet. */
export type CountingRule = InactivityRule & { countsFrom: string | null; erasesFrom: string | null }

const usual: Omit<CountingRule, 'keptDays'> = {
  ...{ status: 'off', concerns: 'local', warnDays: 60, deactivateDays: 90, eraseDays: null, ranAt: null },
  ...{ countsFrom: null, erasesFrom: null },
}

type Key = { organizationId: string }

type Found = { rule: Omit<CountingRule, 'keptDays'> | null; keptDays: number }

const select = prepared<Key, Found>(
  (
    p,
  ) => sql`select o.erase_after_days as "keptDays", case when r.status is not null then json_build_object('status', r.status,
      'concerns', r.concerns, 'warnDays', r.warn_days, 'deactivateDays', r.deactivate_days, 'eraseDays', r.erase_days,
      'ranAt', ${isoTime(sql`r.ran_at`)}, 'countsFrom', ${isoTime(sql`r.counts_from`)}, 'erasesFrom', ${isoTime(sql`r.erases_from`)})
      end as rule
    from organizations o left join inactivity_rules r on r.organization_id = o.id where o.id = ${p.organizationId}`,
)

/** What was never saved is off. */
export async function readRule(tx: Transaction, { organizationId }: CallContext): Promise<CountingRule> {
  const [found] = await tx.run(select({ organizationId }))
  return { ...usual, ...found?.rule, keptDays: found?.keptDays ?? 0 }
}

/** Without what nobody outside needs. */
export const shown = ({ countsFrom: _, erasesFrom: __, ...rule }: CountingRule): InactivityRule => rule

/** @throws AppError forbidden */
export async function getInactivityRule(ctx: CallContext): Promise<InactivityRule> {
  requirePermission(ctx, 'organization.read')
  return shown(await inTransaction(ctx, (tx) => readRule(tx, ctx)))
}

/** @throws AppError invalid */
export function parseFigures(input: InactivityFiguresInput): InactivityFigures {
  const figures = parseInput(Figures, input)
  if (figures.deactivateDays <= figures.warnDays)
    throw invalidField('deactivateDays', 'must be more than the days until the warning')
  return figures
}

/** The figures as they would count if they were saved now. */
export function asSaved(before: CountingRule, figures: InactivityFigures, now: string): CountingRule {
  const wasOn = before.status === 'on'
  const isSooner = (before.eraseDays ?? Number.POSITIVE_INFINITY) > (figures.eraseDays ?? Number.POSITIVE_INFINITY)
  return {
    ...{ ...before, ...figures, status: 'on' as const },
    countsFrom: wasOn ? before.countsFrom : now,
    erasesFrom: wasOn && !isSooner ? before.erasesFrom : now,
  }
}

type Row = Key &
  InactivityFigures & { status: string; countsFrom: string | null; erasesFrom: string | null; by: string; now: string }

// Saved, it runs at once, so that whoever saves it sees what it does.
const upsert = prepared<Row, never>(
  (
    p,
  ) => sql`insert into inactivity_rules (organization_id, status, concerns, warn_days, deactivate_days, erase_days, counts_from,
      erases_from, updated_at, updated_by)
    values (${p.organizationId}, ${p.status}, ${p.concerns}, ${p.warnDays}::int, ${p.deactivateDays}::int, ${p.eraseDays}::int,
      coalesce(${p.countsFrom}, ${p.now})::timestamptz, coalesce(${p.erasesFrom}, ${p.now})::timestamptz, ${p.now}::timestamptz, ${p.by})
    on conflict (organization_id) do update set status = excluded.status, concerns = excluded.concerns,
      warn_days = excluded.warn_days, deactivate_days = excluded.deactivate_days, erase_days = excluded.erase_days,
      counts_from = excluded.counts_from, erases_from = excluded.erases_from, ran_at = null, updated_at = excluded.updated_at,
      updated_by = excluded.updated_by`,
)

const lock = prepared<Key, unknown>(
  (p) => sql`select 1 from organizations where id = ${p.organizationId} for no key update`,
)

async function save(ctx: CallContext, change: (before: CountingRule) => CountingRule): Promise<InactivityRule> {
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    await tx.run(lock({ organizationId }))
    const before = await readRule(tx, ctx)
    const after = { ...change(before), ranAt: null }
    if (after.status === 'on') await requireEverything(tx, ctx, 'A rule by which people are deactivated')
    const { concerns, warnDays, deactivateDays, eraseDays, status, countsFrom, erasesFrom } = after
    const row = { concerns, warnDays, deactivateDays, eraseDays, status, countsFrom, erasesFrom }
    const entry = { action: 'inactivity_rule.save', targetType: 'organization', targetId: organizationId } as const
    await tx.commitWith(
      upsert({ ...row, organizationId, by: ctx.actor.id, now: nowOf(ctx) }),
      recordAudit(ctx, { ...entry, detail: { before: shown(before), after: shown(after) } }),
    )
    return shown(after)
  })
}

/**
 * Switches the rule on with these figures. Whoever is concerned is warned first, however long they have been away: nobody is
 * deactivated before the days between warning and deactivation have passed since then.
 * @throws AppError invalid; forbidden (reasons `permission`; `ceiling` for whoever does not hold everything)
 */
export async function saveInactivityRule(ctx: CallContext, input: InactivityFiguresInput): Promise<InactivityRule> {
  requirePermission(ctx, 'organization.write')
  const figures = parseFigures(input)
  return save(ctx, (before) => asSaved(before, figures, nowOf(ctx)))
}

/** Nobody is warned, deactivated or erased by it any more; the figures stay. @throws AppError forbidden */
export async function switchInactivityRuleOff(ctx: CallContext): Promise<InactivityRule> {
  requirePermission(ctx, 'organization.write')
  return save(ctx, (before) => ({ ...before, status: 'off' }))
}
