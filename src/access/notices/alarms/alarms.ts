// Alarms: what administrators have to know of and settle. How they are read.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import type { AlarmKind } from '#words/letters/alarm.ts'

/**
 * What there is to tell. What it says of a person goes when they are erased (people/status/forget-in-alarms.ts). `detail` has, for
 * - `last_administrator`: emergencyAccounts (their number)
 * - `return_due`: userId, userName, displayName, returnsAt
 * - `end_date_refused`, `inactivity_refused`: userId, userName, displayName
 * - `absence_refused`: userId, userName, displayName, why (`last_administrator`, or `planner` who may not do that any more)
 * - `certificate_ending`: connectionId, name, sha256, notAfter
 * - `client_secret_ending`: connectionId, name, notAfter
 * - `sponsor_left`: assignmentId, userId, userName, displayName, role, brand, sponsor, expiresAt
 * - `self_grant`: assignment, userId, role (its key), brand (its slug or null), reason
 * - `access_request`: userId, userName, displayName, words (their own), refused (what a page told them; null)
 * - `invitation_claimed`: userId, userName, directoryId, reason; a directory brings somebody whose invitation it may not complete
 * - `link_request`: linkRequestId, userId, userName, displayName, connectionId, name, email, subject
 * - `link_undone`: userId, userName, displayName, connectionId, name, subject
 * - `adoption_request`: adoptionRequestId, userId, userName, displayName, directoryId, name, reason
 * - `address_proposal`: userId, userName, displayName, directoryId, proposed (userName, email)
 * - `mass_change`: massChangeId, directoryId, name, limit, minutes
 * - `reactivation_held`: userId, userName, displayName, directoryId, heldFor (the reason they are inactive for)
 * - `groups_unreadable`: connectionId, name; messages of the connection have no names where groups should be
 * - `review_stalled`: reviewId, name, why (`too_much` where it cannot open; otherwise whoever an access review is carried out in the
 *   name of may not do so any more)
 * - `review_tasks`: reviewId, name; an access review took what groups of a provider give
 * - `draft_waiting`: draftId, name; a draft wants the word of a second person
 * - `draft_stalled`: draftId, name, reason; a draft could not be made at its time
 * - `support_request`: supportAccessId, operator, words (why), wantsWrite
 * - `webhook_failing`, `webhook_paused`: webhookId, name
 * - `emergency_drill`: accounts (user names); raised settled, it only notes when the mail went out
 */

export type Alarm = {
  id: string
  kind: AlarmKind
  detail: Record<string, unknown>
  raisedAt: string
  /** When mails about it were queued. */
  notifiedAt: string | null
  settledAt: string | null
  /** A user's or key's id, or `system`. */
  settledBy: string | null
}

/** The columns of an Alarm, for `alarms a`. */
export const alarmColumns = sql`a.id, a.kind, a.detail, a.raised_at as "raisedAt", a.notified_at as "notifiedAt",
  a.settled_at as "settledAt", a.settled_by as "settledBy"`

type Filter = { organizationId: string; isOpen: boolean | null; after: string | null; limit: number | null }

const select = prepared<Filter, Alarm>(
  (p) => sql`select ${alarmColumns} from alarms a
    left join alarms c on c.organization_id = a.organization_id and c.id = ${p.after}
    where a.organization_id = ${p.organizationId}
      and (${p.isOpen}::boolean is null or (a.settled_at is null) = ${p.isOpen}::boolean)
      and (${p.after}::text is null or (c.settled_at is null and a.settled_at is not null)
        or ((c.settled_at is null) = (a.settled_at is null) and a.id < ${p.after}))
    order by (a.settled_at is not null), a.id desc limit ${p.limit}::int`,
)

/** The open ones first, of each the newest first. @throws AppError forbidden */
export async function listAlarms(
  ctx: CallContext,
  page: { isOpen?: boolean | undefined; after?: string | undefined; limit?: number | undefined } = {},
): Promise<Alarm[]> {
  requirePermission(ctx, 'users.read')
  const { isOpen = null, after = null, limit = null } = page
  const statement = select({ organizationId: ctx.organizationId, isOpen, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}
