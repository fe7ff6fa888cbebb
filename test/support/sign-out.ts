// The way out of a session in a test, and how long one would have lasted.
import { expect } from 'vitest'
import type { TestApp } from './app.ts'
import type { TestBrowser } from './sign-in.ts'

/** The button of our own pages. */
export const signOut = (browser: TestBrowser): Promise<Response> => browser.post('/account/sign-out', {})

/** Where the page after a sign-out leads by itself; undefined where it stays. */
export const leadsTo = (answer: Response): string | undefined =>
  /^0;url=(.+)$/.exec(answer.headers.get('refresh') ?? '')?.[1]

/** Signed out here, and the provider hears nothing of it. */
export async function expectPlainSignOut(browser: TestBrowser): Promise<void> {
  const answer = await signOut(browser)
  expect([answer.status, answer.headers.get('location'), leadsTo(answer)]).toEqual([303, '/signed-out', undefined])
  expect(await browser.session()).toBeUndefined()
}

const minutesUntil = (time: unknown): number => Math.round((Number(time) - Date.now()) / 60_000)

/** Minutes until the session of a person ends at the latest, used or not. */
export async function lifetimeOf(app: TestApp, userId: string | null): Promise<{ absolute: number; idle: number }> {
  const [row] = await app.owner`select expires_at, idle_expires_at from sessions
    where user_id = ${userId} order by id desc limit 1`
  return { absolute: minutesUntil(row?.['expires_at']), idle: minutesUntil(row?.['idle_expires_at']) }
}
