// A token that is bound to a key is good together with a proof that its sender has the key, made for this very request (RFC 9449 §7).
// The endpoints of the OpenID provider check theirs themselves.
import { hash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import { z } from 'zod'
import { AppError } from '#platform/errors.ts'
import type { Services } from '#src/context.ts'
import { consumeArtifact, putArtifact } from './provider-artifacts.ts'

export const proofAlgorithms = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] as const

const recentSeconds = 60

const Claims = z.looseObject({
  htm: z.string(),
  htu: z.string(),
  ath: z.string(),
  iat: z.number(),
  jti: z.string().min(1).max(500),
})

export type Proven = {
  token: string
  /** Of the key that the token is bound to; null: to none. */
  thumbprint: string | null
  /** How the token was sent: `bearer`, `dpop`. */
  scheme: string
  /** The header DPoP, where there is one. */
  proof: string | undefined
  method: string
  /** Without query. */
  url: string
}

/** @throws AppError unauthenticated where a bound token comes without a proof that fits, or one of nobody's with `DPoP` */
export async function requirePossession(services: Services, sent: Proven): Promise<void> {
  if (sent.thumbprint === null && sent.scheme === 'bearer') return
  if (sent.thumbprint === null || sent.scheme !== 'dpop' || sent.proof === undefined) throw unproven
  const claims = await readProof(sent.proof, sent.thumbprint)
  const age = Math.abs(services.clock.now().getTime() / 1000 - claims.iat)
  const fits = claims.htm === sent.method && claims.htu === sent.url && age <= recentSeconds
  if (!fits || claims.ath !== hash('sha256', sent.token, 'base64url')) throw unproven
  await requireFirst(services, `${sent.thumbprint} ${claims.jti}`)
}

const unproven = new AppError(
  'unauthenticated',
  'The access token needs a proof of its key (DPoP) that is made for this request',
)

async function readProof(proof: string, thumbprint: string): Promise<z.output<typeof Claims>> {
  const options = { algorithms: [...proofAlgorithms], typ: 'dpop+jwt', currentDate: new Date(0) }
  const verified = await jwtVerify(proof, EmbeddedJWK, options).catch(() => undefined)
  const claims = Claims.safeParse(verified?.payload)
  const jwk = verified?.protectedHeader.jwk
  if (!claims.success || jwk === undefined || (await calculateJwkThumbprint(jwk)) !== thumbprint) throw unproven
  return claims.data
}

/** A proof counts once, on whichever node. */
async function requireFirst({ database }: Services, id: string): Promise<void> {
  const nobody = { organizationId: null, userId: null, sessionId: null, grantId: null }
  await putArtifact(database, { ...nobody, model: 'ReplayDetection', id, payload: {}, seconds: recentSeconds * 5 })
  if (!(await consumeArtifact(database, 'ReplayDetection', id))) throw unproven
}
