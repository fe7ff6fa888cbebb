// Hands every request of a directory to the provisioning log once it is answered. A token that is of no directory leaves nothing:
// there is no organization to keep it for.
import type { Context, MiddlewareHandler } from 'hono'
import type { QuirkName } from '#connections/provisioning/quirks.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import type { CallContext } from '#src/context.ts'
import type { BulkEntry } from './bulk/operations.ts'
import type { Outcome } from './bulk/writing.ts'
import type { ScimEnv, ScimServices } from './guard.ts'
import type { Note } from './patch/note.ts'
import { noteRequest, type ReceivedRequest } from './quirks/request.ts'

export function provisioningLog({ provisioning }: Pick<ScimServices, 'provisioning'>): MiddlewareHandler<ScimEnv> {
  return async (c, next) => {
    const startedAt = performance.now()
    await next()
    const ctx = c.get('ctx') as CallContext | undefined
    if (ctx === undefined) return
    const { method } = c.req
    const { status } = c.res
    const path = belowBase(c.req.url)
    ctx.metrics?.directoryAnswered({ directoryId: ctx.actor.id, path, method, status })
    const [body, operations] = [c.get('received'), c.get('operations')]
    const noted = c.get('noted')
    const mediaType = body === undefined ? undefined : c.req.header('content-type')
    provisioning.record({
      ...{ organizationId: ctx.organizationId, directoryId: ctx.actor.id, requestId: ctx.requestId, method, path },
      ...{ status, durationMillis: performance.now() - startedAt, request: body },
      requestLength: body === undefined ? 0 : Number(c.req.header('content-length') ?? Number.NaN),
      response: c.get('sent') ?? null,
      quirks: () => quirksOf({ method, path, mediaType, body, operations }, noted),
      targetId: targetOf(path) ?? (status === 201 ? targetOf(c.res.headers.get('location') ?? '') : null),
      userAgent: c.req.header('user-agent') ?? null,
    })
  }
}

type Operation = {
  entry: BulkEntry
  outcome: Outcome
  result: JsonObject
  noted: ReadonlySet<QuirkName> | undefined
}

/** An operation of a bulk request, as the request of its own that it stands for. */
export function recordOperation(
  c: Context<ScimEnv>,
  provisioning: ScimServices['provisioning'],
  { entry, outcome, result, noted }: Operation,
): void {
  const { ctx, directoryId } = c.var
  const { method, path } = entry
  const body = 'operation' in entry && method !== 'DELETE' ? entry.operation.data : undefined
  const error = 'error' in outcome ? JSON.stringify(result['response']) : null
  provisioning.record({
    ...{ organizationId: ctx.organizationId, directoryId, requestId: ctx.requestId, method, path, request: body },
    ...{ status: Number(result['status']), durationMillis: outcome.durationMillis, response: error },
    requestLength: body === undefined ? 0 : JSON.stringify(body).length,
    quirks: () =>
      quirksOf({ method, path, mediaType: c.req.header('content-type'), body, operations: undefined }, noted),
    targetId: targetOf(String(result['location'] ?? '')),
    userAgent: c.req.header('user-agent') ?? null,
  })
}

/** Takes note of a tolerance that only shows while the request is worked on. */
export const noteOf = (c: Context<ScimEnv>): Note => {
  return (quirk) => c.set('noted', (c.get('noted') ?? new Set()).add(quirk))
}

function quirksOf(request: ReceivedRequest, noted: ReadonlySet<QuirkName> | undefined): QuirkName[] {
  const quirks = new Set(noted)
  noteRequest(request, (quirk) => quirks.add(quirk))
  return [...quirks]
}

/** `/Users?filter=…` of `https://id.example.com/scim/v2/dir_…/Users?filter=…` */
function belowBase(url: string): string {
  const path = url.slice(url.indexOf('/', url.indexOf('//') + 2))
  return path.replace(/^\/+scim\/+v2\/+[^/?]*/, '') || '/'
}

const targetOf = (path: string): string | null => /\/(?:Users|Groups)\/+([^/?.]{1,100})/i.exec(path)?.[1] ?? null
