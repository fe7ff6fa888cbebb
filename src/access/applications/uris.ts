// Where an application may be reached: its redirect URIs are compared character by character (RFC 9700 §2.1), so they are
// taken as they are or not at all. On the loopback of a person's device the port alone may differ (RFC 8252 §7.3).
import { z } from 'zod'
import { browserUriSchema } from '#platform/input.ts'
import type { CallContext } from '#src/context.ts'

const most = 20

const unique = (uris: string[]): string[] => [...new Set(uris)]

// RFC 8252 §7.1: a domain name that is the maker's, turned around, so that no two of them take the same scheme.
const privateUse = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:[\x21-\x7e]*$/

/** Whether it is an address by which a device opens an app. */
export const isPrivateUse = (uri: string): boolean => privateUse.test(uri) && !/[#*]/.test(uri)

const redirectUri = z.union([browserUriSchema, z.string().max(2_000).refine(isPrivateUse)], {
  error:
    'must be an https URL (http on loopback alone) without fragment, user name or wildcard, or of an app with a scheme such as com.example.app:/callback',
})

const browserOrigin = browserUriSchema.refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'must be an origin such as https://app.example.com, without a path',
})

/** The URIs of an application as they come in. */
export const applicationUris = {
  redirectUris: z.array(redirectUri).max(most).transform(unique),
  postLogoutRedirectUris: z.array(redirectUri).max(most).transform(unique),
  browserOrigins: z.array(browserOrigin).max(most).transform(unique),
  backchannelLogoutUri: z.string().max(2_000).nullable(),
}

/** The server itself asks there, so it must be an address that it may reach. @throws AppError invalid */
export function checkOutgoing(ctx: CallContext, ...uris: (string | null | undefined)[]): void {
  for (const uri of uris) if (uri !== null && uri !== undefined) ctx.outgoing.check(uri)
}
