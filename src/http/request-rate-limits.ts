// How much one directory, one API key and one organization may ask of a node, so that none of them slows the others; and how often
// one address may try secrets that nobody has. Kept in this process, since it has to cost next to nothing: each node counts for
// itself.
import { addressKey } from '#access/ground/count-attempts.ts'
import type { Clock } from '#platform/clock.ts'
import { AppError } from '#platform/errors.ts'

/** Requests a second in the long run, 0 for no limit; so many seconds' worth may come at once. */
export type RequestRates = {
  directoryPerSecond: number
  apiKeyPerSecond: number
  organizationPerSecond: number
  burstSeconds: number
}

/** Entra ID sends some 25 requests a second in a cycle, Okta comes in bursts; a whole first import fits in. */
export const defaultRates: RequestRates = {
  directoryPerSecond: 100,
  apiKeyPerSecond: 500,
  organizationPerSecond: 600,
  burstSeconds: 20,
}

const wrongSecrets = { perSecond: 1, burst: 60 }

type Bucket = { perSecond: number; burst: number }

const rememberedKeys = 20_000

/** The generic cell rate algorithm: of each key one number is kept, the time at which its bucket is full again. */
class Buckets {
  readonly #bucket: Bucket
  readonly #fullAt = new Map<string, number>()

  constructor(bucket: Bucket) {
    this.#bucket = bucket
  }

