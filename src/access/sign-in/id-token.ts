// The provider's ID token of a session, kept sealed: the provider wants it when the session is ended there.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import type { CallContext } from '#src/context.ts'

const writeIdToken = prepared<{ organizationId: string; sessionId: string; idTokenSealed: string }, never>(
  (p) => sql`update sessions set id_token_sealed = ${p.idTokenSealed}
    where organization_id = ${p.organizationId} and id = ${p.sessionId}`,
)

/** Where a session's ID token belongs. */
export const idTokenPlace = (organizationId: string, sessionId: string) =>
  ['sessions', 'id_token_sealed', organizationId, sessionId] as const

/** Keeps it with the session, sealed, as a statement. */
export const keepIdToken = (ctx: CallContext, sessionId: string, idToken: string): Statement<unknown> =>
  writeIdToken({
    organizationId: ctx.organizationId,
    sessionId,
    idTokenSealed: ctx.sealing.seal(idToken, idTokenPlace(ctx.organizationId, sessionId)),
  })
