// The assertions of checks, and the answer that they look at.
import { findMismatch, show } from '../replay/matcher.ts'
import { describeExchange, type HttpResponse, jsonOf } from '../run/http.ts'
import { CheckFailure } from '../run/outcome.ts'

/** An answer with its body already read as JSON. */
export interface ScimResponse extends HttpResponse {
  readonly body: ScimBody
}

export type ScimBody = Readonly<Record<string, unknown>>

export function withBody(response: HttpResponse): ScimResponse {
  const body = jsonOf(response)
  // Answers that are no JSON object read as empty, so that a check fails on the missing key, not by crashing.
  return { ...response, body: typeof body === 'object' && body !== null ? (body as ScimBody) : {} }
}

/** Fails the check unless the status is one of the accepted ones. */
export function expectStatus(response: HttpResponse, ...accepted: readonly number[]): void {
  if (accepted.includes(response.status)) return
  fail(response, `status ${accepted.join(' or ')}`, `status ${response.status}`)
}

/** Fails the check unless the body matches, with the matchers of the fixture format. */
export function expectBody(response: ScimResponse, expected: unknown): void {
  const mismatch = findMismatch(expected, jsonOf(response))
  if (mismatch) fail(response, `${mismatch.path} ${mismatch.expected}`, mismatch.received)
}

/** Fails the check unless this is an error in SCIM form (RFC 7644 §3.12), with one of the keywords if any are given. */
export function expectError(response: ScimResponse, status: number | readonly number[], ...scimTypes: string[]): void {
  expectStatus(response, ...(typeof status === 'number' ? [status] : status))
  expectBody(response, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(response.status),
    ...(scimTypes.length > 0 && { scimType: { $oneOf: scimTypes } }),
  })
}

/** Fails the check unless the values are equal as JSON. */
export function expectEqual(response: HttpResponse, what: string, received: unknown, expected: unknown): void {
  if (JSON.stringify(received) === JSON.stringify(expected)) return
  fail(response, `${what} ${show(expected)}`, show(received))
}

/** Fails the check. */
export function fail(response: HttpResponse, expected: string, received: string): never {
  const { method, target } = response.request
  throw new CheckFailure({ step: `${method} ${target}`, expected, received, detail: describeExchange(response) })
}
