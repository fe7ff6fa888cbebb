// An operator in an organization's console, as its support: let in by what the organization has granted to their session, page by page.
import type { Context, Handler, MiddlewareHandler, Next } from 'hono'
import { leaveWithin } from '#access/organizations/support/support-accesses.ts'
import { asSupport, findSupport, type SupportEntry } from '#access/platform/support/as-support.ts'
import type { BrowserSession } from '#access/sign-in/sessions/resolve-session.ts'
import { recordAudit } from '#audit/record.ts'
import { clearCookie, readCookie, setCookie } from '#http/cookies.ts'
import { sessionOf } from '#http/session.ts'
import { AppError, freshProofNeeded } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import type { ConsoleEnv, ConsoleServices } from '../ui/env.ts'
import { leavePath } from '../ui/support-banners.tsx'

const cookieName = 'rolecall_support'

/** The browser is in the organization's console from now on, instead of in its own. */
export function rememberSupport(c: Context, { id, endsAt, now }: { id: string; endsAt: string; now: Date }): void {
  setCookie(c, cookieName, id, { maxAgeSeconds: Math.max(0, (Date.parse(endsAt) - now.getTime()) / 1_000) })
}

/** Sets `support`, where the session is in an organization's console; what is over is forgotten. After `readSession`. */
export function readSupport(services: ConsoleServices): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    const [id, session] = [readCookie(c, cookieName), c.get('session')]
    if (id === undefined || session === undefined) return next()
    const { tokenHash } = session
    const support = isId('sup', id) ? await findSupport(services, { id, tokenHash }) : undefined
    if (support === undefined) {
      clearCookie(c, cookieName)
      // Whoever was in another organization's console does not go on, by the same page, in their own.
      return c.redirect('/platform?done=supportEnded', 303)
    }
    c.set('support', support)
    c.set('supportedOrganizationId', support.organizationId)
    return next()
  }
}

/** What cannot be undone, and what is about somebody's ways in, is not for support, whatever its permissions say. */
const never =
  /\/(erase|emergency|again|connect|api-keys|setup-links|tokens|clients|keys?|secrets?|passwords?|factors?)(\/|$)/

type LetIn = { services: ConsoleServices; session: BrowserSession; support: SupportEntry }

/** Every page that is opened is in the organization's trail before it is shown. */
export async function letSupportIn(
  c: Context<ConsoleEnv>,
  next: Next,
  { services, session, support }: LetIn,
): Promise<void> {
  const { ctx, organization } = await asSupport(services, session, { support, requestId: c.get('requestId') })
  const { operator, mayWrite, endsAt } = support
  const shown = { userId: support.id, name: operator, organization, isEmergency: false, timeZone: null }
  c.set('ctx', ctx)
  c.set('manager', { ...shown, supporters: [], support: { mayWrite, endsAt } })
  requireAllowed(c, ctx, support)
  if (c.req.method === 'GET' && c.req.header('hx-request') !== 'true') await noteView(ctx, c.req.path)
  await next()
}

function requireAllowed(c: Context<ConsoleEnv>, ctx: CallContext, { mayWrite }: SupportEntry): void {
  if (c.req.path === leavePath) return
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isReading && !mayWrite)
    throw new AppError('forbidden', 'This support access may only read', { reason: 'support_reads_only' })
  if (never.test(c.req.path)) throw new AppError('forbidden', 'This is not for support', { reason: 'support' })
  if (!isReading && ctx.proof !== 'fresh') throw freshProofNeeded()
}

async function noteView(ctx: CallContext, path: string): Promise<void> {
  const entry = { targetType: 'support_access', targetId: ctx.actor.id, detail: { path } } as const
  await inTransaction(ctx, (tx) => tx.commitWith(recordAudit(ctx, { action: 'support.view', ...entry })))
}

/** Back to the platform; what was granted is used up. */
export const leaveAsSupport: Handler<ConsoleEnv> = async (c) => {
  const [support, ctx] = [c.get('support'), c.get('ctx')]
  if (support === undefined) return c.redirect('/console', 303)
  sessionOf(c as never)
  await inTransaction(ctx, (tx) => leaveWithin(tx, ctx, support.id))
  clearCookie(c, cookieName)
  return c.redirect(`/platform/organizations/${support.organizationId}`, 303)
}
