// A directory brings somebody whom the organization has invited: the same person, with the same id and the roles of the
// invitation, is the directory's from now on. Their invitation is accepted by it, or, if they come switched off, withdrawn.
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { activation } from './activation.ts'
import { deactivation } from './deactivation.ts'
import { fold } from './fold.ts'
import { isStaged } from './staged.ts'
import { emailKeys, type UserContent } from './user-content.ts'
import { lockUserRow, type UserRecord, type WrittenUser, writtenColumns } from './users.ts'

type Parameters = AuditParameters & {
  organizationId: string
  userId: string
  directoryId: string
  userName: string
  userNameKey: string
  externalId: string | null
  displayName: string | null
  attributes: string
  emailKeys: readonly string[]
  now: string
}

const takeOver = prepared<Parameters, WrittenUser>(
  (p) => sql`with taken as (
      update users u set directory_id = ${p.directoryId}, user_name = ${p.userName}, user_name_key = ${p.userNameKey},
        external_id = ${p.externalId}, display_name = coalesce(${p.displayName}, u.display_name),
        attributes = ${p.attributes}::jsonb, version = version + 1, updated_at = ${p.now}::timestamptz
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'invited'
        and u.directory_id is null
      returning ${writtenColumns}),
    forgotten as (
      delete from user_emails e using taken where e.organization_id = ${p.organizationId} and e.user_id = taken.id
        and e.value_key <> all (${p.emailKeys}::text[])),
    addresses as (
      insert into user_emails (organization_id, value_key, user_id)
      select ${p.organizationId}, value_key, taken.id from taken, unnest(${p.emailKeys}::text[]) value_key
      on conflict do nothing),
    audited as (${insertAudit(p)} from taken)
    select * from taken`,
)

type Facts = { isOurDomain: boolean; holdsAnything: boolean; managesAnything: boolean; isStaged: boolean }

const factsOf = prepared<{ organizationId: string; userId: string; directoryId: string }, Facts>(
  (p) => sql`select
      exists (select from invitations i join domains d on d.organization_id = i.organization_id and d.status = 'verified'
          and d.name = split_part(i.email_key, '@', 2)
        where i.organization_id = ${p.organizationId} and i.user_id = ${p.userId}) as "isOurDomain",
      (exists (select from assignments a where a.organization_id = ${p.organizationId} and a.user_id = ${p.userId})
        or exists (select from effective_assignments e
          where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId})) as "holdsAnything",
      manages_anything(${p.organizationId}, ${p.userId}) as "managesAnything",
      ${isStaged(p.organizationId, p.directoryId)} as "isStaged"`,
)

// A directory's word makes nobody a manager, and vouches for no address in a domain that is not the organization's.
function requireTrusted({ isOurDomain, holdsAnything, managesAnything }: Facts, userId: string): void {
  if (!holdsAnything && !managesAnything) return
  const why = managesAnything
    ? 'is invited to manage something, and accepts that invitation themselves'
    : 'is invited at an address in a domain that the organization has not verified'
  if (isOurDomain && !managesAnything) return
  throw new AppError('conflict', `The person with this userName ${why}`, {
    reason: 'invitation',
    extensions: { userId },
  })
}

const keepInvitation = prepared<{ organizationId: string; userId: string; now: string }, never>(
  (p) => sql`update invitations set status = 'accepted', accepted_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and status = 'pending'`,
)

/**
 * Where the directory's arrivals are staged, they wait until somebody lets them in.
 * @throws AppError not_found; conflict: reason `uniqueness` where they have come in meanwhile, or the userName is taken; reason
 *   `invitation` where a directory's word is not enough, with `userId`
 */
export function completeInvited(
  ctx: CallContext,
  { userId, directoryId, content }: { userId: string; directoryId: string; content: UserContent },
): Promise<UserRecord> {
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    const [facts] = await tx.run(factsOf({ organizationId, userId, directoryId }))
    if (facts !== undefined) requireTrusted(facts, userId)
    const entry = { action: 'user.adopt', targetType: 'user', targetId: userId } as const
    const write = takeOver({
      ...auditParameters(ctx, { ...entry, detail: { directoryId, by: 'invitation' } }),
      ...{ organizationId, userId, directoryId, userName: content.userName, userNameKey: fold(content.userName) },
      ...{ externalId: content.externalId, displayName: content.displayName },
      attributes: JSON.stringify(content.attributes),
      emailKeys: emailKeys(content.attributes),
      now: nowOf(ctx),
    })
    const [taken] = await tx.run(write)
    if (taken === undefined)
      throw new AppError('conflict', 'A user with this userName exists already', { reason: 'uniqueness' })
    if (content.isActive && facts?.isStaged === true) {
      await tx.commitWith(keepInvitation({ organizationId, userId, now: nowOf(ctx) }))
      return { ...user, ...taken }
    }
    const status = content.isActive
      ? activation(ctx, userId, 'directory')
      : deactivation(ctx, userId, { reason: 'directory' })
    const [rows] = await tx.commitWith(status)
    return { ...user, ...taken, ...rows?.[0] }
  })
}
