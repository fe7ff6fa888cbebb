// Sessions of people without a sign-in: as the last step of one makes them.
import { type NewSession, sessionStart } from '#access/sign-in/sessions/start-session.ts'
import { inTransaction } from '#src/context.ts'
import type { TestOrganization } from './app.ts'

export type SignedIn = { sessionId: string; token: string; tokenHash: string; cookie: string }

/** A live session of the person; `cookie` is the value of a Cookie header. @throws Error where they are not active */
export async function signIn(
  { ctx }: Pick<TestOrganization, 'ctx'>,
  userId: string,
  session: Partial<NewSession> = {},
): Promise<SignedIn> {
  const start = sessionStart(ctx, {
    ...{ userId, method: 'password', hasSecondFactor: false, ip: '192.0.2.10', userAgent: firefox },
    ...session,
  })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(start.statement))
  if (rows?.length !== 1) throw new Error('No session was started')
  const { sessionId, token, tokenHash } = start
  return { sessionId, token, tokenHash, cookie: `__Host-rolecall_session=${token}` }
}

export const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
