// An application's authorization request that waits until its person has signed in. Its uid is in the address bar and gives
// nobody anything: what goes on there is done for the live session of the browser that comes back.
import type { Database } from '#db/database.ts'
import { type ArtifactPayload, dropArtifact, findArtifact, putArtifact } from './provider-artifacts.ts'

export type WaitingRequest = {
  /** The parameters as the application sent them. */
  params: Record<string, string>
  /** When anybody at that browser had last proven who they are; null where nobody was signed in. */
  authenticatedAt: string | null
  /** The session whose person wants to go on; null where nobody has said so. */
  confirmedBy: string | null
}

const model = 'Interaction'
const uidForm = /^[\w-]{21,64}$/

/** The path at which a waiting request goes on. */
export const continuationPath = (uid: string): string => `/oauth2/interaction/${uid}`

/** Where the person of a session is asked whether it is to go on. */
export const confirmationPath = (uid: string): string => `${continuationPath(uid)}/confirm`

/** What is kept of a request that begins to wait. */
export const waitingPayload = (params: unknown, authenticatedAt: string | null): ArtifactPayload => ({
  params,
  authenticatedAt,
  confirmedBy: null,
})

/** @returns undefined for a request that is unknown or waited too long. @throws AppError unavailable */
export async function findWaitingRequest(database: Database, uid: string): Promise<WaitingRequest | undefined> {
  if (!uidForm.test(uid)) return undefined
  const found = await findArtifact(database, model, uid)
  if (found === undefined) return undefined
  const {
    params,
    authenticatedAt,
    confirmedBy = null,
  } = found.payload as Omit<WaitingRequest, 'params'> & {
    params: Record<string, unknown>
  }
  const texts = Object.entries(params).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return { params: Object.fromEntries(texts), authenticatedAt, confirmedBy }
}

/** The person of a session wants the request to go on; it waits for ten minutes more. @throws AppError unavailable */
export async function confirmWaitingRequest(
  database: Database,
  uid: string,
  { confirmedBy, ...waiting }: WaitingRequest & { confirmedBy: string },
): Promise<void> {
  const artifact = { model, id: uid, organizationId: null, userId: null, sessionId: null, grantId: null, seconds: 600 }
  await putArtifact(database, { ...artifact, payload: { ...waiting, confirmedBy } })
}

/** A request goes on once. */
export const dropWaitingRequest = (database: Database, uid: string): Promise<void> => dropArtifact(database, model, uid)
