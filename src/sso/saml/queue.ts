// The order in which messages are verified: those that a browser here waits for before those that anybody may send, and in each
// kind the connection and the address whose turn was longest ago. So a flood delays itself.
import { addressKey } from '#access/ground/count-attempts.ts'

/** Where a message came from. */
export type Sender = {
  /** Null where nothing tells. */
  address: string | null
  connectionId: string
  /** Whether it answers a request of this browser. */
  isAwaited: boolean
}

export type Limits = { total: number; perConnection: number; perAddress: number }

/** More than a hundred people sign in at one moment from behind one address, and a message takes some milliseconds. */
const usualLimits: Limits = { total: 400, perConnection: 200, perAddress: 100 }

/** Senders beyond this are forgotten, and their turn comes first again. */
const rememberedTurns = 5_000

type Entry<Task> = { task: Task; sender: Sender; address: string }

export class FairQueue<Task> {
  readonly #limits: Limits
  #waiting: Entry<Task>[] = []
  /** When, in turns, a connection or an address was last served. */
  readonly #served = new Map<string, number>()
  #turns = 0

  constructor(limits: Limits = usualLimits) {
    this.#limits = limits
  }

  /** @returns false where too many of its kind wait already */
  add(task: Task, sender: Sender): boolean {
    const address = addressKey(sender.address)
    const ofSame = (isSame: (entry: Entry<Task>) => boolean): number => this.#waiting.filter(isSame).length
    const { total, perConnection, perAddress } = this.#limits
    const isFull =
      this.#waiting.length >= total ||
      ofSame((entry) => entry.sender.connectionId === sender.connectionId) >= perConnection ||
      ofSame((entry) => entry.address === address) >= perAddress
    if (isFull) return false
    this.#waiting.push({ task, sender, address })
    return true
  }

  /** Whose turn it is; undefined where nothing waits. */
  next(): Task | undefined {
    const [first, ...others] = this.#waiting
    if (first === undefined) return undefined
    const chosen = others.reduce((best, entry) => (this.#isBefore(entry, best) ? entry : best), first)
    this.#waiting = this.#waiting.filter((entry) => entry !== chosen)
    this.#turns += 1
    if (this.#served.size > rememberedTurns) this.#served.clear()
    this.#served.set(chosen.sender.connectionId, this.#turns).set(chosen.address, this.#turns)
    return chosen.task
  }

  /** Of two that are equal, the one that came first. */
  #isBefore(one: Entry<Task>, other: Entry<Task>): boolean {
    if (one.sender.isAwaited !== other.sender.isAwaited) return one.sender.isAwaited
    const turn = (key: string): number => this.#served.get(key) ?? 0
    const byConnection = turn(one.sender.connectionId) - turn(other.sender.connectionId)
    return byConnection !== 0 ? byConnection < 0 : turn(one.address) < turn(other.address)
  }
}
