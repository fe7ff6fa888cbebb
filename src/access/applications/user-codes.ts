// The short codes by which a person finds the device that waits for them (RFC 8628). Neither code is kept as it is: the short one leads
// to the hash of the long one, by which nothing can be presented.
import type { Database } from '#db/database.ts'
import {
  type ArtifactPayload,
  findArtifact,
  findArtifactByHash,
  hashedId,
  type NewArtifact,
  putArtifact,
} from './provider-artifacts.ts'

const model = 'UserCode'

/** Notes where a user code leads. @param artifact the device code */
export async function putUserCode(database: Database, { id, seconds }: NewArtifact, userCode: string): Promise<void> {
  const nobody = { organizationId: null, userId: null, sessionId: null, grantId: null }
  await putArtifact(database, { ...nobody, model, id: userCode, payload: { device: hashedId(id) }, seconds })
}

/** @returns what waits for this code, under the id by which it can be put again; undefined where there is nothing */
export async function findByUserCode(database: Database, userCode: string): Promise<ArtifactPayload | undefined> {
  const known = await findArtifact(database, model, userCode)
  const { device } = known?.payload ?? {}
  if (typeof device !== 'string') return undefined
  const found = await findArtifactByHash(database, 'DeviceCode', device)
  if (found === undefined || found.consumedAt !== null) return undefined
  return { ...found.payload, userCode, jti: device }
}
