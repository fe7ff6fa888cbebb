// What the OpenID provider keeps between requests: codes, grants, tokens, authorization requests under way. Everything is
// found by the SHA-256 of its id and holds no id of its own, so that a dump of the database has nothing to present. What
// belongs to a session is found only while the session lives; the database sees to that.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { enterOrganization } from '#src/context.ts'

export type ArtifactPayload = Record<string, unknown>

export type NewArtifact = {
  model: string
  /** The code or token itself; kept as its SHA-256. */
  id: string
  organizationId: string | null
  userId: string | null
  /** The Rolecall session that it dies with. */
  sessionId: string | null
  grantId: string | null
  payload: ArtifactPayload
  seconds: number | null
}

type Key = { model: string; idHash: string }

const put = prepared<
  Omit<NewArtifact, 'id' | 'payload' | 'seconds'> & { idHash: string; payload: string; seconds: number | null },
  unknown
>(
  (p) => sql`select put_provider_artifact(${p.model}, ${p.idHash}, ${p.organizationId}, ${p.userId}, ${p.sessionId},
    ${p.grantId}, ${p.payload}, ${p.seconds}::integer)`,
)

const find = prepared<Key, { payload: ArtifactPayload; consumedAt: string | null }>(
  (p) => sql`select payload, consumed_at as "consumedAt" from find_provider_artifact(${p.model}, ${p.idHash})`,
)

const consume = prepared<Key, { isFirst: boolean }>(
  (p) => sql`select consume_provider_artifact(${p.model}, ${p.idHash}) as "isFirst"`,
)

const drop = prepared<Key, unknown>((p) => sql`select drop_provider_artifact(${p.model}, ${p.idHash})`)

const dropOfGrant = prepared<{ grantId: string }, unknown>((p) => sql`select drop_provider_grant(${p.grantId})`)

const noteUse = prepared<{ organizationId: string; sessionId: string; applicationId: string }, never>(
  (p) => sql`insert into application_sessions (organization_id, session_id, application_id, created_at)
    values (${p.organizationId}, ${p.sessionId}, ${p.applicationId}, now()) on conflict do nothing`,
)

const hashMark = '#'

/** An id that stands for the hash of another one: what is put by it takes the place of that one, and it finds nothing. */
export const hashedId = (id: string): string => (id.startsWith(hashMark) ? id : `${hashMark}${sha256(id)}`)

const statementOf = ({ id, payload, ...rest }: NewArtifact) =>
  put({ ...rest, idHash: hashedId(id).slice(hashMark.length), payload: JSON.stringify(payload) })

/** Keeps it, in place of what had the same id. @throws AppError unavailable */
export async function putArtifact(database: Database, artifact: NewArtifact): Promise<void> {
  await database.run(statementOf(artifact))
}

/** Keeps a code and notes that its session is used for the application, which will be told of the session's end. */
export async function putCode(
  database: Database,
  code: NewArtifact & { organizationId: string; sessionId: string },
  applicationId: string,
): Promise<void> {
  const { organizationId, sessionId } = code
  await database.transaction(enterOrganization({ organizationId }), (tx) =>
    tx.commitWith<unknown>(noteUse({ organizationId, sessionId, applicationId }), statementOf(code)),
  )
}

/** @returns undefined where it is unknown, run out, or its session no longer lives. @throws AppError unavailable */
export async function findArtifact(
  database: Database,
  model: string,
  id: string,
): Promise<{ payload: ArtifactPayload; consumedAt: string | null } | undefined> {
  const [found] = await database.read(find({ model, idHash: sha256(id) }))
  return found
}

/** The same by an id of `hashedId`. */
export async function findArtifactByHash(
  database: Database,
  model: string,
  hashed: string,
): Promise<{ payload: ArtifactPayload; consumedAt: string | null } | undefined> {
  const [found] = await database.read(find({ model, idHash: hashed.slice(hashMark.length) }))
  return found
}

/** @returns false where it was used before: of several at once, one is the first. @throws AppError unavailable */
export async function consumeArtifact(database: Database, model: string, id: string): Promise<boolean> {
  const [row] = await database.run(consume({ model, idHash: sha256(id) }))
  return row?.isFirst === true
}

export async function dropArtifact(database: Database, model: string, id: string): Promise<void> {
  await database.run(drop({ model, idHash: sha256(id) }))
}

/** Everything that was issued under a grant. */
export async function dropGrant(database: Database, grantId: string): Promise<void> {
  await database.run(dropOfGrant({ grantId }))
}
