// The pool of worker threads that verify SAML messages. Each job has a hard time limit: a worker that exceeds it is ended
// and replaced, and the message counts as refused.
import { availableParallelism } from 'node:os'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError, unavailable } from '#platform/errors.ts'
import { inSpan } from '#platform/tracing.ts'
import type { LogoutExpectations, LogoutVerification } from './logout-message.ts'
import { FairQueue, type Limits, type Sender } from './queue.ts'
import type { ResponseExpectations, Validation } from './validate.ts'

export type Job =
  | { kind: 'response'; message: string; expected: ResponseExpectations }
  | { kind: 'logout'; message: string; expected: LogoutExpectations }

type Result = Validation | LogoutVerification

type Waiting = { job: Job; resolve(result: Result): void; reject(error: unknown): void }

export type SamlVerifier = {
  /** @throws AppError too_many where too many messages of this sender wait already; unavailable */
  validateResponse(message: string, expected: ResponseExpectations, sender?: Sender): Promise<Validation>
  /** @throws AppError too_many, unavailable */
  verifyLogout(message: string, expected: LogoutExpectations, sender?: Sender): Promise<LogoutVerification>
  close(): Promise<void>
}

/** In the build it is JavaScript, and lies beside us as well. */
const program = join(import.meta.dirname, `worker${extname(import.meta.filename)}`)
const limitMillis = 1_000
const startMillis = 10_000

/** For whoever calls without a request from outside. */
const unnamed: Sender = { address: null, connectionId: '', isAwaited: true }

/** Threads start with the first message and do not keep the process alive. */
export function createSamlVerifier(
  options: { threads?: number; limitMillis?: number; limits?: Limits } = {},
): SamlVerifier {
  const threads = options.threads ?? Math.max(1, Math.min(4, availableParallelism()))
  const limit = options.limitMillis ?? limitMillis
  const waiting = new FairQueue<Waiting>(options.limits)
  const idle: Thread[] = []
  const all = new Set<Thread>()
  let isClosed = false

  const next = (): void => {
    if (idle.length === 0 && all.size >= threads) return
    const task = waiting.next()
    if (task === undefined) return
    const thread = idle.pop() ?? open()
    void thread.perform(task).then((isUsable) => {
      if (isUsable && !isClosed) idle.push(thread)
      else all.delete(thread)
      next()
    })
  }
  const open = (): Thread => {
    const thread = new Thread(limit)
    all.add(thread)
    return thread
  }
  const submit = (job: Job, sender: Sender): Promise<Result> =>
    inSpan('SAML verification', { attributes: { 'rolecall.saml.message': job.kind } }, async (span) => {
      const result = await queued(job, sender)
      span.set({
        'rolecall.saml.valid': result.isValid,
        ...('reason' in result ? { 'rolecall.reason': result.reason } : {}),
      })
      return result
    })
  const queued = (job: Job, sender: Sender): Promise<Result> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(unavailable(new Error('The verifier has ended')))
      if (!waiting.add({ job, resolve, reject }, sender))
        return reject(new AppError('too_many', 'Too many sign-ins at once; try again in a moment', { reason: 'busy' }))
      next()
    })
  return {
    validateResponse: (message, expected, sender = unnamed) =>
      submit({ kind: 'response', message, expected }, sender) as Promise<Validation>,
    verifyLogout: (message, expected, sender = unnamed) =>
      submit({ kind: 'logout', message, expected }, sender) as Promise<LogoutVerification>,
    close: async () => {
      isClosed = true
      await Promise.all([...all].map((thread) => thread.end()))
    },
  }
}

class Thread {
  readonly #worker: Worker
  readonly #ready: Promise<void>
  readonly #limitMillis: number
  #jobs = 0

  constructor(limit: number) {
    this.#limitMillis = limit
    this.#worker = new Worker(program, { execArgv: [], stdout: false, stderr: false })
    this.#worker.unref()
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.once('message', () => resolve())
      this.#worker.once('error', reject)
      this.#worker.once('exit', () => reject(new Error('The worker thread ended')))
    })
    this.#ready.catch(() => {})
  }

  /** @returns whether the thread can go on */
  async perform({ job, resolve, reject }: Waiting): Promise<boolean> {
    try {
      await withLimit(this.#ready, startMillis)
      resolve(await this.#send(job))
      return true
    } catch (error) {
      await this.end()
      if (error instanceof TimeUp)
        resolve({ isValid: false, reason: 'too_complex', message: 'The message takes too long to verify', steps: [] })
      else reject(unavailable(error))
      return false
    }
  }

  #send(job: Job): Promise<Result> {
    this.#jobs += 1
    const id = this.#jobs
    const answered = new Promise<Result>((resolve, reject) => {
      const onMessage = (answer: { id: number; result: Result }): void => {
        if (answer.id !== id) return
        stop()
        resolve(answer.result)
      }
      const onEnd = (error?: unknown): void => {
        stop()
        reject(error instanceof Error ? error : new Error('The worker thread ended'))
      }
      const stop = (): void => {
        this.#worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd)
      }
      this.#worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd)
    })
    this.#worker.postMessage({ id, job })
    return withLimit(answered, this.#limitMillis)
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}

class TimeUp extends Error {}

function withLimit<T>(work: Promise<T>, millis: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeUp('Time is up')), millis)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
