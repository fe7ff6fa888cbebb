// Another key seals from now on: what was sealed under an older one is opened and sealed anew, organization by organization, so that
// the old key can go. A row that changes meanwhile is left as it is then.
import { type SQL, sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { type CallContext, inTransaction, type Services } from '#src/context.ts'
import { systemContext } from '../ground/system-context.ts'

/** Where secrets lie that outlive their hour, and which column names the row. What waits for a sign-in to end runs out by itself. */
export const sealedColumns = [
  ['connections', 'secret_sealed', 'id'],
  ['applications', 'secret_sealed', 'id'],
  ['webhooks', 'secret_sealed', 'id'],
  ['totp_factors', 'secret_sealed', 'user_id'],
  ['mail_servers', 'password_sealed', 'organization_id'],
  ['mails', 'body_sealed', 'id'],
  ['sessions', 'id_token_sealed', 'id'],
] as const

type Table = (typeof sealedColumns)[number][0]

type Sealed = { table: Table; id: string; sealed: string }

/** Those that open and seal no more. */
const oldKeys = ({ sealing }: Pick<Services, 'sealing'>): string[] =>
  sealing.keyIds.filter((keyId) => keyId !== sealing.currentKeyId)

/** At once, in one transaction. */
const batchSize = 200

const isUnder = (sealed: SQL, keyIds: SQL): SQL => sql`split_part(${sealed}, '.', 2) = any (${keyIds}::text[])`

const underOtherKeys = prepared<
  { organizationId: string; keyIds: readonly string[]; after: string; limit: number },
  Sealed
>(
  (p) =>
    sql`select * from (${sql.join(
      sealedColumns.map(([table, column, id]) => {
        const [name, sealed] = [sql.identifier(table), sql.identifier(column)]
        return sql`select ${table} as "table", t.${sql.identifier(id)} as id, t.${sealed} as sealed from ${name} t
        where t.organization_id = ${p.organizationId} and ${isUnder(sql`t.${sealed}`, p.keyIds)}`
      }),
      sql` union all `,
    )}) found where "table" || ' ' || id > ${p.after} order by "table" || ' ' || id limit ${p.limit}::int`,
)

type Change = { organizationId: string; id: string; before: string; after: string }

const replacements = Object.fromEntries(
  sealedColumns.map(([table, column, id]) => [
    table,
    prepared<Change, { id: string }>(
      (p) => sql`update ${sql.identifier(table)} set ${sql.identifier(column)} = ${p.after}
        where organization_id = ${p.organizationId} and ${sql.identifier(id)} = ${p.id} and ${sql.identifier(column)} = ${p.before}
        returning ${sql.identifier(id)} as id`,
    ),
  ]),
) as Record<Table, (change: Change) => Statement<{ id: string }>>

const columnOf = new Map(sealedColumns.map(([table, column]) => [table, column]))

/** Undefined where it cannot be opened: it was sealed with another key of that name, or altered. */
function anew({ sealing }: Pick<Services, 'sealing'>, sealed: string, place: SealPlace): string | undefined {
  try {
    return sealing.seal(sealing.open(sealed, place), place)
  } catch {
    return undefined
  }
}

export type Resealed = {
  /** How many are under the current key by now. */
  count: number
  /** What could not be opened, as `table id`; it is left as it is. */
  unopened: string[]
}

/** @throws AppError unavailable */
async function resealOrganization(ctx: CallContext): Promise<Resealed> {
  const { organizationId } = ctx
  const unopened: string[] = []
  let [count, after] = [0, '']
  for (;;) {
    const done = await inTransaction(ctx, async (tx) => {
      const found = await tx.run(underOtherKeys({ organizationId, keyIds: oldKeys(ctx), after, limit: batchSize }))
      const opened = found.map((each) => {
        const place: SealPlace = [each.table, columnOf.get(each.table) ?? '', organizationId, each.id]
        return { ...each, after: anew(ctx, each.sealed, place) }
      })
      const written = await Promise.all(
        opened.map(({ table, id, sealed, after: next }) =>
          next === undefined ? [] : tx.run(replacements[table]({ organizationId, id, before: sealed, after: next })),
        ),
      )
      const closed = opened.filter((each) => each.after === undefined)
      return { found, closed, written: written.flat().length }
    })
    count += done.written
    unopened.push(...done.closed.map(({ table, id }) => `${table} ${id}`))
    const last = done.found.at(-1)
    if (last === undefined || done.found.length < batchSize) return { count, unopened }
    after = `${last.table} ${last.id}`
  }
}

const ofInstance = prepared<{ keyIds: readonly string[] }, { id: string; sealed: string }>(
  (p) => sql`select id, value_sealed as sealed from instance_keys
    where ${isUnder(sql`value_sealed`, p.keyIds)} order by id`,
)

const replaceOfInstance = prepared<{ id: string; before: string; after: string }, { id: string }>(
  (p) =>
    sql`update instance_keys set value_sealed = ${p.after} where id = ${p.id} and value_sealed = ${p.before} returning id`,
)

async function resealInstance(services: Services): Promise<Resealed> {
  const { database } = services
  const done: Resealed = { count: 0, unopened: [] }
  for (const { id, sealed } of await database.run(ofInstance({ keyIds: oldKeys(services) }))) {
    const after = anew(services, sealed, ['instance_keys', 'value_sealed', 'instance', id])
    if (after === undefined) done.unopened.push(`instance_keys ${id}`)
    else done.count += (await database.run(replaceOfInstance({ id, before: sealed, after }))).length
  }
  return done
}

export type KeyUse = {
  keyId: string
  /** Seals, opens, or is missing among the configured ones. */
  status: 'current' | 'old' | 'missing'
  secrets: number
}

type Count = { keyId: string; organizationId: string | null; secrets: number }

const seals = prepared<Record<string, never>, Count>(
  () => sql`select key_id as "keyId", organization_id as "organizationId", secrets::int as secrets from seals_by_key()`,
)

/** Each key that is configured or used, and how many secrets are sealed under it. @throws AppError unavailable */
export async function countSecretsByKey({ database, sealing }: Services): Promise<KeyUse[]> {
  const counts = await database.read(seals({}))
  const ids = [...new Set([...sealing.keyIds, ...counts.map(({ keyId }) => keyId)])]
  return ids.map((keyId) => ({
    keyId,
    status: keyId === sealing.currentKeyId ? 'current' : sealing.keyIds.includes(keyId) ? 'old' : 'missing',
    secrets: counts.filter((each) => each.keyId === keyId).reduce((sum, { secrets }) => sum + secrets, 0),
  }))
}

/**
 * Seals under the current key what is under others that are configured, in the whole installation; repeating is harmless.
 * @throws AppError unavailable
 */
export async function resealSecrets(services: Services): Promise<Resealed> {
  const keyIds = oldKeys(services)
  const done: Resealed = { count: 0, unopened: [] }
  if (keyIds.length === 0) return done
  const counts = await services.database.read(seals({}))
  const old = counts.filter(({ keyId }) => keyIds.includes(keyId))
  for (const organizationId of new Set(old.map((each) => each.organizationId))) {
    const part =
      organizationId === null
        ? await resealInstance(services)
        : await resealOrganization(systemContext(services, organizationId))
    done.count += part.count
    done.unopened.push(...part.unopened)
  }
  return done
}
