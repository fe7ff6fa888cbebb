// Asks Rolecall as an OpenID provider, and finds out where its endpoints are.
import { RolecallError, unreached } from './errors.ts'

export type Metadata = Record<'authorization_endpoint' | 'token_endpoint' | 'end_session_endpoint' | 'jwks_uri', string>

export type Reach = (url: string, init?: RequestInit) => Promise<Response>

const timeoutMillis = 10_000

/** @throws RolecallError unavailable, by what it returns, where there is no answer or one that is no answer to the question */
export const createReach =
  (ask: typeof fetch): Reach =>
  async (url, init = {}) => {
    const sent = ask(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMillis) })
    const response = await sent.catch((cause: unknown) => {
      throw unreached(cause)
    })
    if (response.status < 500 && response.status !== 429) return response
    throw unreached(new Error(`It answered with ${response.status}`))
  }

/** Asked once; a failure is not kept. @throws RolecallError misconfigured, where the issuer is not https (http on loopback alone) */
export function createDiscovery(issuer: string, reach: Reach): () => Promise<Metadata> {
  const { protocol, hostname } = new URL(issuer)
  if (protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    throw new RolecallError('misconfigured', 'issuer: must be https')
  let discovered: Promise<Metadata> | undefined
  return () => {
    discovered ??= discover(issuer, reach).catch((error: unknown) => {
      discovered = undefined
      throw error
    })
    return discovered
  }
}

async function discover(issuer: string, reach: Reach): Promise<Metadata> {
  const response = await reach(`${issuer}/.well-known/openid-configuration`)
  const found = (await response.json().catch(() => ({}))) as Metadata & { issuer?: string }
  if (found.issuer === issuer) return found
  throw new RolecallError('misconfigured', `issuer: ${issuer} says that it is ${found.issuer ?? 'nobody'}`)
}
