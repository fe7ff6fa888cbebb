// A known text, sealed once for the whole installation: it proves at the start that the keys are those of this database,
// rather than at the first sign-in that needs one.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { SealPlace } from '#platform/sealing.ts'
import type { Services } from '#src/context.ts'

const place: SealPlace = ['instance_keys', 'value_sealed', 'instance', 'check']
const knownText = 'rolecall'

const keep = prepared<{ valueSealed: string }, never>(
  (p) => sql`insert into instance_keys (id, purpose, value_sealed, created_at)
    values ('check', 'check', ${p.valueSealed}, now()) on conflict do nothing`,
)

const read = prepared<Record<string, never>, { valueSealed: string }>(
  () => sql`select value_sealed as "valueSealed" from instance_keys where id = 'check'`,
)

/** @throws Error that says what to do where the keys are not those that this database's secrets were sealed with */
export async function requireSealingKeys(services: Services): Promise<void> {
  const { database, sealing } = services
  await database.run(keep({ valueSealed: sealing.seal(knownText, place) }))
  const [row] = await database.run(read({}))
  const keyId = row?.valueSealed.split('.')[1]
  try {
    if (sealing.open(row?.valueSealed ?? '', place) === knownText) return
  } catch {
    // Said below, in words for the operator.
  }
  const why = sealing.keyIds.includes(keyId ?? '')
    ? `with another key that is called ${keyId}, too`
    : `with the key ${keyId}, which is not among the configured ones (current: ${sealing.currentKeyId})`
  throw new Error(
    `The secrets in this database were sealed ${why}. Add it to ENCRYPTION_KEYS, or restore encryption.key in DATA_DIR from a backup.`,
  )
}
