// Follows the events of the installation on this node: whoever waits for them is told, and whose access they touch is worked out.
import { workOutAccess } from '#access/events/work-out-access.ts'
import { systemContext } from '#access/ground/system-context.ts'
import { createTail, leftToWorkOut } from '#audit/events/tail.ts'
import type { Log } from '#platform/log.ts'
import { platformId, type Services } from '#src/context.ts'

export type EventFollower = {
  /** Looks no more, and waits for what is under way. */
  stop(): Promise<void>
}

export type FollowerOptions = {
  tickMillis?: number
  /** How often it looks for what a node has left that died or failed. */
  leftMillis?: number
}

/** So that an installation with many busy organizations keeps its connections for requests. */
const organizationsAtOnce = 2

/** Follows until it is stopped; keeps no process alive by itself. */
export function followEvents(
  services: Services,
  log: Log,
  { tickMillis = 100, leftMillis = 60_000 }: FollowerOptions = {},
): EventFollower {
  const look = createTail(services.database)
  const concerned = new Map<string, number>()
  let isFailing = false
  let ticking: Promise<void> | undefined
  let working: Promise<void> | undefined
  let isStopped = false
  let lookedForLeftAt = Number.NEGATIVE_INFINITY

  async function lookOnce(): Promise<void> {
    const { settled, organizationIds } = await look()
    services.news?.announce(organizationIds)
    const isTime = settled > 0 && performance.now() - lookedForLeftAt >= leftMillis
    if (isTime) lookedForLeftAt = performance.now()
    const left = isTime ? await leftToWorkOut(services.database, settled) : []
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
    },
  }
}
