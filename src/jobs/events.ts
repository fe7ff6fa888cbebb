// Follows the events of the installation on this node: whoever waits for them is told, webhooks are told, and whose access they touch is
// worked out.
import { deliverTo } from '#access/events/webhooks/deliver.ts'
import { workOutAccess } from '#access/events/work-out-access.ts'
import { systemContext } from '#access/ground/system-context.ts'
import { createTail, leftToWorkOut, webhooksToDeliver } from '#audit/events/tail.ts'
import type { Log } from '#platform/log.ts'
import { platformId, type Services } from '#src/context.ts'

export type EventFollower = {
  /** Looks no more, and waits for what is under way. */
  stop(): Promise<void>
}

export type FollowerOptions = {
  tickMillis?: number
  /** How often it looks for attempts that are due again. */
  dueMillis?: number
  /** How often it looks for what a node has left that died or failed. */
  leftMillis?: number
}

/** So that an installation with many busy organizations keeps its connections for requests. */
const organizationsAtOnce = 2

/** Webhooks wait for answers most of the time. */
const webhooksAtOnce = 256

/** Of one organization, so that slow receivers of one keep no others waiting; the platform’s are for all of them. */
const webhooksAtOnceOfOne = 8

/** Where others wait, a run makes room after that long, and waits in its turn. */
const turnMillis = 2_000

const stopMillis = 20_000

/** Follows until it is stopped; keeps no process alive by itself. */
export function followEvents(services: Services, log: Log, options: FollowerOptions = {}): EventFollower {
  const { tickMillis = 100, dueMillis = 1_000, leftMillis = 60_000 } = options
  const look = createTail(services.database)
  const isDue = paced({ due: dueMillis, left: leftMillis })
  const concerned = new Map<string, number>()
  const deliveries = createDeliveries(services, log)
  let isFailing = false
  let ticking: Promise<void> | undefined
  let working: Promise<void> | undefined
  let isStopped = false

  async function lookOnce(): Promise<void> {
    const { settled, organizationIds } = await look()
    if (settled === 0) return
    services.news?.announce(organizationIds)
    const isLeftDue = isDue('left')
    deliveries.happened(organizationIds, settled)
    if (isDue('due') || isLeftDue || organizationIds.length > 0)
      deliveries.begin(await webhooksToDeliver(services.database, organizationIds, isLeftDue ? settled : null))
    const left = isLeftDue ? await leftToWorkOut(services.database, settled) : []
    for (const id of [...organizationIds, ...left]) if (id !== platformId) concerned.set(id, settled)
    working ??= workThrough().finally(() => {
      working = undefined
    })
  }

  async function tick(): Promise<void> {
    try {
      await lookOnce()
      if (isFailing) log.info('Events are followed again')
      isFailing = false
    } catch (error) {
      // Once, not ten times a second for as long as the database is away.
      if (!isFailing) log.warn({ error }, 'Events could not be followed; it keeps trying')
      isFailing = true
    }
  }

  async function workThrough(): Promise<void> {
    while (concerned.size > 0 && !isStopped) {
      const some = [...concerned].slice(0, organizationsAtOnce)
      for (const [id] of some) concerned.delete(id)
      await Promise.all(some.map(([id, upTo]) => workOut(id, upTo)))
    }
  }

  async function workOut(organizationId: string, upTo: number): Promise<void> {
    try {
      await workOutAccess(systemContext(services, organizationId), upTo)
    } catch (error) {
      // The next change there goes on from where this began, or the look for what was left.
      log.warn({ error, organizationId }, 'Whose access has changed could not be worked out; it is tried again')
    }
  }

  const timer = setInterval(() => {
    ticking ??= tick().finally(() => {
      ticking = undefined
    })
  }, tickMillis)
  timer.unref()

  return {
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      await ticking
      await working
      await deliveries.stop()
    },
  }
}

/** True once in so many milliseconds, for each name by itself. */
function paced<Name extends string>(every: Record<Name, number>): (name: Name) => boolean {
  const doneAt = new Map<Name, number>()
  return (name) => {
    const now = performance.now()
    if (now - (doneAt.get(name) ?? Number.NEGATIVE_INFINITY) < every[name]) return false
    doneAt.set(name, now)
    return true
  }
}

type Webhook = { organizationId: string; id: string }

type Deliveries = {
  /** Something happened there, up to this settled position. */
  happened(organizationIds: readonly string[], settled: number): void
  begin(webhooks: readonly Webhook[]): void
  /** What is under way finishes the message that it is at. */
  stop(): Promise<void>
}

/** Runs beside one another, each for one webhook under a lease. */
function createDeliveries(services: Services, log: Log): Deliveries {
  const underWay = new Map<string, { organizationId: string; ending: Promise<void> }>()
  /** How many of each organization are. */
  const ofOne = new Map<string, number>()
  const waiting = new Map<string, Webhook>()
  let settled = 0
  let isStopped = false

  const underWayOf = (wanted: string): number => ofOne.get(wanted) ?? 0

  const isFullFor = (organizationId: string): boolean =>
    organizationId !== platformId && underWayOf(organizationId) >= webhooksAtOnceOfOne

  /** Whether another one could begin if this one ended. */
  function isOverdue(organizationId: string, begunAt: number): boolean {
    if (performance.now() - begunAt <= turnMillis) return false
    if (underWay.size >= webhooksAtOnce) return waiting.size > 0
    if (!isFullFor(organizationId)) return false
    return [...waiting.values()].some((other) => other.organizationId === organizationId && !underWay.has(other.id))
  }

  async function run(webhook: Webhook): Promise<void> {
    const { organizationId, id } = webhook
    const ctx = systemContext(services, organizationId)
    const begunAt = performance.now()
    const isStopping = () => isStopped || isOverdue(organizationId, begunAt)
    try {
      if (await deliverTo(ctx, id, { settled: () => settled, isStopping })) waiting.set(id, webhook)
    } catch (error) {
      // Its lease runs out, and whoever looks next goes on.
      log.warn({ error, organizationId, webhookId: id }, 'A webhook could not be told; it is tried again')
    }
  }

  function count(organizationId: string, change: 1 | -1): void {
    const now = underWayOf(organizationId) + change
    if (now === 0) ofOne.delete(organizationId)
    else ofOne.set(organizationId, now)
  }

  function beginWaiting(): void {
    for (const [id, webhook] of waiting) {
      if (isStopped || underWay.size >= webhooksAtOnce) return
      const { organizationId } = webhook
      if (underWay.has(id) || isFullFor(organizationId)) continue
      waiting.delete(id)
      const ending = run(webhook).finally(() => {
        underWay.delete(id)
        count(organizationId, -1)
        // Also what came while this one ended.
        beginWaiting()
      })
      underWay.set(id, { organizationId, ending })
      count(organizationId, 1)
    }
  }

  return {
    happened: (organizationIds, upTo) => {
      settled = Math.max(settled, upTo)
      if (organizationIds.length === 0) return
      const there = new Set([...organizationIds, platformId])
      for (const [id, { organizationId }] of underWay)
        if (there.has(organizationId)) waiting.set(id, { organizationId, id })
    },
    begin: (webhooks) => {
      for (const webhook of webhooks) waiting.set(webhook.id, webhook)
      beginWaiting()
    },
    stop: async () => {
      isStopped = true
      const endings = Promise.all([...underWay.values()].map(({ ending }) => ending))
      await Promise.race([endings, new Promise((resolve) => setTimeout(resolve, stopMillis).unref())])
    },
  }
}
