// Signed and deliberately wrongly signed JWTs (RFC 7519): ID tokens and logout tokens for tests.
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { CompactSign } from 'jose'
import type { SigningJwk } from './keys.ts'

/** undefined removes a claim. */
export type Claims = Record<string, unknown>

export type JwtHeader = { alg?: string; kid?: string | undefined; typ?: string | undefined; [name: string]: unknown }

export type SignJwtOptions = {
  key: SigningJwk
  /** Replaces parts of the header. `alg` none in any case leaves the signature empty; HS… takes `secret`. */
  header?: JwtHeader
  secret?: string | Uint8Array
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
const hashes: Record<string, string> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs claims with the key, or as the header says. @throws Error if the key does not fit the algorithm. */
export async function signJwt(claims: Claims, { key, header, secret = '' }: SignJwtOptions): Promise<string> {
  const { alg, ...rest } = { alg: key.alg as string, kid: key.kid, typ: 'JWT', ...header }
  const present = Object.entries(rest).filter(([, value]) => value !== undefined)
  const fullHeader = { alg, ...Object.fromEntries(present) }
  const input = `${encode(fullHeader)}.${encode(claims)}`
  if (alg.toLowerCase() === 'none') return `${input}.`
  const hash = hashes[alg]
  if (hash !== undefined) return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(fullHeader).sign(key.privateKey)
}

/** Replaces claims of a JWT and keeps its signature, which does not fit any more. */
export function tamperJwt(jwt: string, change: Claims): string {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims
  return [header, encode({ ...claims, ...change }), signature].join('.')
}

/** `at_hash` of an access token for algorithms with SHA-256 (OpenID Connect Core §3.1.3.6). */
export const accessTokenHash = (accessToken: string): string =>
  createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')

export type LogoutTokenOptions = SignJwtOptions & {
  issuer: string
  audience: string
  sub?: string
  sid?: string
  now?: Date
  /** Replaces claims. */
  claims?: Claims
}

/** A logout token (OpenID Connect Back-Channel Logout §2.4), valid for two minutes. */
export async function createLogoutToken(options: LogoutTokenOptions): Promise<string> {
  const issuedAt = Math.floor((options.now ?? new Date()).getTime() / 1000)
  const claims = {
    iss: options.issuer,
    aud: options.audience,
    iat: issuedAt,
    exp: issuedAt + 120,
    jti: randomUUID(),
    sub: options.sub,
    sid: options.sid,
    events: { [logoutEvent]: {} },
    ...options.claims,
  }
  return signJwt(claims, { ...options, header: { typ: 'logout+jwt', ...options.header } })
}
