// What a check of the RFC list is made of.
import type { ScimClient } from './client.ts'

export { skip } from '../run/outcome.ts'

/** One requirement a black box can see. The name starts with its clause. */
export interface Check {
  readonly name: string
  readonly run: (client: ScimClient) => Promise<void>
}

/** Names a check. */
export function check(name: string, run: Check['run']): Check {
  return { name, run }
}
