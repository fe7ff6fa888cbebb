// Where an application may be reached: its redirect URIs are compared character by character (RFC 9700 §2.1), so they are
// taken as they are or not at all.
import { z } from 'zod'
import { browserUriSchema } from '#platform/input.ts'
import type { CallContext } from '#src/context.ts'

const most = 20

const unique = (uris: string[]): string[] => [...new Set(uris)]

/** The URIs of an application as they come in. */
export const applicationUris = {
  redirectUris: z.array(browserUriSchema).min(1, 'must have at least one').max(most).transform(unique),
  postLogoutRedirectUris: z.array(browserUriSchema).max(most).transform(unique),
  backchannelLogoutUri: z.string().max(2_000).nullable(),
}

/** The server itself sends there, so it must be an address that it may reach. @throws AppError invalid */
export function checkBackchannel(ctx: CallContext, uri: string | null | undefined): void {
  if (uri !== null && uri !== undefined) ctx.outgoing.check(uri)
}
