// Access tokens of a directory's clients (RFC 6749 §4.4, RFC 7523): rows among its bearer tokens, which run out, so that each request
// is refused or let in as by every other token.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { prepared } from '#db/statement.ts'
import { issueSecret, sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { enterOrganization, type Services } from '#src/context.ts'
import type { ClientKind, KeySettings } from './directory-clients.ts'

export const accessTokenSeconds = 3_600

/** How long an assertion may be good for: it is sent once, at once. */
const longestAssertionSeconds = 600
const skewSeconds = 60

export type ClientProof = { clientId: string; secret: string } | { clientId: string; assertion: string }

const resolve = prepared<{ clientId: string }, { organizationId: string; directoryId: string }>(
  (p) =>
    sql`select organization_id as "organizationId", directory_id as "directoryId" from resolve_directory_client(${p.clientId})`,
)

type Client = {
  kind: ClientKind
  secretHash: string | null
  settings: Record<string, unknown>
  /** Stands for the secret and the keys that it has at the moment. */
  provenBy: string
}

/** Of `directory_clients c`. */
const provenBy = sql`md5(coalesce(c.secret_hash, '') || c.settings::text)`

const selectClient = prepared<{ organizationId: string; clientId: string; now: string }, Client>(
  (
    p,
  ) => sql`select c.kind, c.secret_hash as "secretHash", c.settings, ${provenBy} as "provenBy" from directory_clients c
    where c.organization_id = ${p.organizationId} and c.id = ${p.clientId} and c.revoked_at is null
      and (c.expires_at is null or c.expires_at > ${p.now}::timestamptz)`,
)

type NewToken = {
  organizationId: string
  clientId: string
  id: string
  tokenHash: string
  lastFour: string
  now: string
  expiresAt: string
  /** What it was asked for with; null for what the client does not prove to us. */
  provenBy: string | null
}

// Under the client's lock, so that a revocation, or another secret, comes before it or ends it, too.
const insertToken = prepared<NewToken, { id: string }>(
  (p) => sql`with client as (
      select c.organization_id, c.id, c.directory_id from directory_clients c
      where c.organization_id = ${p.organizationId} and c.id = ${p.clientId} and c.revoked_at is null
        and (c.expires_at is null or c.expires_at > ${p.now}::timestamptz)
        and (${p.provenBy}::text is null or ${provenBy} = ${p.provenBy}) for share),
    forgotten as (
      delete from directory_tokens t using client where t.organization_id = client.organization_id and t.client_id = client.id
        and t.expires_at < ${p.now}::timestamptz - interval '1 day')
    insert into directory_tokens (organization_id, id, directory_id, client_id, token_hash, last_four, created_at, expires_at)
    select client.organization_id, ${p.id}, client.directory_id, client.id, ${p.tokenHash}, ${p.lastFour},
      ${p.now}::timestamptz, ${p.expiresAt}::timestamptz from client
    on conflict do nothing returning id`,
)

/** Keeps the hash of a token for a client that still counts. @returns false where it does not, or the id is there already */
export async function keepAccessToken(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { organizationId, ...token }: Omit<NewToken, 'now'>,
): Promise<boolean> {
  const statement = insertToken({ organizationId, ...token, now: clock.now().toISOString() })
  const [rows] = await database.transaction(enterOrganization({ organizationId }), (tx) => tx.commitWith(statement))
  return rows?.length === 1
}

/** An id that the same thing has every time. */
export const tokenIdOf = (...parts: string[]): string =>
  `tok_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 26)}`

const refused = (): AppError => new AppError('unauthenticated', 'The client is unknown, or its proof is not valid')

/**
 * A token for a client of the directory, for an hour.
 * @param tokenUrl the address that it was asked for at, which an assertion has to be for
 * @throws AppError unauthenticated, the same whatever is wrong
 */
export async function issueAccessToken(
  services: Services,
  { directoryId, proof, tokenUrl }: { directoryId: string; proof: ClientProof; tokenUrl: string },
): Promise<{ accessToken: string; expiresInSeconds: number }> {
  const { database, clock } = services
  const { clientId } = proof
  const [owner] = await database.read(resolve({ clientId }))
  if (owner?.directoryId !== directoryId) throw refused()
  const { organizationId } = owner
  const now = clock.now()
  const entry = enterOrganization({ organizationId })
  const asked = selectClient({ organizationId, clientId, now: now.toISOString() })
  const [clients] = await database.transaction(entry, (tx) => tx.commitWith(asked))
  const client = clients?.[0]
  const id = client === undefined ? undefined : await provenId(client, proof, { services, tokenUrl, now })
  if (id === undefined) throw refused()
  const { plain, hash, lastFour } = issueSecret('rcs', services.randomBytes)
  const expiresAt = new Date(now.getTime() + accessTokenSeconds * 1000).toISOString()
  const token = { organizationId, clientId, id, tokenHash: hash, lastFour, expiresAt }
  const isKept = await keepAccessToken(services, { ...token, provenBy: client?.provenBy ?? null })
  if (!isKept) throw refused()
  return { accessToken: plain, expiresInSeconds: accessTokenSeconds }
}

type Circumstances = { services: Services; tokenUrl: string; now: Date }

/** The id of the token that the proof is good for; of an assertion always the same, so that it counts once. */
async function provenId(client: Client, proof: ClientProof, { services, tokenUrl, now }: Circumstances) {
  if ('secret' in proof) {
    const isRight = client.kind === 'secret' && sha256(proof.secret) === client.secretHash
    return isRight ? services.ids.next('tok') : undefined
  }
  if (client.kind !== 'private_key_jwt') return undefined
  const payload = await verifiedAssertion(client.settings as KeySettings, proof, tokenUrl, now)
  return payload === undefined ? undefined : tokenIdOf(proof.clientId, payload.jti ?? '')
}

/** RFC 7523 §3, OpenID Connect Core §9: issuer and subject are the client, for this address, for a short time, told apart by jti. */
async function verifiedAssertion(
  { keys }: KeySettings,
  { clientId, assertion }: { clientId: string; assertion: string },
  tokenUrl: string,
  now: Date,
): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(
      assertion,
      createLocalJWKSet({ keys } as Parameters<typeof createLocalJWKSet>[0]),
      {
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        ...{ issuer: clientId, subject: clientId, audience: tokenUrl, currentDate: now, clockTolerance: skewSeconds },
        requiredClaims: ['exp', 'jti'],
      },
    )
    const secondsLeft = Number(payload.exp) - now.getTime() / 1000
    return typeof payload.jti === 'string' && payload.jti !== '' && secondsLeft <= longestAssertionSeconds + skewSeconds
      ? payload
      : undefined
  } catch {
    return undefined
  }
}
