// Tokens that Entra ID issues itself for the requests of its provisioning service, where the directory names its tenant and the
// audience. A token that is good becomes one of the directory's, under its own hash, until it runs out.
import { sql } from 'drizzle-orm'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import type { Services } from '#src/context.ts'
import { keepAccessToken, tokenIdOf } from './access-tokens.ts'
import type { EntraSettings } from './directory-clients.ts'

type Issuer = { organizationId: string; clientId: string; settings: EntraSettings }

const resolve = prepared<{ directoryId: string }, Issuer>(
  (p) => sql`select organization_id as "organizationId", client_id as "clientId", settings
    from resolve_directory_issuers(${p.directoryId})`,
)

type KeySet = { keys: Record<string, unknown>[]; fetchedAt: number }

const freshMillis = 60 * 60_000
/** Tokens with invented key ids must not make us ask all the time. */
const refetchMillis = 60_000
const rememberedTenants = 500
const skewSeconds = 60
const login = 'https://login.microsoftonline.com'

export type EntraTokens = {
  /** @throws AppError unauthenticated; unavailable where the keys of the tenant cannot be had */
  admit(directoryId: string, token: string): Promise<void>
}

export function createEntraTokens(services: Services): EntraTokens {
  const tenants = new Map<string, KeySet>()

  async function keysOf(tenantId: string, kid: string | undefined): Promise<KeySet> {
    const now = services.clock.now().getTime()
    const known = tenants.get(tenantId)
    const age = known === undefined ? Number.POSITIVE_INFINITY : now - known.fetchedAt
    const hasKey = known?.keys.some((key) => key['kid'] === kid) === true
    if (known !== undefined && (hasKey ? age < freshMillis : age < refetchMillis)) return known
    const fresh = { keys: await fetchKeys(tenantId), fetchedAt: now }
    if (tenants.size >= rememberedTenants) tenants.clear()
    tenants.set(tenantId, fresh)
    return fresh
  }

  async function fetchKeys(tenantId: string): Promise<Record<string, unknown>[]> {
    try {
      const answer = await services.outgoing.fetch(`${login}/${tenantId}/discovery/v2.0/keys`, { maxBytes: 262_144 })
      const { keys } = (await answer.json()) as { keys?: unknown }
      if (!answer.ok || !Array.isArray(keys)) throw new Error(`The keys of the tenant answered ${answer.status}`)
      return keys as Record<string, unknown>[]
    } catch (cause) {
      throw new AppError('unavailable', 'The keys of the tenant cannot be fetched at the moment', { cause })
    }
  }

  /** When the token runs out; undefined where it is not one for this issuer. */
  async function expiryOf(token: string, { tenantId, audience, applicationId }: EntraSettings) {
    const { keys } = await keysOf(tenantId, decodeProtectedHeader(token).kid)
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys } as Parameters<typeof createLocalJWKSet>[0]), {
      algorithms: ['RS256'],
      issuer: [`${login}/${tenantId}/v2.0`, `https://sts.windows.net/${tenantId}/`],
      ...{ audience, currentDate: services.clock.now(), clockTolerance: skewSeconds, requiredClaims: ['exp', 'tid'] },
    })
    const isRightTenant = payload['tid'] === tenantId
    const application = payload['azp'] ?? payload['appid']
    const isRightApplication = applicationId === undefined || application === applicationId
    return isRightTenant && isRightApplication ? Number(payload.exp) : undefined
  }

  async function isAdmitted(token: string, { organizationId, clientId, settings }: Issuer): Promise<boolean> {
    try {
      const expiry = await expiryOf(token, settings)
      if (expiry === undefined) return false
      const expiresAt = new Date(expiry * 1000).toISOString()
      const id = tokenIdOf(clientId, token)
      await keepAccessToken(services, {
        provenBy: null,
        organizationId,
        clientId,
        id,
        tokenHash: sha256(token),
        lastFour: token.slice(-4),
        expiresAt,
      })
      return true
    } catch (error) {
      if (error instanceof AppError) throw error
      return false
    }
  }

  return {
    admit: async (directoryId, token) => {
      for (const issuer of await services.database.read(resolve({ directoryId }))) {
        if (await isAdmitted(token, issuer)) return
      }
      throw new AppError('unauthenticated', 'The token is not valid')
    },
  }
}
