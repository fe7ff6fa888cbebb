// What there is to do in an organization, by kind. A run does what is due at the moment; what is done twice does no harm.

import { deliverLogouts } from '#access/applications/deliver-logouts.ts'
import { beginChecklists } from '#access/checklists/begin-checklists.ts'
import { applyDueDrafts } from '#access/drafts/apply-draft.ts'
import { notifyAlarms } from '#access/notices/alarms/notify-alarms.ts'
import { runAbsences } from '#access/people/absence/run-absences.ts'
import { learnBrakes } from '#access/people/brake/learn-brakes.ts'
import { continueUserChanges } from '#access/people/bulk/continue-user-changes.ts'
import { sendAccessDigests } from '#access/people/digest/send-digests.ts'
import { runInactivity } from '#access/people/inactivity/run-inactivity.ts'
import { runReportSchedules } from '#access/reports/run-schedules.ts'
import { runReviews } from '#access/reviews/run-reviews.ts'
import { endExpiredSessions } from '#access/sign-in/sessions/end-sessions.ts'
import { warnOfCertificates } from '#access/upkeep/certificates.ts'
import { askForDrill } from '#access/upkeep/emergency-drill.ts'
import { endAccounts, proposeReturns } from '#access/upkeep/end-dates.ts'
import { eraseDeleted, listDueForErasing } from '#access/upkeep/erase-deleted.ts'
import { remindOfEnds } from '#access/upkeep/remind.ts'
import { removeOld } from '#access/upkeep/retention.ts'
import { endUnsponsored } from '#access/upkeep/sponsors.ts'
import type { WorkKind } from '#access/upkeep/work.ts'
import { sealEvents } from '#audit/seal/seal-events.ts'
import { verifyDomain } from '#connections/domains/change-domains.ts'
import { type DomainRecord, listDomains } from '#connections/domains/domains.ts'
import { type Connection, listConnections, type SamlConnection } from '#connections/sign-in/connections.ts'
import { refreshMetadata } from '#connections/sign-in/refresh-metadata.ts'
import type { Log } from '#platform/log.ts'
import type { CallContext } from '#src/context.ts'

export type Job = (ctx: CallContext, log: Log) => Promise<unknown>

/** Kinds without a job wait for a node that has one. */
export type Jobs = Partial<Record<WorkKind, Job>>

const minute = 60_000
const hour = 60 * minute

export const standardJobs: Jobs = {
  logout: (ctx) => deliverLogouts(ctx),
  sessions: (ctx) => endExpiredSessions(ctx),
  domain: checkDomains,
  metadata: refreshConnections,
  alarm: notifyAlarms,
  user_change: (ctx) => continueUserChanges(ctx),
  draft: (ctx) => applyDueDrafts(ctx),
  reminder: (ctx) => remindOfEnds(ctx),
  end_date: async (ctx) => {
    await endAccounts(ctx)
    await proposeReturns(ctx)
    await endUnsponsored(ctx)
  },
  retention: removeOldRows,
  certificate: checkCertificates,
  audit_seal: (ctx) => sealEvents(ctx),
  emergency_drill: askForDrill,
  brake: (ctx) => learnBrakes(ctx),
  report: (ctx) => runReportSchedules(ctx),
  checklist: (ctx) => beginChecklists(ctx),
  review: (ctx) => runReviews(ctx),
  inactivity: (ctx) => runInactivity(ctx),
  absence: (ctx) => runAbsences(ctx),
  access_digest: (ctx) => sendAccessDigests(ctx),
}

const isOlder = (ctx: CallContext, time: string | null, millis: number): boolean =>
  time === null || ctx.clock.now().getTime() - Date.parse(time) >= millis

async function checkDomains(ctx: CallContext, log: Log): Promise<void> {
  const isDue = ({ status, verifiedBy, checkedAt }: DomainRecord): boolean =>
    verifiedBy !== 'operator' && isOlder(ctx, checkedAt, status === 'pending' ? 5 * minute : 12 * hour)
  const due = (await listDomains(ctx)).filter(isDue)
  await eachOf(due, log, 'A domain could not be checked', async ({ id, name, status }) => {
    const after = await verifyDomain(ctx, id)
    if (status === 'verified' && after.status === 'lapsed') {
      log.warn({ organizationId: ctx.organizationId, domainId: id, name }, `The domain ${name} is no longer proven`)
    }
  })
}

async function refreshConnections(ctx: CallContext, log: Log): Promise<void> {
  const isDue = (connection: Connection): connection is SamlConnection =>
    connection.type === 'saml' &&
    connection.status !== 'disabled' &&
    connection.settings.metadataUrl !== null &&
    isOlder(ctx, connection.refreshedAt, 6 * hour)
  const due = (await listConnections(ctx)).filter(isDue)
  await eachOf(due, log, 'The metadata of a connection could not be refreshed', ({ id }) => refreshMetadata(ctx, id))
}

async function checkCertificates(ctx: CallContext, log: Log): Promise<void> {
  for (const { kind, name, notAfter, ...fields } of await warnOfCertificates(ctx)) {
    const { organizationId } = ctx
    const what = kind === 'certificate_ending' ? 'A certificate' : 'The client secret'
    log.warn({ organizationId, ...fields, notAfter }, `${what} of the connection ${name} ends at ${notAfter}`)
  }
}

async function removeOldRows(ctx: CallContext, log: Log): Promise<void> {
  const removed = await removeOld(ctx)
  log.info({ organizationId: ctx.organizationId, ...removed }, 'What was kept for long enough is removed')
  const due = await listDueForErasing(ctx)
  await eachOf(due, log, 'A deleted person could not be erased', (person) => eraseDeleted(ctx, person))
}

/** One that fails does not keep the others waiting; the last failure is thrown, so that it is tried again. */
async function eachOf<Item extends { id: string }>(
  items: readonly Item[],
  log: Log,
  message: string,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  let failure: unknown
  for (const item of items) {
    try {
      await work(item)
    } catch (error) {
      failure = error
      log.warn({ error, id: item.id }, message)
    }
  }
  if (failure !== undefined) throw failure
}
