// What a webhook signs with (Standard Webhooks): a shared secret, `v1`, and an Ed25519 key, `v1a`, whose public half whoever receives may
// keep in its place. While they are changed for others, both sign.
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import type { SealPlace } from '#platform/sealing.ts'
import type { CallContext } from '#src/context.ts'

type Pair = {
  /** 32 bytes, in base64. */
  secret: string
  /** PKCS #8, in base64. */
  privateKey: string
  /** Until when it signs beside the first one; null for the first one. */
  until: string | null
}

/** As they sign. */
type Signer = { secret: KeyObject; key: KeyObject }

export const secretPlace = (organizationId: string, id: string): SealPlace => [
  'webhooks',
  'secret_sealed',
  organizationId,
  id,
]

function newPair(ctx: Pick<CallContext, 'randomBytes'>): Pair {
  const { privateKey } = generateKeyPairSync('ed25519')
  const der = privateKey.export({ format: 'der', type: 'pkcs8' })
  return { secret: ctx.randomBytes(32).toString('base64'), privateKey: der.toString('base64'), until: null }
}

const keyOf = ({ privateKey }: Pair): KeyObject =>
  createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' })

/** The last 32 bytes of its SPKI are the key itself. */
const publicKeyOf = (pair: Pair): string =>
  `whpk_${createPublicKey(keyOf(pair)).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}`

export type NewSecrets = { sealed: string; secret: string; publicKey: string }

/** So many sign at most: one now, and those before it whose time is not over. */
const mostPairs = 3

/** What signs beside the new one: the last one until then, and those before it as long as was said. Nothing where the time is over. */
function formerPairs(ctx: CallContext, id: string, { sealed, until }: { sealed: string; until: string }): Pair[] {
  const now = ctx.clock.now().getTime()
  if (Date.parse(until) <= now) return []
  const pairs = JSON.parse(ctx.sealing.open(sealed, secretPlace(ctx.organizationId, id))) as Pair[]
  return pairs
    .map((pair) => ({ ...pair, until: pair.until ?? until }))
    .filter((pair) => Date.parse(pair.until) > now)
    .slice(0, mostPairs - 1)
}

/** @param former what signs beside them until then; with no time left, nothing but the new ones signs */
export function newSecrets(ctx: CallContext, id: string, former?: { sealed: string; until: string }): NewSecrets {
  const place = secretPlace(ctx.organizationId, id)
  const pair = newPair(ctx)
  const pairs = [pair, ...(former === undefined ? [] : formerPairs(ctx, id, former))]
  return {
    sealed: ctx.sealing.seal(JSON.stringify(pairs), place),
    secret: `whsec_${pair.secret}`,
    publicKey: publicKeyOf(pair),
  }
}

/** Those that sign now. @throws AppError internal where they cannot be opened */
export function signersOf(ctx: CallContext, { id, sealed }: { id: string; sealed: string }): Signer[] {
  const pairs = JSON.parse(ctx.sealing.open(sealed, secretPlace(ctx.organizationId, id))) as Pair[]
  return pairs
    .filter(({ until }) => until === null || Date.parse(until) > ctx.clock.now().getTime())
    .map((pair) => ({ secret: createSecretKey(Buffer.from(pair.secret, 'base64')), key: keyOf(pair) }))
}

/** The three headers of a message. */
export function signedHeaders(signers: readonly Signer[], message: { id: string; at: Date; body: string }) {
  const timestamp = String(Math.floor(message.at.getTime() / 1000))
  const content = Buffer.from(`${message.id}.${timestamp}.${message.body}`)
  const signatures = signers.flatMap(({ secret, key }) => [
    `v1,${createHmac('sha256', secret).update(content).digest('base64')}`,
    `v1a,${sign(null, content, key).toString('base64')}`,
  ])
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
