// /Bulk (RFC 7644 §3.7): many writes in one request, each with an outcome of its own.
import { type Context, Hono } from 'hono'
import type { QuirkName } from '#connections/provisioning/quirks.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import { answer } from './answers.ts'
import { askerOf } from './asker-of.ts'
import { readBody } from './body.ts'
import { type BulkEntry, bulkLimits, parseBulk } from './bulk/operations.ts'
import { runBulk } from './bulk/run.ts'
import type { Outcome } from './bulk/writing.ts'
import { scimError } from './errors.ts'
import type { ScimEnv, ScimServices } from './guard.ts'
import { onlyBy } from './methods.ts'
import { recordOperation } from './provisioning-log.ts'

/** @returns an app to be mounted at `/Bulk` */
export function createBulk({ provisioning, limits }: Pick<ScimServices, 'provisioning' | 'limits'>): Hono<ScimEnv> {
  const bulk = new Hono<ScimEnv>({ strict: false })
  bulk.post('/', async (c) => {
    const request = parseBulk(await readBody(c, bulkLimits.payload))
    const { ctx, directoryId } = c.var
    limits.charge({ organizationId: ctx.organizationId, kind: 'directory', id: directoryId }, request.entries.length)
    // Each operation is in the log by itself.
    c.set('received', undefined)
    const noted = request.entries.map(() => new Set<QuirkName>())
    const outcomes = await runBulk(askerOf(c), request, (index) => (quirk) => noted[index]?.add(quirk))
    const results = request.entries.flatMap((entry, index) => {
      const outcome = outcomes[index]
      if (outcome === undefined) return []
      const result = resultOf(c, entry, outcome)
      recordOperation(c, provisioning, { entry, outcome, result, noted: noted[index] })
      return [result]
    })
    return answer(c, { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'], Operations: results })
  })
  bulk.all('/', onlyBy('POST'))
  return bulk
}

/** RFC 7644 §3.7.3: the location is left out of a POST that failed only. */
function resultOf(c: Context<ScimEnv>, entry: BulkEntry, outcome: Outcome): JsonObject {
  const { method, bulkId } = entry
  const named = { method, ...(bulkId === undefined ? {} : { bulkId }) }
  if ('written' in outcome) {
    const { id, version, status } = outcome.written
    const versioned = version === undefined ? {} : { version }
    return { ...named, ...versioned, location: locationOf(c, entry, id), status: String(status) }
  }
  const { status, body, error } = scimError(outcome.error, c.get('requestId'))
  if (error.code === 'internal') {
    c.get('log').error(
      { error: error.cause ?? error, requestId: c.get('requestId') },
      'A bulk operation failed on our side',
    )
  }
  const id = 'operation' in entry ? entry.operation.id : ''
  const place = id === '' ? {} : { location: locationOf(c, entry, id) }
  return { ...named, ...place, status: String(status), response: JSON.parse(body) as JsonObject }
}

function locationOf(c: Context<ScimEnv>, entry: BulkEntry, id: string): string {
  const { urls, directoryId } = c.var
  const isGroup = 'operation' in entry && entry.operation.resource === 'Groups'
  return isGroup ? urls.scimGroup(directoryId, id) : urls.scimUser(directoryId, id)
}
