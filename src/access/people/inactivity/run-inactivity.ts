// The rule on inactivity at work, once a day: whoever is due is warned, deactivated by the one door out, or erased, each in a
// transaction of their own or in small batches.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { inactivityLetter } from '#words/letters/inactivity.ts'
import { knownZone } from '#words/zones.ts'
import { organizationName } from '../../notices/alarms/organization-name.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import { deactivateUserWithin } from '../status/deactivate-user.ts'
import { eraseUser } from '../status/erase-user.ts'
import { type DueAct, dueActs, type InactivityAct, isExcepted, lastSeen, outlookParameters } from './outlook.ts'
import { type CountingRule, readRule } from './rule.ts'

type Key = { organizationId: string; userId: string }

type Warned = { email: string | null; timeZone: string | null }

/** No row for somebody who was here meanwhile, or has been warned by another node. */
const warn = prepared<Key & { since: string; countsFrom: string; deactivatesAt: string; now: string }, Warned>(
  (p) => sql`with away as (
      select u.organization_id, u.id, ${emailColumn} as email, ${timeZoneColumn} as "timeZone" from users u
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'active' and u.deleted_at is null
        and ${lastSeen} = ${p.since}::timestamptz and not ${isExcepted} for no key update),
    warned as (
      insert into inactivity_notices (organization_id, user_id, warned_at, is_mailed, deactivates_at)
      select organization_id, id, ${p.now}::timestamptz, email is not null, ${p.deactivatesAt}::timestamptz from away
      on conflict (organization_id, user_id) do update set warned_at = excluded.warned_at, is_mailed = excluded.is_mailed,
        deactivates_at = excluded.deactivates_at, deactivated_at = null, deactivated_in = null
      where inactivity_notices.warned_at < ${p.since}::timestamptz or inactivity_notices.warned_at < ${p.countsFrom}::timestamptz
      returning 1)
    select email, "timeZone" from away where exists (select from warned)`,
)

const away = prepared<Key & { since: string }, { one: number }>(
  (p) => sql`select 1 as one from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
    and u.status = 'active' and u.deleted_at is null and ${lastSeen} = ${p.since}::timestamptz and not ${isExcepted}
    for no key update`,
)

