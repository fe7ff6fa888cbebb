// What people say of themselves: how they are called, in which language and at which time they live. Where a directory decides, it
// alone does.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { isEmergencyAccount } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { updateUserWithin } from '#directory/update-user.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { Attributes } from '#directory/users.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'

export type OwnProfile = {
  userName: string
  displayName: string | null
  /** A language tag (BCP 47); null where nobody said. */
  language: string | null
  /** A name of the time zone database; null where nobody said. */
  timeZone: string | null
  email: string | null
  /** An address that waits for its proof. */
  pendingEmail: string | null
  /** The directory that decides instead. */
  directory: { id: string; name: string } | null
  mayChangeEmail: boolean
  isEmergencyAccount: boolean
  organizationName: string
}

const select = prepared<{ organizationId: string; userId: string }, OwnProfile>(
  (p) => sql`select u.user_name as "userName", u.display_name as "displayName",
      u.attributes ->> 'preferredLanguage' as language, ${timeZoneColumn} as "timeZone", ${emailColumn} as email,
      (select a.email from address_changes a where a.organization_id = u.organization_id and a.user_id = u.id
        and a.used_at is null and a.expires_at > now()) as "pendingEmail",
      (select json_build_object('id', d.id, 'name', d.name) from directories d where d.organization_id = u.organization_id
        and d.id = u.directory_id) as directory,
      o.email_change = 'verified' as "mayChangeEmail",
      ${isEmergencyAccount} as "isEmergencyAccount",
      o.name as "organizationName"
    from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is null`,
)

/** @throws AppError forbidden for a caller who is no person, not_found */
export async function getOwnProfile(ctx: CallContext): Promise<OwnProfile> {
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx) }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select(key)))
  const profile = rows?.[0]
  if (profile === undefined) throw notFound('User')
  return profile
}

const isLanguage = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const empty = z.literal('').transform(() => null)

const ProfileInput = z.object({
  displayName: z.union([empty, nameSchema]).nullable(),
  language: z
    .union([empty, z.string().max(35).refine(isLanguage, 'must be a language, such as en or de-CH')])
    .nullable(),
  timeZone: z
    .union([empty, z.string().max(60).refine(isTimeZone, 'must be a time zone, such as Europe/Berlin')])
    .nullable(),
})

/**
 * @throws AppError invalid; conflict (reason `managed_by_directory`); forbidden (reason `ceiling`) where it would satisfy the filter
 *   of a mapping, since nobody gives themselves a role
 */
export async function changeOwnProfile(ctx: CallContext, input: z.input<typeof ProfileInput>): Promise<void> {
  const { displayName, language, timeZone } = parseInput(ProfileInput, input)
  await inTransaction(ctx, (tx) =>
    changeOwnContent(tx, ctx, (before) => ({
      ...before,
      displayName,
      attributes: withAttributes(before.attributes, { preferredLanguage: language, timezone: timeZone }),
    })),
  )
}

function withAttributes(before: Attributes, changes: Record<string, string | null>): Attributes {
  const present = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null)
  return Object.fromEntries(present)
}

const held = prepared<{ organizationId: string; userId: string }, { roles: string[] }>(
  (
    p,
  ) => sql`select to_json(array(select distinct e.role_id || ' ' || coalesce(e.brand_id, '') from effective_assignments e
    where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId})) as roles`,
)

/** Changes what is known of the caller, in a transaction of theirs. @throws AppError as `changeOwnProfile` does */
export async function changeOwnContent(
  tx: Transaction,
  ctx: CallContext,
  change: (before: UserContent) => UserContent,
): Promise<void> {
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx) }
  const [before] = await tx.run(held(key))
  const permitted = { ...ctx, permissions: 'all' as const }
  await updateUserWithin(tx, permitted, {
    ...{ userId: key.userId, directoryId: null },
    change: (current) => {
      if (current.directoryId !== null)
        throw new AppError('conflict', 'Your directory decides this; ask whoever runs it', {
          reason: 'managed_by_directory',
        })
      const { userName, externalId, displayName, attributes } = current
      return change({ userName, externalId, displayName, attributes })
    },
  })
  const [after] = await tx.run(held(key))
  const gained = after?.roles.some((role) => before?.roles.includes(role) !== true)
  if (gained === true)
    throw new AppError('forbidden', 'A role depends on this; an administrator has to change it', { reason: 'ceiling' })
  await tx.run(recordAudit(ctx, { action: 'user.change_own_profile', targetType: 'user', targetId: key.userId }))
}
