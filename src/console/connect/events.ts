// What has changed, as it happens (server-sent events): the database is asked again and again in transactions of their own, and
// what reads differently now is sent. Streams are few, and end by themselves.
import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { createPlaces } from '#http/places.ts'
import { AppError } from '#platform/errors.ts'
import type { LivePart } from './live.tsx'

type Limits = { perActor: number; all: number; millis: number; pollMillis: number; heartbeatMillis: number }

const usual: Limits = { perActor: 3, all: 100, millis: 15 * 60_000, pollMillis: 1_500, heartbeatMillis: 15_000 }

export type LiveStreams = {
  /** Answers with a stream of what `read` says; 204, which browsers take for an end, where there are too many. */
  open(c: Context, actor: string, read: () => Promise<LivePart[]>): Response
}

type Options = { isStopping(): boolean; limits?: Limits }

export function createLiveStreams({ isStopping, limits = usual }: Options): LiveStreams {
  const takePlace = createPlaces()

  return {
    open: (c, actor, read) => {
      const leave = takePlace([
        [`actor ${actor}`, limits.perActor],
        ['all', limits.all],
      ])
      if (leave === undefined) return c.body(null, 204)
      c.header('X-Accel-Buffering', 'no')
      return streamSSE(c, async (stream) => {
        try {
          await tell(stream, read, { isStopping, limits })
        } catch (error) {
          // The link or session is over, or the thing is gone: there is nothing more to tell.
          if (!(error instanceof AppError) || error.code === 'unavailable') return
          await stream.writeSSE({ event: 'end', data: '' })
        } finally {
          leave()
        }
      })
    },
  }
}

async function tell(
  stream: SSEStreamingApi,
  read: () => Promise<LivePart[]>,
  { isStopping, limits }: Required<Options>,
): Promise<void> {
  const startedAt = performance.now()
  const sent = new Map<string, string>()
  let lastSentAt = startedAt
  while (!stream.aborted && !isStopping() && performance.now() - startedAt < limits.millis) {
    const changed = (await textsOf(await read())).filter(({ event, data }) => sent.get(event) !== data)
    for (const { event, data } of changed) {
      sent.set(event, data)
      await stream.writeSSE({ event, data })
    }
    const isSilent = performance.now() - lastSentAt > limits.heartbeatMillis
    if (isSilent && changed.length === 0) await stream.write(': still here\n\n')
    if (isSilent || changed.length > 0) lastSentAt = performance.now()
    await stream.sleep(limits.pollMillis)
  }
}

const textsOf = (parts: LivePart[]): Promise<{ event: string; data: string }[]> =>
  Promise.all(parts.map(async ({ event, content }) => ({ event, data: String(await content.toString()) })))
