// What switching somebody off would do: it is carried out and rolled back, so that the preview cannot differ from the deed.
import { sql } from 'drizzle-orm'
import { isoTime, once, prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import type { UserRecord, UserStatus } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTrial, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import { type MadeByThem, readMade, readWork, type Work } from '../hand-over/work.ts'
import { fromHeld, type HeldRole, heldRoleJson } from '../sources.ts'
import { deactivateWithin } from './deactivate-user.ts'

/** Somebody who has an assignment for which this person vouches. */
export type Sponsored = {
  assignmentId: string
  user: { id: string; userName: string; displayName: string | null }
  role: { id: string; key: string; name: string }
  brand: { id: string; slug: string; name: string } | null
  expiresAt: string | null
}

export type DeactivationPreview = {
  user: Pick<UserRecord, 'id' | 'userName' | 'displayName' | 'status' | 'directoryId'> & { email: string | null }
  /** What would end, by the kind of credential: `sessions`, `api_keys`, `application_tokens`, `invitations`, … */
  closes: Record<string, number>
  /** What they hold now, and then could not use. */
  roles: HeldRole[]
  sponsored: Sponsored[]
  /** What would be left behind, if nobody takes it over. */
  leaves: Work[]
  made: MadeByThem
  /** Why it would be refused. */
  refusal: { reason: string; message: string } | null
}

type Person = { email: string | null; roles: HeldRole[]; sponsored: Sponsored[]; status: UserStatus }

const describe = prepared<{ organizationId: string; userId: string }, Person>(
  (p) => sql`select ${emailColumn} as email, u.status,
      (select coalesce(json_agg(${heldRoleJson} order by b.name nulls first, r.rank desc, r.key, e.source, e.source_id), '[]')
        from ${fromHeld} where e.organization_id = u.organization_id and e.user_id = u.id) as roles,
      (select coalesce(json_agg(json_build_object('assignmentId', a.id,
          'user', json_build_object('id', s.id, 'userName', s.user_name, 'displayName', s.display_name),
          'role', json_build_object('id', r.id, 'key', r.key, 'name', r.name),
          'brand', case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end,
          'expiresAt', ${isoTime(sql`a.expires_at`)}) order by s.name_key, a.id), '[]')
        from assignments a join users s on s.organization_id = a.organization_id and s.id = a.user_id
        join roles r on r.organization_id = a.organization_id and r.id = a.role_id
        left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
        where a.organization_id = u.organization_id and s.deleted_at is null and s.status <> 'inactive'
          and (a.expires_at is null or a.expires_at > now()) and a.user_id <> u.id
          and (a.sponsor = u.id or fold(a.sponsor) = u.user_name_key or fold(a.sponsor) in (
            select ue.value_key from user_emails ue where ue.organization_id = u.organization_id and ue.user_id = u.id)))
        as sponsored
    from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is null`,
)

const closedIn = prepared<{ organizationId: string; userId: string }, { closed: Record<string, number> }>(
  (p) => sql`select a.detail -> 'closed' as closed from audit_events a
    where a.organization_id = ${p.organizationId} and a.target_id = ${p.userId} and a.action = 'user.deactivate'
    order by a.id desc limit 1`,
)

const honourLast = once<unknown>(sql`select set_config('rolecall.last_administrator', 'honour', true)`)

/** What is checked at a commit, such as the last administrator, is checked now. */
const checkAtOnce = once<unknown>(sql`set constraints all immediate`)

/** @throws AppError forbidden (reasons `permission`, `ceiling`), not_found; conflict (reason `yourself`) */
export async function previewDeactivation(ctx: CallContext, userId: string): Promise<DeactivationPreview> {
  requirePermission(ctx, 'users.write')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  try {
    return await trial(ctx, userId, null)
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== 'last_administrator') throw error
    return trial(ctx, userId, { reason: error.reason, message: error.message })
  }
}

const trial = (
  ctx: CallContext,
  userId: string,
  refusal: DeactivationPreview['refusal'],
): Promise<DeactivationPreview> =>
  inTrial(ctx, async (tx) => {
    // What it would close is worth knowing even where it will be refused.
    if (refusal !== null) await tx.run(honourLast)
    return { ...(await carryOut(tx, ctx, userId)), refusal }
  })

async function carryOut(
  tx: Transaction,
  ctx: CallContext,
  userId: string,
): Promise<Omit<DeactivationPreview, 'refusal'>> {
  const key = { organizationId: ctx.organizationId, userId }
  const [person] = await tx.run(describe(key))
  const leaves = await readWork(tx, ctx, userId)
  const made = await readMade(tx, ctx, userId)
  const { id, userName, displayName, directoryId } = await deactivateWithin(tx, ctx, {
    ...{ userId, reason: 'administrator', note: null, returnsAt: null },
  })
  await tx.run(checkAtOnce)
  const status = person?.status ?? 'inactive'
  const [closed] = status === 'inactive' ? [] : await tx.run(closedIn(key))
  return {
    user: { id, userName, displayName, status, directoryId, email: person?.email ?? null },
    closes: closed?.closed ?? {},
    roles: person?.roles ?? [],
    sponsored: person?.sponsored ?? [],
    ...{ leaves, made },
  }
}
