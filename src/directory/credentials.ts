// Every kind of credential that a person can hold. Deactivation closes what is listed here, and reads it from here alone.
// What is drawn from memory or a device (passwords, second factors, passkeys) stays: it opens nothing for the inactive.
import { type SQL, sql } from 'drizzle-orm'

export type CloseParameters = { organizationId: SQL; userId: SQL; now: SQL }

export type CredentialKind = {
  name: string
  /** An `update … returning 1 as closed` (or delete, or select of a function) that ends what the user holds of this kind. */
  close(parameters: CloseParameters): SQL
}

const ofUser = (p: CloseParameters): SQL => sql`organization_id = ${p.organizationId} and user_id = ${p.userId}`

export const credentialKinds: readonly CredentialKind[] = [
  {
    name: 'api_keys',
    close: (p) =>
      sql`update api_keys set revoked_at = ${p.now}::timestamptz where ${ofUser(p)} and revoked_at is null returning 1 as closed`,
  },
  {
    // What was issued under a session to host applications dies by a trigger, and they are told.
    name: 'sessions',
    close: (p) =>
      sql`update sessions set ended_at = now(), end_reason = 'deactivated' where ${ofUser(p)} and ended_at is null returning 1 as closed`,
  },
  {
    // Refresh tokens, codes and grants of host applications, also where their session has ended before.
    name: 'application_tokens',
    close: (p) => sql`select closed from drop_provider_artifacts_of(${p.organizationId}, ${p.userId})`,
  },
  {
    name: 'sign_ins_under_way',
    close: (p) =>
      sql`update sign_in_requests set used_at = ${p.now}::timestamptz where ${ofUser(p)} and used_at is null returning 1 as closed`,
  },
  {
    name: 'invitations',
    close: (p) =>
      sql`update invitations set status = 'withdrawn' where ${ofUser(p)} and status = 'pending' returning 1 as closed`,
  },
  {
    name: 'password_resets',
    close: (p) =>
      sql`update password_resets set used_at = ${p.now}::timestamptz where ${ofUser(p)} and used_at is null returning 1 as closed`,
  },
  {
    name: 'address_changes',
    close: (p) =>
      sql`update address_changes set used_at = ${p.now}::timestamptz where ${ofUser(p)} and used_at is null returning 1 as closed`,
  },
]
