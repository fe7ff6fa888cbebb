// A host application's side of Rolecall: asks the AuthZEN 1.0 evaluation endpoint whether somebody may do something.
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { at } from './json.ts'

/** May this user do this, in this brand? */
export type Question = { userId: string; permission: string; brandId: string }

type Decision = { isAllowed: boolean; reason: unknown }

export type RolecallApi = {
  decide(question: Question): Promise<Decision>
  /** Asks again and again until the answer is as wanted; the time counts from the call. */
  timeUntil(wanted: boolean, question: Question): Promise<{ millis: number; decision: Decision }>
}

const patienceMillis = 10_000

/**
 * Makes a client for the decision API of the server at `origin`.
 * Its methods throw when the answer is no decision; `timeUntil` also when the decision does not change in ten seconds.
 */
export function createRolecallApi({ origin, apiKey }: { origin: string; apiKey: string }): RolecallApi {
  async function decide(question: Question): Promise<Decision> {
    const response = await fetch(`${origin}/access/v1/evaluation`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({
        subject: { type: 'user', id: question.userId },
        action: { name: question.permission },
        resource: { type: 'brand', id: question.brandId },
      }),
      signal: AbortSignal.timeout(patienceMillis),
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`The decision API answered ${response.status}: ${text.slice(0, 300)}`)
    const body: unknown = JSON.parse(text)
    const isAllowed = at(body, 'decision')
    if (typeof isAllowed !== 'boolean') throw new Error(`The decision API gave no decision: ${text.slice(0, 300)}`)
    return { isAllowed, reason: at(body, 'context', 'reason') }
  }

  async function timeUntil(wanted: boolean, question: Question): Promise<{ millis: number; decision: Decision }> {
    const started = performance.now()
    for (;;) {
      const decision = await decide(question)
      const millis = performance.now() - started
      if (decision.isAllowed === wanted) return { millis, decision }
      if (millis > patienceMillis) {
        throw new Error(`${question.permission} is still ${wanted ? 'refused' : 'allowed'} after ${patienceMillis} ms`)
      }
      await sleep(1)
    }
  }

  return { decide, timeUntil }
}
