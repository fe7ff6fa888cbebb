// Telling a webhook what is new, one event after the other, under a lease: what was not taken holds back what comes after it, so that
// the order stays. It is tried again for three days, in pauses that grow; then the webhook is paused, and somebody is told.
import { type CallContext, nowOf } from '#src/context.ts'
import { alarmOfFailing, endAlarm, pauseFailing } from './failing.ts'
import { type AttemptRow, attemptRow, keepProgress, type Leased, type Standing, takeWebhook } from './lease.ts'
import { signersOf } from './secrets.ts'
import { type Sent, sendMessage } from './send.ts'
import { moveReplayTo, nextEvents, type Placed, type Replay, replayOf } from './sources.ts'

/** The pauses before the second attempt, the third, and so on; the last one is repeated until three days have passed. */
const pausesSeconds = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200]
const daysMillis = 3 * 86_400_000
const longestPauseSeconds = 86_400
const batch = 100
/** What was sent is kept at least so often. */
const keepMillis = 250
/** After so many attempts somebody is told; half an hour and a little has passed by then. */
const alarmAfter = 5

/**
 * Goes on until there is nothing more, or it fails.
 * @param ctx of its organization, or above the organizations
 * @param settled up to where events may be read; asked for again and again
 * @param isStopping looked at after each message
 * @returns whether there was more when it was stopped
 */
export async function deliverTo(
  ctx: CallContext,
  id: string,
  { settled, isStopping = () => false }: { settled(): number; isStopping?: () => boolean },
): Promise<boolean> {
  const holder = ctx.ids.next('run')
  const webhook = await takeWebhook(ctx, id, holder)
  if (webhook === undefined) return false
  const run = new Run(ctx, { webhook, holder, isStopping })
  try {
    for (;;) {
      const isMore = await run.round(settled())
      if (!isMore) return false
      if (isStopping()) {
        run.leaveToOthers()
        return true
      }
    }
  } finally {
    await run.end()
  }
}

type Outcome = 'delivered' | 'failed'

class Run {
  readonly #ctx: CallContext
  readonly #webhook: Leased
  readonly #holder: string
  readonly #isStopping: () => boolean
  readonly #signers: ReturnType<typeof signersOf>
  #standing: Standing
  #rows: AttemptRow[] = []
  #keptAt = performance.now()
  #isLost = false
  #isKept = true
  #keeping: Promise<void> = Promise.resolve()

  constructor(
    ctx: CallContext,
    { webhook, holder, isStopping }: { webhook: Leased; holder: string; isStopping(): boolean },
  ) {
    this.#ctx = ctx
    this.#isStopping = isStopping
    this.#webhook = webhook
    this.#holder = holder
    this.#signers = signersOf(ctx, webhook)
    const { position, attempts, failingSince } = webhook
    this.#standing = { position, attempts, failingSince, failingEventId: null, nextAttemptAt: null, deliveredAt: null }
  }

