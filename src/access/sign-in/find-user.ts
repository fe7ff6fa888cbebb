// Whose identity this is: by the stored link; where there is none, by what the directory of the same provider calls the
// person, or by an e-mail address in a domain that the organization has proven (ADR 0030). The living come first; whoever has
// left is known by every name that they had.
import { sql } from 'drizzle-orm'
import { isEmergencyAccount } from '#db/emergency.ts'
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

/**
 * `successor`: whom the directory brought again under the externalId, or with the address, of the one who had the identity.
 * `email`: by the sign-in address. `further`: by an address that means nobody, since it may be several people's. `removed`:
 * somebody who left.
 */
export type FoundBy = 'successor' | 'external_id' | 'email' | 'user_name' | 'further' | 'removed'

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
  /** The deleted user on whom the identity hangs. */
  formerUserId: string | null
  key: string | null
}

// A person whom the directory removed or switched off is found by every name that they had, so that nobody comes back as a ghost.
const find = prepared<Parameters, Row>(
  (p) => sql`with found as (
      select u.id, 'successor' as found_by, 1 as rank from users f join users u on u.organization_id = f.organization_id
        and u.id <> f.id and u.directory_id = f.directory_id and u.deleted_at is null and (u.external_id = f.external_id
          or u.id = f.address_yielded_to
          or f.external_id is null and u.external_id is null and u.user_name_key = f.user_name_key)
      where f.organization_id = ${p.organizationId} and f.id = ${p.formerUserId}
      union all
      select u.id, 'external_id', 2 from users u
      where u.organization_id = ${p.organizationId} and u.directory_id = ${p.directoryId}
        and u.external_id = ${p.externalId} and u.deleted_at is null
      union all
      select u.id, 'email', 3 from users u
      where u.organization_id = ${p.organizationId} and u.email_key = ${p.key} and u.deleted_at is null
        and u.address_yielded_to is null
      union all
      select u.id, 'user_name', 4 from users u
      where u.organization_id = ${p.organizationId} and u.user_name_key = ${p.key} and u.deleted_at is null
      union all
      select e.user_id, 'further', 5 from user_emails e
      where e.organization_id = ${p.organizationId} and e.value_key = ${p.key}
      union all
      select u.id, 'removed', 6 from users u
      where u.organization_id = ${p.organizationId} and u.deleted_at is not null
        and (u.user_name_key = ${p.key} or u.email_key = ${p.key} or u.id = ${p.formerUserId}
          or u.external_id = ${p.externalId} and (u.directory_id = ${p.directoryId} or ${p.directoryId}::text is null))
      union all
      select u.id, 'removed', 6 from former_names f
      join users u on u.organization_id = f.organization_id and u.id = f.user_id
        and (u.deleted_at is not null or u.status = 'inactive')
      where f.organization_id = ${p.organizationId} and (f.kind in ('user_name', 'address') and f.value_key = ${p.key}
        or f.kind = 'external_id' and f.value_key = ${p.externalId} and f.directory_id = ${p.directoryId}))
    select distinct on (u.id) u.id, u.directory_id as "directoryId", u.status, u.status_reason as "statusReason",
      u.deleted_at is not null as "isDeleted", f.found_by as "foundBy",
      exists (select from invitations i where i.organization_id = u.organization_id and i.user_id = u.id
        and i.status = 'pending' and i.expires_at > now()) as "isInvited",
      ${isEmergencyAccount} as "isEmergencyAccount"
    from found f join users u on u.organization_id = ${p.organizationId} and u.id = f.id
    order by u.id, f.rank`,
)

export type FoundUsers = Record<FoundBy, Person[]>

const nobody = (): FoundUsers => ({
  successor: [],
  external_id: [],
  email: [],
  user_name: [],
  further: [],
  removed: [],
})

/** Everybody who could be meant, by how they were found; each person under the strongest way only. */
export async function findUsers(
  tx: Transaction,
  key: {
    organizationId: string
    directoryId: string | null
    externalId: string | null
    email: string | null
    formerUserId: string | null
  },
): Promise<FoundUsers> {
  const { email, ...names } = key
  const rows = await tx.run(find({ ...names, key: email === null ? null : fold(email) }))
  const persons = nobody()
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
