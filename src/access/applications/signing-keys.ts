// The keys that sign ID tokens and logout tokens: made at first need, sealed, the same on every node. A new key is published
// before it signs, and an old one after it has signed, so that applications always know the key of what they get.
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import type { Transaction } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { type CallContext, enterInstance, type Services } from '#src/context.ts'
import { requireOperator } from '../ground/platform-rights.ts'

export type SigningAlgorithm = 'RS256' | 'ES256'

/** A private JSON Web Key (RFC 7517). */
export type SigningKey = { kid: string; alg: SigningAlgorithm; use: 'sig'; kty: string } & Record<string, string>

type Row = { id: string; valueSealed: string; isRipe: boolean }

// Nodes look for new keys every minute, and applications may keep the key set for some.
const publishedKeys = prepared<Record<string, never>, Row>(
  () => sql`select id, value_sealed as "valueSealed", created_at <= now() - interval '5 minutes' as "isRipe"
    from instance_keys
    where purpose = 'signing' and (retired_at is null or retired_at > now() - interval '7 days')
    order by created_at desc, id desc`,
)

const insertKey = prepared<{ id: string; valueSealed: string }, never>(
  (p) => sql`insert into instance_keys (id, purpose, value_sealed, created_at)
    values (${p.id}, 'signing', ${p.valueSealed}, now())`,
)

const retireOthers = prepared<{ kept: readonly string[] }, never>(
  (p) => sql`update instance_keys set retired_at = now()
    where purpose = 'signing' and retired_at is null and id <> all (${p.kept}::text[])`,
)

const lock = prepared<Record<string, never>, unknown>(
  () => sql`select pg_advisory_xact_lock(hashtext('rolecall signing keys'))`,
)

const algorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256']

const placeOf = (id: string): SealPlace => ['instance_keys', 'value_sealed', 'instance', id]

/**
 * All published keys; of each algorithm the one that signs comes first. Makes the first ones where there are none.
 * @throws AppError unavailable; internal where the sealing key is not the one that they were sealed with
 */
export async function loadSigningKeys(services: Services): Promise<SigningKey[]> {
  const rows = await services.database.read(publishedKeys({}))
  return inOrder(services, rows.length > 0 ? rows : await makeFirst(services))
}

const publicMembers = new Set(['kid', 'alg', 'use', 'kty', 'n', 'e', 'crv', 'x', 'y'])

/** What of a key everybody may know. */
export const publicPart = (key: SigningKey): SigningKey =>
  Object.fromEntries(Object.entries(key).filter(([member]) => publicMembers.has(member))) as SigningKey

/**
 * New keys; they sign from five minutes on, and the old ones stay published for a week.
 * @throws AppError forbidden where the caller is not the operator
 */
export async function rotateSigningKeys(ctx: CallContext): Promise<SigningKey[]> {
  requireOperator(ctx)
  const made = await Promise.all(algorithms.map((alg) => createKey(ctx, alg)))
  await ctx.database.transaction(enterInstance({}), async (tx) => {
    void tx.run(lock({}))
    await insertAll(ctx, tx, made)
    await tx.commitWith(retireOthers({ kept: made.map(({ kid }) => kid) }))
  })
  return made
}

async function makeFirst(services: Services): Promise<Row[]> {
  const made = await Promise.all(algorithms.map((alg) => createKey(services, alg)))
  return services.database.transaction(enterInstance({}), async (tx) => {
    await tx.run(lock({}))
    if ((await tx.run(publishedKeys({}))).length === 0) await insertAll(services, tx, made)
    return tx.run(publishedKeys({}))
  })
}

async function insertAll(services: Services, tx: Transaction, keys: readonly SigningKey[]): Promise<void> {
  const insertions = keys.map((key) =>
    tx.run(insertKey({ id: key.kid, valueSealed: services.sealing.seal(JSON.stringify(key), placeOf(key.kid)) })),
  )
  await Promise.all(insertions)
}

async function createKey({ ids }: Pick<Services, 'ids'>, alg: SigningAlgorithm): Promise<SigningKey> {
  const generate = promisify(generateKeyPair)
  const { privateKey } =
    alg === 'RS256' ? await generate('rsa', { modulusLength: 2048 }) : await generate('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' }) as Record<string, string> & { kty: string }
  return { ...jwk, kid: ids.next('kid'), alg, use: 'sig' }
}

/** Newest first as they come; the newest that is ripe signs, or the oldest where none is. */
function inOrder({ sealing }: Services, rows: readonly Row[]): SigningKey[] {
  const keys = rows.map(({ id, valueSealed, isRipe }) => ({
    key: JSON.parse(sealing.open(valueSealed, placeOf(id))) as SigningKey,
    isRipe,
  }))
  const signing = algorithms.flatMap((alg) => {
    const known = keys.filter(({ key }) => key.alg === alg)
    const chosen = known.find(({ isRipe }) => isRipe) ?? known.at(-1)
    return chosen === undefined ? [] : [chosen.key]
  })
  return [...signing, ...keys.map(({ key }) => key).filter((key) => !signing.includes(key))]
}
