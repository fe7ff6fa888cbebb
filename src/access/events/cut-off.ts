// The cut-off receipt: that somebody is out, what was closed here and when, who was told, and who has not confirmed it yet. Signed, so that
// it can be kept elsewhere.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { signDocument } from '../applications/sign-document.ts'
import { type DeactivationReceipt, getDeactivationReceipt } from '../people/status/deactivation-receipt.ts'

export type Told = {
  kind: 'application' | 'webhook'
  id: string
  name: string
  /** `unknown`: its messages of that time are not kept any more. `failed`: given up, or left out by hand. */
  status: 'confirmed' | 'waiting' | 'failed' | 'unknown'
  confirmedAt: string | null
  attempts: number
  error: string | null
}

export type CutOffReceipt = {
  organizationId: string
  userId: string
  deactivation: Pick<DeactivationReceipt, 'auditEventId' | 'occurredAt' | 'reason'> & {
    actor: { type: string; id: string }
  }
  /** What ended here, by the kind of credential, all at that time. */
  closed: Record<string, number>
  told: Told[]
  /** Whether everybody who was told has confirmed it. */
  isComplete: boolean
  issuedAt: string
}

type Key = { organizationId: string; userId: string; eventId: string; occurredAt: string }

// Of each application the sign-outs together: it has confirmed when it has taken the last one.
const applications = prepared<Key, Told>(
  (p) => sql`select 'application' as kind, l.application_id as id, coalesce(min(a.name), l.application_id) as name,
      case when bool_or(l.status = 'failed') then 'failed' when bool_or(l.status = 'queued') then 'waiting' else 'confirmed' end
        as status,
      case when bool_and(l.status = 'sent') then max(l.sent_at) end as "confirmedAt", sum(l.attempts)::int as attempts,
      max(l.last_error) as error
    from application_logouts l left join applications a on a.organization_id = l.organization_id and a.id = l.application_id
    where l.organization_id = ${p.organizationId} and l.user_id = ${p.userId} and ${p.eventId}::text is not null
      and l.created_at >= ${p.occurredAt}::timestamptz - interval '1 minute'
    group by l.application_id order by l.application_id`,
)

const webhooks = prepared<Key, Told>(
  (p) => sql`select 'webhook' as kind, w.id, case when w.description = '' then w.id else w.description end as name,
      case when t.taken_at is not null then 'confirmed' when w.position < e.position then 'waiting'
        when t.attempts > 0 then 'failed' else 'unknown' end as status,
      t.taken_at as "confirmedAt", t.attempts,
      case when t.taken_at is null then coalesce(t.error, case when w.status = 'paused' then 'The webhook is paused' end) end as error
    from audit_events e join webhooks w on w.organization_id = e.organization_id and w.created_at <= e.occurred_at
      and (w.types is null or w.types ? 'user.deactivated')
    cross join lateral (
      select min(x.sent_at + make_interval(secs => x.duration_millis / 1000.0)) filter (where x.is_delivered) as taken_at,
        count(*)::int as attempts, max(x.error) as error from webhook_attempts x
      where x.organization_id = e.organization_id and x.event_id = e.id and x.webhook_id = w.id) t
    where e.organization_id = ${p.organizationId} and e.id = ${p.eventId} and ${p.userId}::text is not null
      and ${p.occurredAt}::timestamptz is not null order by w.id`,
)

/** Of the latest deactivation. @throws AppError forbidden; not_found, also for somebody who was never deactivated */
export async function getCutOffReceipt(ctx: CallContext, userId: string): Promise<CutOffReceipt> {
  requirePermission(ctx, 'users.read')
  const { auditEventId, occurredAt, reason, actor, closed } = await getDeactivationReceipt(ctx, userId)
  const { organizationId } = ctx
  const key = { organizationId, userId, eventId: auditEventId, occurredAt }
  const [byLogout = [], byWebhook = []] = await inTransaction(ctx, (tx) =>
    tx.commitWith<Told>(applications(key), webhooks(key)),
  )
  const told = [...byLogout, ...byWebhook]
  return {
    ...{ organizationId, userId, closed, told, issuedAt: nowOf(ctx) },
    deactivation: { auditEventId, occurredAt, reason, actor: { type: actor.type, id: actor.id } },
    isComplete: told.every(({ status }) => status === 'confirmed'),
  }
}

/** The media type of the signed receipt, and its `typ`. */
export const cutOffType = 'rolecall-cut-off+jwt'

/** As a document that can be checked with the provider's published keys. @throws AppError as `getCutOffReceipt`; unavailable */
export async function signedCutOff(ctx: CallContext, userId: string): Promise<{ receipt: CutOffReceipt; jws: string }> {
  const receipt = await getCutOffReceipt(ctx, userId)
  return { receipt, jws: await signDocument(ctx, { type: cutOffType, subject: userId, content: { receipt } }) }
}
