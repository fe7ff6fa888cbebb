// Every kind of credential that a person can hold. Deactivation closes them all; a new kind is added here, and nowhere else.
import { type SQL, sql } from 'drizzle-orm'

export type CloseParameters = { organizationId: SQL; userId: SQL; now: SQL }

export type CredentialKind = {
  name: string
  /** An `update … returning 1 as closed` (or delete) that ends what the user holds of this kind. */
  close(parameters: CloseParameters): SQL
}

export const credentialKinds: readonly CredentialKind[] = [
  {
    name: 'api_keys',
    close: (p) => sql`update api_keys set revoked_at = ${p.now}::timestamptz
      where organization_id = ${p.organizationId} and user_id = ${p.userId} and revoked_at is null returning 1 as closed`,
  },
]
