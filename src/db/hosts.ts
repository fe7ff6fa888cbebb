// The hosts that a URL names, of which one is the primary. All lanes of a pool go by one route: where the last connection was made,
// the next one is tried first, and where none of the hosts takes any, nobody tries anew for a moment.
import { unavailable } from '#platform/errors.ts'
import { Secret } from '#platform/secret.ts'

/** As long as there is another host to try, a silent one gets less time. */
const limitMillis = { only: 5_000, oneOfSeveral: 2_000 }
const pauseMillis = 250

/**
 * The URL of each host, in the order of the list. `target_session_attrs` is left out: every connection proves by itself that it is
 * on a primary, and the driver would hold our read-only sessions for a standby's.
 */
export function hostsOf(url: Secret): Secret[] {
  const [, head = '', hosts = '', tail = ''] = /^(\w+:\/\/(?:[^@/?]*@)?)([^/?]*)(.*)$/s.exec(url.reveal()) ?? []
  const rest = tail.replace(/([?&])target_session_attrs=[^&]*(&|$)/, (_, before: string, after: string) =>
    after === '' ? '' : before,
  )
  return hosts.split(',').map((host) => new Secret(`${head}${host}${rest}`))
}

export const timeLimitOf = (hosts: readonly Secret[]): number =>
  hosts.length > 1 ? limitMillis.oneOfSeveral : limitMillis.only

export class Route {
  readonly #hosts: Secret[]
  #first = 0
  #failure: unknown
  #notBefore = 0
  #isTrying = false

  constructor(url: Secret) {
    this.#hosts = hostsOf(url)
  }

  /** How long one host may take until a connection is proven. */
  get limitMillis(): number {
    return timeLimitOf(this.#hosts)
  }

  /**
   * The hosts in the order in which to try them, each once; `reached` or `failed` has to follow.
   * @throws AppError unavailable shortly after a round in which none took a connection, and while another lane tries anew
   */
  round(): Secret[] {
    const hasFailed = this.#failure !== undefined
    if (hasFailed && (this.#isTrying || performance.now() < this.#notBefore)) throw unavailable(this.#failure)
    this.#isTrying = hasFailed
    return [...this.#hosts.slice(this.#first), ...this.#hosts.slice(0, this.#first)]
  }

  reached(url: Secret): void {
    this.#first = this.#hosts.indexOf(url)
    this.#failure = undefined
    this.#isTrying = false
  }

  failed(failure: unknown): void {
    this.#failure = failure
    this.#notBefore = performance.now() + pauseMillis
    this.#isTrying = false
  }
}
