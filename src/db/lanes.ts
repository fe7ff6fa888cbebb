// The pool of lanes, and who gets the next one. Organizations take turns, and a single one cannot have them all, so that one
// that keeps the database busy does not keep the others waiting.
import { unavailable } from '#platform/errors.ts'
import { Route } from './hosts.ts'
import { Lane, type LaneOptions } from './lane.ts'

export type PoolOptions = LaneOptions & {
  lanes: number
  /** How long a unit of work may wait for a lane before it is refused as unavailable. */
  queueTimeoutMillis: number
}

/** Connections in use and free, and how many units of work wait for one. */
export type PoolUse = { busy: number; free: number; waiting: number }

type Waiting = { resolve: (lane: Lane) => void; reject: (error: unknown) => void; timer: NodeJS.Timeout }

/** Of eight lanes or more, a fifth stays for the others. */
const shareOf = (lanes: number): number => (lanes < 8 ? lanes : lanes - Math.floor(lanes / 5))

const closeTimeoutMillis = 5_000

export class Lanes {
  readonly #options: PoolOptions
  readonly #route: Route
  readonly #free: Lane[] = []
  readonly #busy = new Set<Lane>()
  /** Whose turn it is, in order; each organization with what waits for it. */
  readonly #queues = new Map<string, Waiting[]>()
  readonly #held = new Map<string, number>()
  /** Lanes that are to be used no more once their work is done. */
  readonly #worn = new WeakSet<Lane>()
  #idle: (() => void) | undefined
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.#route = new Route(options.url)
  }

  /** @param owner the organization that the lane is for; '' for what belongs to none. @throws AppError unavailable */
  #acquire(owner: string): Promise<Lane> {
    if (this.#isClosed) return Promise.reject(unavailable())
    if (this.#hasRoom(owner)) return Promise.resolve(this.#take(owner))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#drop(owner, waiting)
        reject(unavailable(new Error('No database connection became free in time')))
      }, this.#options.queueTimeoutMillis)
      const waiting: Waiting = { resolve, reject, timer }
      const queue = this.#queues.get(owner)
      if (queue === undefined) this.#queues.set(owner, [waiting])
      else queue.push(waiting)
    })
  }

  /** @param isUsable false for a lane that was cut off */
  #release(lane: Lane, owner: string, isUsable: boolean): void {
    this.#busy.delete(lane)
    const held = (this.#held.get(owner) ?? 1) - 1
    if (held === 0) this.#held.delete(owner)
    else this.#held.set(owner, held)
    if (isUsable && !this.#isClosed && !this.#worn.has(lane)) this.#free.push(lane)
    else void (isUsable ? lane.end() : lane.destroy())
    this.#serve()
    if (this.#busy.size === 0) this.#idle?.()
  }

  /**
   * Runs `work` on a lane, which is cut off where it takes longer than twice the bound on a statement.
   * @throws AppError unavailable; whatever `work` throws
   */
  async onLane<T>(owner: string, work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = await this.#acquire(owner)
    let isUsable = true
    const deadline = setTimeout(() => {
      isUsable = false
      lane.destroy()
    }, this.#options.statementTimeoutMillis * 2)
    try {
      return await work(lane)
    } finally {
      clearTimeout(deadline)
      this.#release(lane, owner, isUsable && !lane.isOver)
    }
  }

  use(): PoolUse {
    const waiting = [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0)
    return { busy: this.#busy.size, free: this.#free.length, waiting }
  }

  /** Every connection is replaced by a new one, those in use after the work under way. */
  renew(): void {
    for (const lane of this.#busy) this.#worn.add(lane)
    for (const lane of this.#free.splice(0)) void lane.end()
  }

  /** Ends the connections after the work under way, which has a few seconds; nothing new is taken on. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { reject, timer } of [...this.#queues.values()].flat()) {
      clearTimeout(timer)
      reject(unavailable())
    }
    this.#queues.clear()
    const ended = Promise.all(this.#free.splice(0).map((lane) => lane.end()))
    if (this.#busy.size > 0) await this.#untilIdle()
    for (const lane of this.#busy) lane.destroy()
    await ended
  }

  #untilIdle(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, closeTimeoutMillis)
      this.#idle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #hasRoom(owner: string): boolean {
    const { lanes } = this.#options
    if (this.#busy.size >= lanes) return false
    return owner === '' || (this.#held.get(owner) ?? 0) < shareOf(lanes)
  }

  #take(owner: string): Lane {
    const lane = this.#free.pop() ?? new Lane(this.#options, this.#route)
    this.#busy.add(lane)
    this.#held.set(owner, (this.#held.get(owner) ?? 0) + 1)
    return lane
  }

  /** Hands out what is free: to the first in turn who may have it, who then is last. */
  #serve(): void {
    for (const [owner, queue] of [...this.#queues]) {
      if (this.#busy.size >= this.#options.lanes) return
      if (!this.#hasRoom(owner)) continue
      const next = queue.shift()
      this.#queues.delete(owner)
      if (queue.length > 0) this.#queues.set(owner, queue)
      if (next === undefined) continue
      clearTimeout(next.timer)
      next.resolve(this.#take(owner))
    }
  }

  #drop(owner: string, waiting: Waiting): void {
    const left = (this.#queues.get(owner) ?? []).filter((each) => each !== waiting)
    if (left.length === 0) this.#queues.delete(owner)
    else this.#queues.set(owner, left)
  }
}