  /** @returns whether there may be more */
  async round(settled: number): Promise<boolean> {
    const replay = this.#webhook.hasReplay ? await replayOf(this.#ctx, this.#webhook.id) : undefined
    const after = replay?.position ?? this.#standing.position
    const upTo = replay?.lastPosition ?? settled
    if (upTo <= after && replay === undefined) return false
    const events = await nextEvents(this.#ctx, this.#webhook, { after, upTo, limit: batch })
    for (const placed of events) {
      if (!(await this.#goesOnAfter(placed, replay))) return false
      if (this.#isStopping()) return true
    }
    if (events.length < batch) await this.#pass(upTo, replay)
    return events.length === batch || replay !== undefined
  }

  /** Sends it. @returns false where it failed, or the webhook is another run's by now */
  async #goesOnAfter(placed: Placed, replay: Replay | undefined): Promise<boolean> {
    if ((await this.#send(placed, replay)) === 'failed') return false
    if (replay !== undefined) await moveReplayTo(this.#ctx, replay.id, placed.position)
    return !this.#isLost
  }

  /** Past what is not for this webhook, so that it is not looked through again. */
  async #pass(upTo: number, replay: Replay | undefined): Promise<void> {
    if (replay !== undefined) return moveReplayTo(this.#ctx, replay.id, replay.lastPosition)
    if (upTo <= this.#standing.position) return
    this.#standing.position = upTo
    this.#isKept = false
  }

  async #send({ position, event, subjectId }: Placed, replay: Replay | undefined): Promise<Outcome> {
    const { id, type, organizationId } = event
    const message = { id, type, organizationId, subjectId, body: JSON.stringify(event) }
    const sent = await sendMessage(this.#ctx, { url: this.#webhook.url, signers: this.#signers }, message)
    const attempt = this.#standing.attempts + 1
    const next = sent.isDelivered ? null : this.#pauseAfter(attempt, sent)
    const kind = replay === undefined ? 'event' : 'replay'
    const own = { id: this.#ctx.ids.next('wha'), kind, attempt, nextAttemptAt: next } as const
    this.#rows.push(attemptRow(own, message, sent))
    if (!sent.isDelivered) return this.#fail(event.id, { sent, attempt, next })
    const wasFailing = this.#standing.attempts >= alarmAfter
    this.#standing = {
      ...{ attempts: 0, failingSince: null, failingEventId: null, nextAttemptAt: null },
      position: replay === undefined ? position : this.#standing.position,
      deliveredAt: sent.sentAt.toISOString(),
    }
    this.#isKept = false
    if (wasFailing) await endAlarm(this.#ctx, this.#webhook.id)
    if (performance.now() - this.#keptAt >= keepMillis) await this.#beginKeeping()
    return 'delivered'
  }

  async #fail(
    eventId: string,
    { sent, attempt, next }: { sent: Sent; attempt: number; next: string | null },
  ): Promise<Outcome> {
    const failingSince = this.#standing.failingSince ?? sent.sentAt.toISOString()
    this.#standing = {
      ...this.#standing,
      attempts: attempt,
      failingSince,
      failingEventId: eventId,
      nextAttemptAt: next,
    }
    this.#isKept = false
    if (sent.status === 410) await pauseFailing(this.#ctx, this.#webhook, 'gone')
    else if (sent.sentAt.getTime() - Date.parse(failingSince) >= daysMillis)
      await pauseFailing(this.#ctx, this.#webhook, 'failing')
    else if (attempt === alarmAfter) await alarmOfFailing(this.#ctx, this.#webhook)
    return 'failed'
  }

  /** A fifth shorter or longer by chance, so that many do not come back at once; not before the receiver wants it. */
  #pauseAfter(attempt: number, { retryAfterSeconds }: Sent): string {
    const usual = pausesSeconds[Math.min(attempt, pausesSeconds.length) - 1] ?? longestPauseSeconds
    const chance = this.#ctx.randomBytes(2).readUInt16BE() / 65_536
    const wanted = Math.min(retryAfterSeconds ?? 0, longestPauseSeconds)
    const seconds = Math.max(usual * (0.8 + 0.4 * chance), wanted)
    return new Date(this.#ctx.clock.now().getTime() + seconds * 1_000).toISOString()
  }

  /** While the next ones are sent; the one before is done by then. */
  async #beginKeeping(): Promise<void> {
    await this.#keeping
    this.#keeping = this.#keep(false)
    // What it fails with is thrown where it is waited for.
    this.#keeping.catch(() => {})
  }

  async #keep(isOver: boolean): Promise<void> {
    const rows = this.#rows
    this.#rows = []
    const key = { id: this.#webhook.id, holder: this.#holder, isOver }
    this.#keptAt = performance.now()
    this.#isKept = true
    this.#isLost = !(await keepProgress(this.#ctx, key, { standing: this.#standing, rows }))
  }

  /** There is more: whoever looks next goes on, here or on another node. */
  leaveToOthers(): void {
    this.#standing.nextAttemptAt = nowOf(this.#ctx)
    this.#isKept = false
  }

  /** Keeps what is left, and gives the lease back. */
  async end(): Promise<void> {
    await this.#keeping
    if (this.#isLost && this.#isKept && this.#rows.length === 0) return
    await this.#keep(true)
  }
}
