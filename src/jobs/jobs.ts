// What there is to do in an organization, by kind. A run does what is due at the moment; whatever is claimed by one node is
// left alone by the others, and what is done twice does no harm.
import { deliverLogouts } from '#access/applications/deliver-logouts.ts'
import { endExpiredSessions } from '#access/sessions/end-sessions.ts'
import type { WorkKind } from '#access/work.ts'
import { verifyDomain } from '#connections/domains/change-domains.ts'
import { type DomainRecord, listDomains } from '#connections/domains/domains.ts'
import { refreshMetadata } from '#connections/saml/refresh-metadata.ts'
import { type Connection, listConnections, type SamlConnection } from '#connections/sign-in/connections.ts'
import type { Log } from '#platform/log.ts'
import type { CallContext } from '#src/context.ts'

export type Job = (ctx: CallContext, log: Log) => Promise<unknown>

/** Kinds without a job wait for a node that has one. */
export type Jobs = Partial<Record<WorkKind, Job>>

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Certificates are warned about from this long before their end. */
const warningMillis = 30 * day

export const standardJobs: Jobs = {
  logout: (ctx) => deliverLogouts(ctx),
  sessions: (ctx) => endExpiredSessions(ctx),
  domain: checkDomains,
  metadata: refreshConnections,
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
  for (const connection of due) warnOfCertificates(ctx, log, connection)
  await eachOf(due, log, 'The metadata of a connection could not be refreshed', ({ id }) => refreshMetadata(ctx, id))
}

function warnOfCertificates(ctx: CallContext, log: Log, { id, name, settings }: SamlConnection): void {
  const trusted = settings.certificates.filter(({ status }) => status === 'trusted')
  for (const { sha256, notAfter } of trusted) {
    if (Date.parse(notAfter) - ctx.clock.now().getTime() > warningMillis) continue
    const fields = { organizationId: ctx.organizationId, connectionId: id, sha256, notAfter }
    log.warn(fields, `A certificate of the connection ${name} ends at ${notAfter}`)
  }
}

/** One that fails does not keep the others waiting; the last failure is thrown, so that the worker pauses. */
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
