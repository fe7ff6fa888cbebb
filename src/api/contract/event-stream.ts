// Events as they happen: an answer that waits for the first ones, or a stream of server-sent events. Both ask in transactions of their
// own again and again, so that a key that is revoked hears nothing more.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import { type SSEMessage, type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { EventPage } from '#audit/events/read-events.ts'
import { createPlaces } from '#http/places.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import type { News } from '#platform/news.ts'
import { type CallContext, platformId } from '#src/context.ts'

/** Reads what comes after a cursor. @throws AppError */
export type ReadAfter = (after: string | undefined) => Promise<EventPage>

/** Of one node; `perCaller` of one key; `stallMillis`: for how long a client may take nothing of what is sent. */
type Limits = {
  perCaller: number
  perOrganization: number
  all: number
  millis: number
  heartbeatMillis: number
  stallMillis: number
}

const usual: Limits = {
  ...{ perCaller: 20, perOrganization: 40, all: 1_000 },
  ...{ millis: 3_600_000, heartbeatMillis: 15_000, stallMillis: 30_000 },
}

/** Told by something in this process, it only looks by itself where another node was the one that changed something. */
const lookMillis = { told: 2_000, untold: 250 }

export type Waiting = {
  /** The first page that has something, or the last one once the time is over. @throws AppError too_many */
  wait(who: Waiter, read: ReadAfter, query: { after: string | undefined; seconds: number }): Promise<EventPage>
  /** @throws AppError too_many; what the first reading throws */
  stream(who: Waiter, read: ReadAfter, after: string | undefined): Promise<Response>
}

export type Waiter = { c: Context; ctx: CallContext }

type Options = { news: News | undefined; isStopping: () => boolean; limits?: Partial<Limits> }

export function createWaiting({ news, isStopping, limits: own = {} }: Options): Waiting {
  const limits = { ...usual, ...own }
  const takePlace = createPlaces()

  function enter({ organizationId, actor }: CallContext): () => void {
    const leave = takePlace([
      [`key ${actor.id}`, limits.perCaller],
      [`organization ${organizationId}`, limits.perOrganization],
      ['all', limits.all],
    ])
    if (leave !== undefined) return leave
    throw new AppError('too_many', 'Too many streams of events are open: close some, or use one for more types', {
      retryAfterSeconds: 5,
    })
  }

  const pause = ({ organizationId }: CallContext, millis: number): Promise<void> => {
    const longest = news === undefined ? lookMillis.untold : lookMillis.told
    const within = Math.max(1, Math.min(millis, longest))
    return (
      news?.next(organizationId === platformId ? undefined : organizationId, within) ??
      new Promise((end) => setTimeout(end, within))
    )
  }

  return {
    wait: async ({ c, ctx }, read, { after, seconds }) => {
      const leave = enter(ctx)
      try {
        const until = performance.now() + seconds * 1_000
        let page = await read(after)
        while (page.items.length === 0 && !isStopping() && !c.req.raw.signal.aborted) {
          const left = until - performance.now()
          if (left <= 0) break
          await pause(ctx, left)
          page = await read(page.next ?? goingOn(after))
        }
        return page
      } finally {
        leave()
      }
    },
    stream: async ({ c, ctx }, read, after) => {
      const leave = enter(ctx)
      let page: EventPage
      try {
        page = await read(after)
      } catch (error) {
        leave()
        throw error
      }
      c.header('X-Accel-Buffering', 'no')
      return streamSSE(c, async (stream) => {
        const taken = (write: Promise<unknown>): Promise<boolean> => isTaken(write, limits.stallMillis, isStopping)
        try {
          await tell(stream, page, {
            until: performance.now() + limits.millis,
            heartbeatMillis: limits.heartbeatMillis,
            isStopping,
            taken,
            next: async ({ next, hasMore }) => {
              if (!hasMore) await pause(ctx, limits.heartbeatMillis)
              return read(next ?? goingOn(after))
            },
          })
        } catch (error) {
          const { code, message } = asAppError(error)
          // The database is away: the client comes back by itself. Otherwise there is nothing more for it.
          if (code !== 'unavailable')
            await taken(stream.writeSSE({ event: 'error', data: JSON.stringify({ code, detail: message }) }))
        } finally {
          leave()
        }
      })
    },
  }
}

/** Where nothing has ever happened, there is no event to go on from: all that comes is new. */
const goingOn = (after: string | undefined): string | undefined => (after === 'latest' ? undefined : after)

/**
 * Whether the client has taken what was sent, in time: one that reads nothing keeps no place, and whether its key is still good is asked
 * between two writes.
 */
async function isTaken(write: Promise<unknown>, millis: number, isStopping: () => boolean): Promise<boolean> {
  const endAt = performance.now() + millis
  let isDone = false
  const done = write.then(() => {
    isDone = true
  })
  while (!isDone && !isStopping() && performance.now() < endAt) {
    const waiting = new AbortController()
    const look = sleep(Math.min(500, Math.max(1, endAt - performance.now())), undefined, waiting)
    await Promise.race([done, look])
    waiting.abort()
    await look.catch(() => undefined)
  }
  return isDone
}

type Telling = {
  until: number
  heartbeatMillis: number
  isStopping(): boolean
  /** False for a client that takes nothing: the end. */
  taken(write: Promise<unknown>): Promise<boolean>
  next(page: EventPage): Promise<EventPage>
}

const openingOf = ({ next }: EventPage): SSEMessage => ({
  ...{ event: 'open', data: '', retry: 1_000 },
  ...(next === null ? {} : { id: next }),
})

const messagesOf = ({ items, cursors }: EventPage): SSEMessage[] =>
  items.map((event, index) => ({ id: cursors[index] ?? event.id, event: event.type, data: JSON.stringify(event) }))

async function tell(stream: SSEStreamingApi, first: EventPage, telling: Telling): Promise<void> {
  let page = first
  let sentAt = performance.now()
  const isOver = (): boolean => stream.aborted || telling.isStopping() || performance.now() >= telling.until
  // Where to come back to is known from the first moment on.
  if (!(await telling.taken(stream.writeSSE(openingOf(page))))) return
  while (!isOver()) {
    for (const message of messagesOf(page)) if (isOver() || !(await telling.taken(stream.writeSSE(message)))) return
    const isSilent = page.items.length === 0 && performance.now() - sentAt > telling.heartbeatMillis
    if (isSilent && !(await telling.taken(stream.write(': still here\n\n')))) return
    if (isSilent || page.items.length > 0) sentAt = performance.now()
    page = await telling.next(page)
  }
}
