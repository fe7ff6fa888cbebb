// Who is signed in here, through what, until when, and as what: the answer to every page and host product that asks with
// the browser's cookie. One unit of work; the session's liveness is settled by its entry.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { AppError } from '#platform/errors.ts'
import { effectiveAccessOf } from '../../decisions/effective-access.ts'
import { type HeldRoles, heldRoles } from '../../decisions/held-roles.ts'
import { enterSession, resolveSession, type SessionMethod } from './resolve-session.ts'

export type SessionDescription = {
  user: { id: string; userName: string; displayName: string | null; email: string | null }
  organization: { id: string; slug: string; name: string }
  connection: { id: string; name: string; type: 'saml' | 'oidc' } | null
  session: {
    id: string
    method: SessionMethod
    createdAt: string
    expiresAt: string
    idleExpiresAt: string
    hasSecondFactor: boolean
  }
  /** When it ends by itself: the earlier one of its two limits. */
  expiresAt: string
} & HeldRoles

type Row = SessionDescription['session'] & {
  userId: string
  email: string | null
  organizationName: string
  connection: SessionDescription['connection']
}

const details = prepared<{ organizationId: string; tokenHash: string }, Row>(
  (p) => sql`select s.id, s.method, s.created_at as "createdAt", s.expires_at as "expiresAt",
      s.idle_expires_at as "idleExpiresAt", s.has_second_factor as "hasSecondFactor", s.user_id as "userId",
      ${emailColumn} as email, o.name as "organizationName",
      case when c.id is not null then json_build_object('id', c.id, 'name', c.name, 'type', c.type) end as connection
    from sessions s
    join users u on u.organization_id = s.organization_id and u.id = s.user_id
    join organizations o on o.id = s.organization_id
    left join connections c on c.organization_id = s.organization_id and c.id = s.connection_id
    where s.organization_id = ${p.organizationId} and s.token_hash = ${p.tokenHash}`,
)

export type SessionOwner = { organizationId: string; userId: string }

const rememberedOwners = 10_000

export type SessionReader = {
  /** @throws AppError unauthenticated where no live session has this token; unavailable */
  describe(tokenHash: string): Promise<SessionDescription>
}

/**
 * Describes sessions by the SHA-256 of their token. Whose session it is never changes and is remembered, so that one unit
 * of work of two statements answers; whether it lives is asked each time.
 */
export function createSessionReader(database: Database): SessionReader {
  const owners = new Map<string, SessionOwner>()

  async function ownerOf(tokenHash: string): Promise<SessionOwner> {
    const known = owners.get(tokenHash)
    if (known !== undefined) return known
    const session = await resolveSession(database, tokenHash)
    if (session === undefined) throw notLive()
    const { organizationId, userId } = session
    if (owners.size >= rememberedOwners) owners.clear()
    owners.set(tokenHash, { organizationId, userId })
    return { organizationId, userId }
  }

  return {
    describe: async (tokenHash) => {
      const owner = await ownerOf(tokenHash)
      return describe(database, tokenHash, owner).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'unauthenticated') owners.delete(tokenHash)
        throw error
      })
    },
  }
}

async function describe(
  database: Database,
  tokenHash: string,
  { organizationId, userId }: SessionOwner,
): Promise<SessionDescription> {
  const entry = enterSession({ organizationId, tokenHash })
  const [accesses, rows] = await database.transaction(entry, async (tx) => {
    const access = tx.run(effectiveAccessOf(organizationId, userId))
    const [found] = await tx.commitWith(details({ organizationId, tokenHash }))
    return [await access, found ?? []] as const
  })
  const [[access], [row]] = [accesses, rows]
  if (access === undefined || row === undefined) throw notLive()
  const { email, organizationName, connection, userId: _, ...session } = row
  const { id, userName, displayName } = access.user
  return {
    user: { id, userName, displayName, email },
    organization: { ...access.organization, name: organizationName },
    connection,
    ...heldRoles(access),
    session,
    expiresAt: [session.idleExpiresAt, session.expiresAt].sort()[0] ?? session.expiresAt,
  }
}

const notLive = (): AppError => new AppError('unauthenticated', 'There is no live session here')
