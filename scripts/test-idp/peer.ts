// What is run against Rolecall: a product that is none of ours, and what is checked with it.
import type { Rolecall } from './tenant.ts'

export type Check = [title: string, run: () => Promise<void>]

/** The checks of one protocol, of a product that has several. */
export const named = (protocol: string, checks: readonly Check[]): Check[] =>
  checks.map(([title, run]) => [`${protocol}: ${title}`, run])

export type RunningPeer = {
  version: string
  /** In this order; the last ones may end what the first ones began. */
  checks: readonly Check[]
  /** What helps to understand a check that failed. */
  lastWords(): Promise<string>
  stop(): Promise<void>
}

export type Peer = {
  /** What `npm run test:idp -- NAME` calls it. */
  name: string
  title: string
  /** Installs and starts it, and connects it to an organization of its own. @throws NotInstalled */
  start(rolecall: Rolecall): Promise<RunningPeer>
}

export function expect(isTrue: boolean, message: string): asserts isTrue {
  if (!isTrue) throw new Error(message)
}
