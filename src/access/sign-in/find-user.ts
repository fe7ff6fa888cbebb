// Whose identity this is: by the stored link; where there is none, by what the directory of the same provider calls the
// person, or by an e-mail address in a domain that the organization has proven (ADR 0030).
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import type { StatusReason, UserStatus } from '#directory/users.ts'
import type { Transaction } from '#src/context.ts'

export type Person = {
  id: string
  directoryId: string | null
  status: UserStatus
  statusReason: StatusReason | null
  isDeleted: boolean
  /** True where they hold an invitation that is still open. */
  isInvited: boolean
  isEmergencyAccount: boolean
}

export type FoundBy = 'external_id' | 'email' | 'removed'

type Row = Person & { foundBy: FoundBy }

type IdentityKey = { organizationId: string; connectionId: string; subject: string; now: string }

/**
 * The person of a stored identity, whose row nobody can change until the transaction ends, and a note of this sign-in. Nearly
 * every sign-in is answered by this alone.
 */
export const knownUser = prepared<IdentityKey, Person>(
  (p) => sql`with noted as (
      update identities set last_sign_in_at = ${p.now}::timestamptz
      where organization_id = ${p.organizationId} and connection_id = ${p.connectionId} and subject = ${p.subject}
      returning user_id)
    select u.id, u.directory_id as "directoryId", u.status, u.status_reason as "statusReason",
      u.deleted_at is not null as "isDeleted", u.status = 'invited' and exists (
        select from invitations i where i.organization_id = u.organization_id and i.user_id = u.id
          and i.status = 'pending' and i.expires_at > now()) as "isInvited", false as "isEmergencyAccount"
    from noted join users u on u.organization_id = ${p.organizationId} and u.id = noted.user_id
    for no key update of u`,
)

type Parameters = {
  organizationId: string
  directoryId: string | null
  externalId: string | null
  keys: readonly string[]
}

// A person whom the directory removed is found by every name that they had, so that nobody comes back as a ghost.
const find = prepared<Parameters, Row>(
  (p) => sql`with found as (
      select u.id, 'external_id' as found_by, 2 as rank from users u
      where u.organization_id = ${p.organizationId} and u.directory_id = ${p.directoryId}
        and u.external_id = ${p.externalId} and u.deleted_at is null
      union all
      select u.id, 'email', 3 from users u
      where u.organization_id = ${p.organizationId} and u.user_name_key = any (${p.keys}::text[]) and u.deleted_at is null
      union all
      select e.user_id, 'email', 3 from user_emails e
      where e.organization_id = ${p.organizationId} and e.value_key = any (${p.keys}::text[])
      union all
      select u.id, 'removed', 4 from users u
      where u.organization_id = ${p.organizationId} and u.deleted_at is not null
        and (u.user_name_key = any (${p.keys}::text[]) or u.external_id = ${p.externalId}))
    select distinct on (u.id) u.id, u.directory_id as "directoryId", u.status, u.status_reason as "statusReason",
      u.deleted_at is not null as "isDeleted", f.found_by as "foundBy",
      exists (select from invitations i where i.organization_id = u.organization_id and i.user_id = u.id
        and i.status = 'pending' and i.expires_at > now()) as "isInvited",
      exists (select from emergency_accounts a where a.organization_id = u.organization_id and a.user_id = u.id)
        as "isEmergencyAccount"
    from found f join users u on u.organization_id = ${p.organizationId} and u.id = f.id
    order by u.id, f.rank`,
)

export type FoundUsers = Record<FoundBy, Person[]>

/** Everybody who could be meant, by how they were found; each person under the strongest way only. */
export async function findUsers(
  tx: Transaction,
  key: {
    organizationId: string
    directoryId: string | null
    externalId: string | null
    email: string | null
  },
): Promise<FoundUsers> {
  const { organizationId, directoryId, externalId, email } = key
  const keys = email === null ? [] : [fold(email)]
  const rows = await tx.run(find({ organizationId, directoryId, externalId, keys }))
  const persons: FoundUsers = { external_id: [], email: [], removed: [] }
  for (const { foundBy, ...person } of rows) persons[foundBy].push(person)
  return persons
}

const lockUser = prepared<{ organizationId: string; userId: string }, { status: UserStatus }>(
  (p) => sql`select status from users where organization_id = ${p.organizationId} and id = ${p.userId}
    and deleted_at is null for no key update`,
)

/** The person's status, which nobody can change until the transaction ends. */
export async function lockStatus(
  tx: Transaction,
  key: { organizationId: string; userId: string },
): Promise<UserStatus | undefined> {
  const [row] = await tx.run(lockUser(key))
  return row?.status
}
