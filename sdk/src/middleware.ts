// What the adapters have in common: the requests that the kit answers itself, the session of the others, and who may.
import type { Place } from './decisions.ts'
import { RolecallError } from './errors.ts'
import type { Rolecall } from './rolecall.ts'
import type { Session, Visit } from './sessions.ts'

/** An answer of the kit's own, or who is asking. */
export async function receive(rolecall: Rolecall, request: Request): Promise<Response | Visit> {
  const answer = await rolecall.handle(request)
  if (answer !== undefined) return answer
  return denied(rolecall, request, () => rolecall.visit(request))
}

/** The answer to somebody who may not; undefined for whoever may. Without a permission it is enough to be signed in. */
export async function refusalOf(
  rolecall: Rolecall,
  request: Request,
  { session, permission, place }: { session: Session | undefined; permission?: string; place?: Place | undefined },
): Promise<Response | undefined> {
  return denied(rolecall, request, async () => {
    if (permission !== undefined) await rolecall.requirePermission(session, permission, place)
    else if (session === undefined) throw new RolecallError('unauthenticated', 'Nobody is signed in', { status: 401 })
    return undefined
  })
}

async function denied<Result>(
  rolecall: Rolecall,
  request: Request,
  work: () => Promise<Result>,
): Promise<Result | Response> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RolecallError) return rolecall.deny(error, request)
    throw error
  }
}
