// Who asks: the bearer token of a directory becomes a CallContext, within what the directory may ask.
import type { MiddlewareHandler } from 'hono'
import { createEntraTokens } from '#connections/directories/entra-tokens.ts'
import {
  type DirectoryToken,
  enterDirectory,
  resolveDirectoryToken,
  touchDirectoryToken,
} from '#connections/directories/resolve-directory-token.ts'
import type { ProvisioningLog } from '#connections/provisioning/log.ts'
import type { QuirkName } from '#connections/provisioning/quirks.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import { bearerSecret } from '#http/bearer.ts'
import { clientAddress } from '#http/client-address.ts'
import type { AppEnv } from '#http/env.ts'
import { createUseNotes } from '#http/note-use.ts'
import { createSecretGate, type RequestLimits } from '#http/request-rate-limits.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError, notFound } from '#platform/errors.ts'
import type { Urls } from '#platform/urls.ts'
import {
  type CallContext,
  inTransaction,
  type ManagementPermission,
  nowOf,
  type Services,
  servicesOf,
} from '#src/context.ts'
import type { Operation } from './patch/operations.ts'

export type ScimServices = Services & {
  urls: Urls
  provisioning: Pick<ProvisioningLog, 'record'>
  limits: RequestLimits
  trustedProxies: number
}

export type ScimEnv = {
  Variables: AppEnv['Variables'] & {
    ctx: CallContext
    directoryId: string
    urls: Urls
    /** For the provisioning log: tolerances that were made use of, the body once it is parsed, the answer once it is made. */
    noted: Set<QuirkName> | undefined
    received: JsonObject | undefined
    operations: readonly Operation[] | undefined
    sent: string | undefined
  }
}

const permissions: ReadonlySet<ManagementPermission> = new Set([
  'users.read',
  'users.write',
  'groups.read',
  'groups.write',
])

/** Tokens that an identity provider issues itself hold claims, and are as long as those. */
const longestToken = 4_096

const isJwt = (secret: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret)

const rememberedJwts = 10_000

/** What is good becomes a token of the directory; that is settled once, and whether it still is, in each request. */
function createJwtGate(services: ScimServices) {
  const entra = createEntraTokens(services)
  const admitted = new Set<string>()
  return async (
    directoryId: string,
    { secret, tokenHash, ip }: { secret: string; tokenHash: string; ip: string | null },
  ): Promise<void> => {
    if (admitted.has(tokenHash)) return
    services.limits.admitUnproven(ip)
    try {
      await entra.admit(directoryId, secret)
    } catch (error) {
      if (error instanceof AppError && error.code === 'unauthenticated') services.limits.noteWrongSecret(ip)
      throw error
    }
    if (admitted.size >= rememberedJwts) admitted.clear()
    admitted.add(tokenHash)
  }
}

/** @throws AppError unauthenticated; too_many; not_found for a directory that is not the token's */
export function requireDirectoryToken(services: ScimServices): MiddlewareHandler<ScimEnv> {
  const gate = createSecretGate<DirectoryToken>(services.limits, {
    resolve: (tokenHash) => resolveDirectoryToken(services.database, tokenHash),
    askerOf: ({ organizationId, directoryId }) => ({ organizationId, kind: 'directory', id: directoryId }),
    refusal: 'The token is not valid',
  })
  const noteUse = createUseNotes(services.clock, 'a directory token')
  const parts = servicesOf(services)
  const admitJwt = createJwtGate(services)

  return async (c, next) => {
    const secret = bearerSecret(c.req.header('authorization'), 'the token of the directory', longestToken)
    const tokenHash = sha256(secret)
    const ip = clientAddress(c, services.trustedProxies)
    if (isJwt(secret)) await admitJwt(c.req.param('directoryId') ?? '', { secret, tokenHash, ip })
    const { organizationId, directoryId, tokenId } = await gate.enter(tokenHash, ip)
    const ctx: CallContext = {
      ...parts,
      organizationId,
      actor: { type: 'directory', id: directoryId },
      permissions,
      entry: enterDirectory({ organizationId, directoryId, tokenHash }),
      requestId: c.get('requestId'),
    }
    c.set('ctx', ctx)
    if (c.req.param('directoryId') !== directoryId) throw notFound('Directory')
    c.set('directoryId', directoryId)
    c.set('urls', services.urls)
    await next()
    gate.leave(tokenHash, ip, c.res.status)
    if (c.res.status === 401) return
    const note = () => touchDirectoryToken({ organizationId, tokenId, now: nowOf(ctx) })
    noteUse(c.get('log'), tokenId, () => inTransaction(ctx, (tx) => tx.commitWith(note())))
  }
}
