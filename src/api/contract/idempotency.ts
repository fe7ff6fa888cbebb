// `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that is sent again is answered as the first time, and makes
// nothing twice. All that the request does is one transaction, with its answer in it: it is done and remembered, or neither.
import type { Context, MiddlewareHandler } from 'hono'
import { answerBefore, type KeptAnswer, keepAnswer } from '#access/ground/idempotent-answers.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { type CallContext, inSharedTransaction } from '#src/context.ts'
import type { ApiEnv } from './env.ts'

/** The answer is one of a failure: what was done is taken back, and the key stays unused. */
class Failed extends Error {}

/** @throws AppError as `answerBefore` does; invalid (reason `idempotency_key`) for a header that is no key */
export const idempotent: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const key = c.req.header('idempotency-key')
  if (key === undefined || c.req.method !== 'POST' || isImport(c)) return next()
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw invalid('Idempotency-Key must have 1 to 255 printable characters without spaces', 'idempotency_key')
  const { pathname, search } = new URL(c.req.url)
  const request = JSON.stringify([pathname, search, await c.req.text(), rightsIn(c.get('ctx'))])
  const kept = await once(c, { key, request }, next).catch((error: unknown) => {
    if (error instanceof Failed) return undefined
    throw error
  })
  if (kept === undefined) return
  const { status, contentType, body } = kept
  return new Response(body === '' ? null : body, {
    status,
    headers: { ...(contentType === '' ? {} : { 'Content-Type': contentType }), 'Idempotency-Replayed': 'true' },
  })
}

/** Whoever may do less by now is not told again what they were told. */
const rightsIn = ({ permissions, brandPermissions }: CallContext) => [
  permissions === 'all' ? permissions : [...permissions].toSorted(),
  [...(brandPermissions ?? [])].map(([brand, held]) => [brand, [...held].toSorted()]),
]

/** Parts of an import are the same when they are sent again, and take longer than a transaction may. */
const isImport = (c: Context): boolean => c.req.path.endsWith('/user-imports')

/** @returns the answer of before; undefined where this was the first request, which is answered by now */
function once(
  c: Context<ApiEnv>,
  { key, request }: { key: string; request: string },
  next: () => Promise<void>,
): Promise<KeptAnswer | undefined> {
  let hasBegun = false
  return inSharedTransaction(c.get('ctx'), async (ctx) => {
    const before = await answerBefore(ctx, { key, request })
    if (before !== undefined) return before
    // PostgreSQL gave the first try up in favour of another request, and handlers run once.
    if (hasBegun) throw new AppError('unavailable', 'It collided with another request; send it again')
    hasBegun = true
    c.set('ctx', ctx)
    await next()
    if (c.res.status >= 400) throw new Failed()
    const answer = c.res.clone()
    const contentType = answer.headers.get('content-type') ?? ''
    await keepAnswer(ctx, { key, request, answer: { status: answer.status, contentType, body: await answer.text() } })
    return undefined
  })
}
