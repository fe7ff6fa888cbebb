// The way in of a machine: whose token it is, the entry that checks it in the transaction of the work, and what it may do by now.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import type { KeyScope } from '../grants/managers/key-scope.ts'

export type MachineTokenOwner = {
  organizationId: string
  applicationId: string
  /** Of the key that the token is bound to (RFC 7638); null: whoever has the token may use it. */
  thumbprint: string | null
}

type Machine = Pick<MachineTokenOwner, 'organizationId' | 'applicationId'>

const resolve = prepared<{ tokenHash: string }, MachineTokenOwner>(
  (p) => sql`select organization_id as "organizationId", application_id as "applicationId", thumbprint
    from resolve_application_token(${p.tokenHash})`,
)

/**
 * Whose access token has this SHA-256, whether it is still good or not; undefined for what was never issued to a machine. The answer
 * never changes, so it may be kept; `enterMachine` decides whether the token works.
 * @throws AppError unavailable
 */
export async function resolveMachineToken(
  database: Database,
  tokenHash: string,
): Promise<MachineTokenOwner | undefined> {
  const [owner] = await database.read(resolve({ tokenHash }))
  return owner
}

/** The entry of a transaction of a machine; it fails (AppError unauthenticated) where the token or the machine is dead by now. */
export const enterMachine = prepared<{ organizationId: string; tokenHash: string }, unknown>(
  (p) => sql`select enter_application(${p.organizationId}, ${p.tokenHash}) as organization_id`,
)

const selectRights = prepared<Machine, { rights: KeyScope | null }>(
  (p) => sql`select a.rights from applications a
    where a.organization_id = ${p.organizationId} and a.id = ${p.applicationId}`,
)

/** What the machine may do now. @throws AppError unauthenticated where the token or the machine is dead by now */
export async function rightsOfMachine(
  database: Database,
  { tokenHash, ...owner }: Machine & { tokenHash: string },
): Promise<KeyScope> {
  const entry = enterMachine({ organizationId: owner.organizationId, tokenHash })
  const [rows] = await database.transaction(entry, (tx) => tx.commitWith(selectRights(owner)))
  const rights = rows?.[0]?.rights ?? null
  if (rights === null) throw new AppError('unauthenticated', 'The access token is not valid')
  return rights
}
