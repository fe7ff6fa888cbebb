// Signing keys of OpenID providers as JSON Web Keys (RFC 7517).
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { exportJWK, type JWK } from 'jose'

export type SigningJwk = {
  alg: 'RS256' | 'PS256' | 'ES256'
  kid: string
  privateKey: KeyObject
  publicKey: KeyObject
  privateJwk: JWK
  publicJwk: JWK
}

/** Makes a key pair; RSA with 2048 bits unless told. */
export async function createSigningJwk({
  alg = 'RS256',
  kid = randomUUID(),
}: {
  alg?: SigningJwk['alg']
  kid?: string
} = {}): Promise<SigningJwk> {
  const { privateKey, publicKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const common = { kid, alg, use: 'sig' }
  const privateJwk = { ...(await exportJWK(privateKey)), ...common }
  const publicJwk = { ...(await exportJWK(publicKey)), ...common }
  return { alg, kid, privateKey, publicKey, privateJwk, publicJwk }
}
