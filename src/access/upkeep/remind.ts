// Reminders of assignments that end soon: to the person, and to the sponsor where that is an address or somebody's userName.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { fold } from '#directory/fold.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { reminderLetter } from '#words/letters/reminder.ts'
import { knownZone } from '#words/zones.ts'
import { organizationName } from '../notices/alarms/organization-name.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'

type Due = {
  id: string
  days: number
  expiresAt: string
  userId: string
  userName: string
  displayName: string | null
  email: string | null
  timeZone: string | null
  sponsor: string | null
  role: string
  brand: string | null
}

const atOnce = 50

/** Marks what it finds, so that each reminder goes out once. */
const claim = prepared<{ organizationId: string; limit: number }, Due>(
  (p) => sql`update assignments a set reminded_days = due.days
    from (select r.assignment_id, r.days from assignments_to_remind r where r.organization_id = ${p.organizationId}
        order by r.assignment_id limit ${p.limit}::int) due, users u, roles r
    where a.organization_id = ${p.organizationId} and a.id = due.assignment_id
      and u.organization_id = a.organization_id and u.id = a.user_id
      and r.organization_id = a.organization_id and r.id = a.role_id
    returning a.id, due.days, a.expires_at as "expiresAt", u.id as "userId", u.user_name as "userName",
      u.display_name as "displayName", ${emailColumn} as email, ${timeZoneColumn} as "timeZone", a.sponsor, r.name as role,
      (select b.name from brands b where b.organization_id = a.organization_id and b.id = a.brand_id) as brand`,
)

type Reader = { userId: string | null; email: string | null; timeZone: string | null }

const readerOf = prepared<{ organizationId: string; userNameKey: string }, Reader>(
  (
    p,
  ) => sql`select u.id as "userId", ${emailColumn} as email, ${timeZoneColumn} as "timeZone" from users u where u.organization_id = ${p.organizationId}
    and u.user_name_key = ${p.userNameKey} and u.deleted_at is null and u.status = 'active'`,
)

/** Queues the reminders that are due, with an audit row for each assignment. */
export async function remindOfEnds(ctx: CallContext): Promise<void> {
  const found = await inTransaction(ctx, async (tx) => {
    const organization = await organizationName(tx, ctx)
    const due = await tx.run(claim({ organizationId: ctx.organizationId, limit: atOnce }))
    for (const each of due) await remind(tx, ctx, each, organization)
    return due.length
  })
  if (found === atOnce) await remindOfEnds(ctx)
}

async function remind(tx: Transaction, ctx: CallContext, due: Due, organization: string): Promise<void> {
  const sponsor = await sponsorOf(tx, ctx, due.sponsor)
  const isTheirOwn = sponsor.email === due.email
  for (const { userId: readerId, email: to, timeZone } of isTheirOwn ? [due] : [due, sponsor]) {
    if (to === null) continue
    const letter = reminderLetter({
      ...{ role: due.role, brand: due.brand, organization, expiresAt: due.expiresAt },
      holder: to === due.email ? null : (due.displayName ?? due.userName),
      assignmentUrl: ctx.urls.page(`/console/users/${due.userId}/assignments/${due.id}`),
      zone: knownZone(timeZone),
    })
    await queueMail(tx, ctx, { kind: 'reminder', to, readerId, letter, targetId: due.id })
  }
  const detail = { days: due.days, userId: due.userId, toPerson: due.email !== null, toSponsor: sponsor.email !== null }
  await tx.run(recordAudit(ctx, { action: 'assignment.remind', targetType: 'assignment', targetId: due.id, detail }))
}

const nobody: Reader = { userId: null, email: null, timeZone: null }

async function sponsorOf(tx: Transaction, ctx: CallContext, sponsor: string | null): Promise<Reader> {
  if (sponsor === null) return nobody
  const userNameKey = fold(sponsor.trim())
  const [user] = await tx.run(readerOf({ organizationId: ctx.organizationId, userNameKey }))
  if (user?.email) return user
  const isAddress = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/.test(sponsor.trim())
  return isAddress ? { userId: null, email: sponsor.trim(), timeZone: null } : nobody
}
