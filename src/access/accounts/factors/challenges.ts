// Challenges of passkeys (WebAuthn §13.4.3): random, kept here, good once and for five minutes, and only for what they were
// made for. Before it is known who comes, they belong to no organization, so they live where other such secrets live: under
// their hash.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import type { Services } from '#src/context.ts'

const model = 'PasskeyChallenge'
const seconds = 300
const challengeBytes = 32

const put = prepared<{ model: string; idHash: string; seconds: number }, unknown>(
  (p) => sql`select put_provider_artifact(${p.model}, ${p.idHash}, null, null, null, null, '{}', ${p.seconds}::int)`,
)

const consume = prepared<{ model: string; idHash: string }, { isConsumed: boolean }>(
  (p) => sql`select consume_provider_artifact(${p.model}, ${p.idHash}) as "isConsumed"
    where exists (select from find_provider_artifact(${p.model}, ${p.idHash}))`,
)

const hashOf = (purpose: string, challenge: string): string => sha256(`${purpose}:${challenge}`)

/** @param purpose what it is for and in whose browser, e.g. `sign-in:<login state>` */
export async function issueChallenge(
  { database, randomBytes }: Pick<Services, 'database' | 'randomBytes'>,
  purpose: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = randomBytes(challengeBytes)
  await database.run(put({ model, idHash: hashOf(purpose, challenge.toString('base64url')), seconds }))
  return new Uint8Array(challenge)
}

/** True the first time, within its five minutes, for the same purpose. @param challenge in base64url */
export async function useChallenge(
  { database }: Pick<Services, 'database'>,
  purpose: string,
  challenge: string,
): Promise<boolean> {
  const [row] = await database.run(consume({ model, idHash: hashOf(purpose, challenge) }))
  return row?.isConsumed === true
}
