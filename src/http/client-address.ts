// Where a request comes from, for limits and for the record. X-Forwarded-For is anybody's word, unless proxies of ours wrote it.
import { isIP } from 'node:net'
import type { Context } from 'hono'
import type { Visitor } from '#access/sign-in/attempts.ts'

type NodeEnv = { incoming?: { socket?: { remoteAddress?: string } } } | undefined

/**
 * @param trustedProxies how many proxies in front add to X-Forwarded-For: the entry that the outermost of them wrote is the
 *   client. 0: the header is not looked at.
 * @returns an IP address, or null where nothing tells
 */
export function clientAddress(c: Context, trustedProxies: number): string | null {
  const connected = plain((c.env as NodeEnv)?.incoming?.socket?.remoteAddress ?? '')
  if (trustedProxies === 0) return connected
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
  return plain(hops.at(-trustedProxies) ?? '') ?? connected
}

/** Who is at the door, as the trace of a sign-in keeps it. */
export const visitorOf = (c: Context, trustedProxies: number): Visitor => ({
  ip: clientAddress(c, trustedProxies),
  userAgent: c.req.header('user-agent') ?? null,
})

/** IPv4 in its own form also where it came through an IPv6 socket. */
function plain(text: string): string | null {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  return isIP(address) === 0 ? null : address
}
