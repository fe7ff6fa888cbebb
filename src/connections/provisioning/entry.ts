// A request of a directory on its way into the provisioning log. What can be worked out later is: an entry may be given up
// before it is written, and no request waits for it.
import type { QuirkName } from './quirks.ts'
import { heldAnswer, isShort, shownBody, shownPath, shownText, storedAnswer, storedBody } from './redact.ts'

/** What is known of a request once it is answered. */
export type AnsweredRequest = {
  organizationId: string
  directoryId: string
  method: string
  /** Below the directory's base URL, with the query. */
  path: string
  status: number
  durationMillis: number
  /** The body as it was read, which nobody changes any more; undefined where there was none, or it could not be read. */
  request: unknown
  /** How long the body said that it is. */
  requestLength: number
  response: string | null
  quirks(): readonly QuirkName[]
  targetId: string | null
  userAgent: string | null
  requestId: string
}

/** A request that is held to be written; `occurredAt` in milliseconds. */
export type HeldEntry = Omit<AnsweredRequest, 'request'> & {
  occurredAt: number
  shown(): ReturnType<typeof shownBody> | null
}

/** As it is held: a short body itself, a long one as it will be shown, so that memory stays bounded. */
export function heldEntry(answered: AnsweredRequest, occurredAt: number): HeldEntry {
  const response = answered.response === null ? null : heldAnswer(answered.response)
  const { request, ...rest } = answered
  const held = { ...rest, response, occurredAt }
  if (request === undefined) return { ...held, shown: () => null }
  if (isShort(answered.requestLength)) return { ...held, shown: () => shownBody(request) }
  const [noted, shown] = [answered.quirks(), shownBody(request)]
  return { ...held, quirks: () => noted, shown: () => shown }
}

/** A successful question is worth less than what changed something or was refused. */
export const isMinor = ({ method, status }: HeldEntry): boolean => method === 'GET' && status < 400

/** A row of provisioning_events. */
export type Row = {
  id: string
  directory_id: string
  occurred_at: string
  method: string
  path: string
  status: number
  duration_millis: number
  request: string | null
  response: string | null
  quirks: readonly QuirkName[]
  target_id: string | null
  user_agent: string | null
  request_id: string
}

export const rowOf = (entry: HeldEntry, id: string): Row => ({
  id,
  directory_id: entry.directoryId,
  occurred_at: new Date(entry.occurredAt).toISOString(),
  method: entry.method,
  path: shownPath(entry.path),
  status: entry.status,
  duration_millis: Math.round(entry.durationMillis),
  request: storedBody(entry.shown()),
  response: storedAnswer(entry.response),
  quirks: entry.quirks(),
  target_id: shownText(entry.targetId, 100),
  user_agent: shownText(entry.userAgent, 300),
  request_id: entry.requestId,
})