const noteDeactivated = prepared<Key & { runId: string; deactivatedAt: string }, never>(
  (p) => sql`update inactivity_notices set deactivated_at = ${p.deactivatedAt}::timestamptz, deactivated_in = ${p.runId}
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

type Counts = { warned: number; deactivated: number; erased: number; refused: number }

const noteRun = prepared<Counts & { organizationId: string; runId: string; now: string }, never>(
  (p) => sql`insert into inactivity_runs (organization_id, id, ran_at, warned, deactivated, erased, refused)
    values (${p.organizationId}, ${p.runId}, ${p.now}::timestamptz, ${p.warned}::int, ${p.deactivated}::int, ${p.erased}::int,
      ${p.refused}::int)`,
)

const noteRan = prepared<{ organizationId: string }, never>(
  (p) => sql`update inactivity_rules set ran_at = now() where organization_id = ${p.organizationId}`,
)

type Run = { id: string; rule: CountingRule; organization: string }

const figuresOf = ({ rule: { warnDays, deactivateDays, eraseDays } }: Run) => ({ warnDays, deactivateDays, eraseDays })

/** Does what the rule of the organization says to be due; nothing where it is off. @param ctx the worker's */
export async function runInactivity(ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  const [rule, organization] = await inTransaction(ctx, async (tx) => [
    await readRule(tx, ctx),
    await organizationName(tx, ctx),
  ])
  if (rule.status === 'off') return
  const run: Run = { id: ctx.ids.next('inr'), rule, organization }
  const counts = { warned: 0, deactivated: 0, erased: 0, refused: 0 }
  for await (const people of dueOf(ctx, run, 'warn'))
    await inTransaction(ctx, async (tx) => {
      for (const person of people) if (await warnOne(tx, ctx, run, person)) counts.warned += 1
    })
  for await (const people of dueOf(ctx, run, 'deactivate'))
    for (const person of people) {
      const outcome = await deactivateOne(ctx, run, person)
      if (outcome !== 'meanwhile') counts[outcome] += 1
    }
  for await (const people of dueOf(ctx, run, 'erase'))
    for (const person of people) if (await eraseOne(ctx, person)) counts.erased += 1
  await inTransaction(ctx, async (tx) => {
    await tx.run(noteRan({ organizationId }))
    if (Object.values(counts).every((count) => count === 0)) return
    await tx.run(noteRun({ ...counts, organizationId, runId: run.id, now: nowOf(ctx) }))
    const entry = { action: 'inactivity_rule.run', targetType: 'organization', targetId: organizationId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { run: run.id, ...figuresOf(run), ...counts } }))
  })
}

const atOnce = 100

async function* dueOf(ctx: CallContext, { rule }: Run, act: InactivityAct): AsyncGenerator<DueAct[]> {
  const parameters = { ...outlookParameters(ctx, rule, 0), act, limit: atOnce }
  for (let after = ''; ; ) {
    const [people = []] = await inTransaction(ctx, (tx) => tx.commitWith(dueActs({ ...parameters, after })))
    const last = people.at(-1)
    if (last === undefined) return
    yield people
    after = last.userId
  }
}

async function warnOne(tx: Transaction, ctx: CallContext, run: Run, person: DueAct): Promise<boolean> {
  const { userId, since, deactivatesAt } = person
  const { organizationId } = ctx
  const { countsFrom } = outlookParameters(ctx, run.rule, 0)
  const [warned] = await tx.run(warn({ organizationId, userId, since, countsFrom, deactivatesAt, now: nowOf(ctx) }))
  if (warned === undefined) return false
  const { email, timeZone } = warned
  if (email !== null) {
    const signInUrl = ctx.urls.page('/account')
    const about = { organization: run.organization, since, deactivatesAt, signInUrl, zone: knownZone(timeZone) }
    const letter = inactivityLetter(about)
    await queueMail(tx, ctx, { kind: 'inactivity', to: email, readerId: userId, letter, targetId: userId })
  }
  const detail = { run: run.id, ...figuresOf(run), since, deactivatesAt, isMailed: email !== null }
  await tx.run(recordAudit(ctx, { action: 'user.inactivity_warning', targetType: 'user', targetId: userId, detail }))
  return true
}

async function deactivateOne(
  worker: CallContext,
  run: Run,
  { userId, userName, displayName, since }: DueAct,
): Promise<'deactivated' | 'refused' | 'meanwhile'> {
  // One moment, by which it is known whether it is still this deactivation that holds.
  const at = worker.clock.now()
  const ctx: CallContext = { ...worker, clock: { now: () => at } }
  const key = { organizationId: ctx.organizationId, userId }
  const { warnDays, deactivateDays } = run.rule
  const note = `Not here since ${since}: warned after ${warnDays} days, deactivated after ${deactivateDays} (run ${run.id})`
  try {
    return await inTransaction(ctx, async (tx) => {
      const [still] = await tx.run(away({ ...key, since }))
      if (still === undefined) return 'meanwhile'
      await tx.run(noteDeactivated({ ...key, runId: run.id, deactivatedAt: nowOf(ctx) }))
      await deactivateUserWithin(tx, ctx, { userId, note }, 'inactivity')
      return 'deactivated'
    })
  } catch (error) {
    if (!(error instanceof AppError && error.reason === 'last_administrator')) throw error
    const detail = { userId, userName, displayName }
    await inTransaction(ctx, (tx) => tx.commitWith(raiseAlarm(ctx, { kind: 'inactivity_refused', detail })))
    return 'refused'
  }
}

/** False where something has changed since it was looked up; it is looked at again tomorrow. */
async function eraseOne(ctx: CallContext, { userId, userName }: DueAct): Promise<boolean> {
  try {
    await eraseUser(ctx, { userId, confirm: userName })
    return true
  } catch (error) {
    if (error instanceof AppError && ['conflict', 'not_found', 'invalid'].includes(error.code)) return false
    throw error
  }
}