  /** @returns the milliseconds until the key may ask; 0: now */
  wait(key: string, now: number): number {
    const { perSecond, burst } = this.#bucket
    if (perSecond === 0) return 0
    return Math.max(0, this.#ahead(key, now) + (1 - burst) * (1000 / perSecond))
  }

  /** How long it takes until the key's bucket is full again. */
  #ahead(key: string, now: number): number {
    const { perSecond, burst } = this.#bucket
    const ahead = Math.max(0, (this.#fullAt.get(key) ?? now) - now)
    // Longer than an empty bucket takes: the clock was set back, and what was counted means nothing any more.
    return ahead > burst * (1000 / perSecond) ? 0 : ahead
  }

  take(key: string, now: number, count = 1): void {
    const { perSecond, burst } = this.#bucket
    if (perSecond === 0) return
    const empty = burst * (1000 / perSecond)
    this.#fullAt.set(key, now + Math.min(empty, this.#ahead(key, now) + (count * 1000) / perSecond))
    if (this.#fullAt.size > rememberedKeys) this.#sweep(now)
  }

  #sweep(now: number): void {
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key)
    // Under a flood of addresses the oldest are forgotten.
    for (const key of this.#fullAt.keys()) {
      if (this.#fullAt.size <= rememberedKeys / 2) return
      this.#fullAt.delete(key)
    }
  }
}

export type Asker = { organizationId: string; kind: 'directory' | 'apiKey'; id: string }

export type RequestLimits = {
  /** A secret whose owner is not known yet, or that was refused the last time. @throws AppError too_many */
  admitUnproven(ip: string | null): void
  /** Whose request it is, is known. @throws AppError too_many with the seconds to wait */
  admit(asker: Asker): void
  /** What one request asked for stands for so many more, which the next ones wait for. */
  charge(asker: Asker, requests: number): void
  /** A secret that nobody has, or that does not count any more. */
  noteWrongSecret(ip: string | null): void
}

export function createRequestLimits(clock: Clock, rates: RequestRates = defaultRates): RequestLimits {
  const bucketOf = (perSecond: number): Bucket => ({
    perSecond,
    burst: Math.max(1, Math.round(perSecond * rates.burstSeconds)),
  })
  const askers = {
    directory: new Buckets(bucketOf(rates.directoryPerSecond)),
    apiKey: new Buckets(bucketOf(rates.apiKeyPerSecond)),
  }
  const organizations = new Buckets(bucketOf(rates.organizationPerSecond))
  const addresses = new Buckets(wrongSecrets)
  const nowMillis = (): number => clock.now().getTime()

  return {
    admitUnproven: (ip) => {
      if (ip === null) return
      const wait = addresses.wait(addressKey(ip), nowMillis())
      if (wait > 0) throw tooMany('Too many tokens or keys that are not valid came from this address', wait)
    },
    admit: ({ organizationId, kind, id }) => {
      const now = nowMillis()
      const ownWait = askers[kind].wait(id, now)
      if (ownWait > 0) {
        const who = kind === 'directory' ? 'directory' : 'API key'
        throw tooMany(`This ${who} sends more requests than it may; go on after the seconds of Retry-After`, ownWait)
      }
      const wait = organizations.wait(organizationId, now)
      if (wait > 0) {
        throw tooMany('The organization sends more requests than it may; go on after the seconds of Retry-After', wait)
      }
      askers[kind].take(id, now)
      organizations.take(organizationId, now)
    },
    charge: ({ organizationId, kind, id }, requests) => {
      const now = nowMillis()
      askers[kind].take(id, now, requests)
      organizations.take(organizationId, now, requests)
    },
    noteWrongSecret: (ip) => {
      if (ip !== null) addresses.take(addressKey(ip), nowMillis())
    },
  }
}

const reports = { perAddress: { perSecond: 1, burst: 60 }, together: { perSecond: 20, burst: 600 } }

/** For reports of browsers, which anybody can send. `admit` throws AppError too_many; null: an address that nothing tells. */
export function createReportLimit(clock: Clock): { admit(ip: string | null): void } {
  const [addresses, all] = [new Buckets(reports.perAddress), new Buckets(reports.together)]
  return {
    admit: (ip) => {
      const now = clock.now().getTime()
      const key = ip === null ? '' : addressKey(ip)
      const wait = Math.max(addresses.wait(key, now), all.wait('', now))
      if (wait > 0) throw tooMany('Too many reports at once', wait)
      addresses.take(key, now)
      all.take('', now)
    },
  }
}

const tooMany = (message: string, waitMillis: number): AppError =>
  new AppError('too_many', message, { reason: 'rate', retryAfterSeconds: Math.ceil(waitMillis / 1000) })

const rememberedSecrets = 10_000

export type SecretGate<Owner> = {
  /** @throws AppError unauthenticated for a secret of nobody, too_many */
  enter(secretHash: string, ip: string | null): Promise<Owner>
  /** What the request came to: a secret that was refused in its transaction counts as a wrong one from now on. */
  leave(secretHash: string, ip: string | null, status: number): void
}

/**
 * Whose a secret is never changes, so it may be remembered; whether it is still good is settled in the transaction of each
 * request. One that was refused there takes nothing from what its owner may ask.
 */
export function createSecretGate<Owner>(
  limits: RequestLimits,
  {
    resolve,
    askerOf,
    refusal,
  }: {
    resolve(secretHash: string): Promise<Owner | undefined>
    askerOf(owner: Owner): Asker
    refusal: string
  },
): SecretGate<Owner> {
  const owners = new Map<string, Owner>()
  const refused = new Set<string>()

  async function lookUp(secretHash: string, ip: string | null): Promise<Owner> {
    const owner = await resolve(secretHash)
    if (owner === undefined) {
      limits.noteWrongSecret(ip)
      throw new AppError('unauthenticated', refusal)
    }
    if (owners.size >= rememberedSecrets) owners.clear()
    owners.set(secretHash, owner)
    return owner
  }

  return {
    enter: async (secretHash, ip) => {
      const known = owners.get(secretHash)
      const isRefused = refused.has(secretHash)
      if (known === undefined || isRefused) limits.admitUnproven(ip)
      const owner = known ?? (await lookUp(secretHash, ip))
      if (!isRefused) limits.admit(askerOf(owner))
      return owner
    },
    leave: (secretHash, ip, status) => {
      if (status !== 401) {
        refused.delete(secretHash)
        return
      }
      limits.noteWrongSecret(ip)
      if (refused.size >= rememberedSecrets) refused.clear()
      refused.add(secretHash)
    },
  }
}
