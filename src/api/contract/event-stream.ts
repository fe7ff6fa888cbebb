// Events as they happen: an answer that waits for the first ones, or a stream of server-sent events. Both ask in transactions of their
// own again and again, so that a key that is revoked hears nothing more.
import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { EventPage } from '#audit/events/read-events.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import type { News } from '#platform/news.ts'
import { type CallContext, platformId } from '#src/context.ts'

/** Reads what comes after a cursor. @throws AppError */
export type ReadAfter = (after: string | undefined) => Promise<EventPage>

/** Of one node; `perCaller` of one key. */
type Limits = { perCaller: number; all: number; millis: number; heartbeatMillis: number }

const usual: Limits = { perCaller: 20, all: 1_000, millis: 3_600_000, heartbeatMillis: 15_000 }

/** Told by something in this process, it only looks by itself where another node was the one that changed something. */
const lookMillis = { told: 2_000, untold: 250 }

export type Waiting = {
  /** The first page that has something, or the last one once the time is over. @throws AppError too_many */
  wait(who: Waiter, read: ReadAfter, query: { after: string | undefined; seconds: number }): Promise<EventPage>
  /** @throws AppError too_many; what the first reading throws */
  stream(who: Waiter, read: ReadAfter, after: string | undefined): Promise<Response>
}

export type Waiter = { c: Context; ctx: CallContext }

type Options = { news: News | undefined; isStopping: () => boolean; limits?: Limits }

export function createWaiting({ news, isStopping, limits = usual }: Options): Waiting {
  const open = new Map<string, number>()
  let total = 0

  function enter(caller: string): () => void {
    const own = open.get(caller) ?? 0
    if (own >= limits.perCaller || total >= limits.all)
      throw new AppError('too_many', 'Too many streams of events are open: close some, or use one for more types', {
        retryAfterSeconds: 5,
      })
    open.set(caller, own + 1)
    total += 1
    return () => {
      const left = (open.get(caller) ?? 1) - 1
      if (left <= 0) open.delete(caller)
      else open.set(caller, left)
      total -= 1
    }
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
      const leave = enter(ctx.actor.id)
      try {
        const until = performance.now() + seconds * 1_000
        let page = await read(after)
        while (page.items.length === 0 && !isStopping() && !c.req.raw.signal.aborted) {
          const left = until - performance.now()
          if (left <= 0) break
          await pause(ctx, left)
          page = await read(page.next ?? after)
        }
        return page
      } finally {
        leave()
      }
    },
    stream: async ({ c, ctx }, read, after) => {
      const leave = enter(ctx.actor.id)
      let page: EventPage
      try {
        page = await read(after)
      } catch (error) {
        leave()
        throw error
      }
      c.header('X-Accel-Buffering', 'no')
      return streamSSE(c, async (stream) => {
        try {
          await tell(stream, page, {
            until: performance.now() + limits.millis,
            heartbeatMillis: limits.heartbeatMillis,
            isStopping,
            next: async ({ next, hasMore }) => {
              if (!hasMore) await pause(ctx, limits.heartbeatMillis)
              return read(next ?? after)
            },
          })
        } catch (error) {
          const { code, message } = asAppError(error)
          // The database is away: the client comes back by itself. Otherwise there is nothing more for it.
          if (code !== 'unavailable')
            await stream.writeSSE({ event: 'error', data: JSON.stringify({ code, detail: message }) })
        } finally {
          leave()
        }
      })
    },
  }
}

type Telling = {
  until: number
  heartbeatMillis: number
  isStopping(): boolean
  next(page: EventPage): Promise<EventPage>
}

async function tell(stream: SSEStreamingApi, first: EventPage, telling: Telling): Promise<void> {
  let page = first
  let sentAt = performance.now()
  // Where to come back to is known from the first moment on.
  await stream.writeSSE({ event: 'open', data: '', retry: 1_000, ...(page.next === null ? {} : { id: page.next }) })
  while (!stream.aborted && !telling.isStopping() && performance.now() < telling.until) {
    for (const [index, event] of page.items.entries())
      await stream.writeSSE({
        id: page.cursors[index] ?? event.id,
        event: event.type,
        data: JSON.stringify(event),
      })
    const isSilent = page.items.length === 0 && performance.now() - sentAt > telling.heartbeatMillis
    if (isSilent) await stream.write(': still here\n\n')
    if (isSilent || page.items.length > 0) sentAt = performance.now()
    page = await telling.next(page)
  }
}
