// What the writes of a resource need of a request of HTTP.
import type { Context } from 'hono'
import type { ScimEnv } from './guard.ts'
import { noteOf } from './provisioning-log.ts'
import { expectedVersion } from './resources/versions.ts'
import type { Asker, Place } from './write/asker.ts'

export const askerOf = (c: Context<ScimEnv>): Asker => {
  const { ctx, directoryId, urls } = c.var
  return { ctx, directoryId, urls, note: noteOf(c) }
}

export const placeOf = (c: Context<ScimEnv>, id: string): Place => ({
  id,
  version: expectedVersion(c.req.header('if-match')),
})
