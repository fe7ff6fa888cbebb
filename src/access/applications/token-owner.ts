// Whose an access token of the OpenID provider is, for what Rolecall itself serves to whoever has one.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import type { Services } from '#src/context.ts'
import { findArtifact } from './provider-artifacts.ts'

export type TokenOwner = {
  organizationId: string
  userId: string
  scopes: string[]
  /** Of the key that the token is bound to (RFC 7638); null: whoever has the token may use it. */
  thumbprint: string | null
}

const ownerOf = prepared<{ idHash: string }, { organizationId: string }>(
  (p) => sql`select id as "organizationId" from owner_of_artifact('AccessToken', ${p.idHash})`,
)

/** @returns undefined for what is no access token, has run out, or whose session has ended. @throws AppError unavailable */
export async function findTokenOwner({ database }: Services, token: string): Promise<TokenOwner | undefined> {
  const found = await findArtifact(database, 'AccessToken', token)
  const { accountId, scope, jkt, aud } = found?.payload ?? {}
  // What is for somebody's resource is for that alone.
  if (typeof accountId !== 'string' || aud !== undefined) return undefined
  const [owner] = await database.read(ownerOf({ idHash: sha256(token) }))
  if (owner === undefined) return undefined
  const scopes = typeof scope === 'string' ? scope.split(' ') : []
  return { ...owner, userId: accountId, scopes, thumbprint: typeof jkt === 'string' ? jkt : null }
}
