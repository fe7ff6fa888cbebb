// Where an application may be reached: its redirect URIs are compared character by character (RFC 9700 §2.1), so they are
// taken as they are or not at all.
import { z } from 'zod'
import type { CallContext } from '#src/context.ts'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
const most = 20

function isBrowserUri(text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('*') || !URL.canParse(text)) return false
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || text.includes('#')) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))
}

const browserUri = z
  .string()
  .max(2_000, 'must have at most 2,000 characters')
  .refine(isBrowserUri, 'must be an https URL (http on loopback alone) without fragment, user name or wildcard')

const unique = (uris: string[]): string[] => [...new Set(uris)]

/** The URIs of an application as they come in. */
export const applicationUris = {
  redirectUris: z.array(browserUri).min(1, 'must have at least one').max(most).transform(unique),
  postLogoutRedirectUris: z.array(browserUri).max(most).transform(unique),
  backchannelLogoutUri: z.string().max(2_000).nullable(),
}

/** The server itself sends there, so it must be an address that it may reach. @throws AppError invalid */
export function checkBackchannel(ctx: CallContext, uri: string | null | undefined): void {
  if (uri !== null && uri !== undefined) ctx.outgoing.check(uri)
}
