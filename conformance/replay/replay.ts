// Replays one fixture: sends its steps in order and stops at the first answer that is not as expected.

import { describeExchange, type HttpRequest, type HttpResponse, jsonOf, send } from '../run/http.ts'
import { CheckFailure } from '../run/outcome.ts'
import type { Target } from '../run/target.ts'
import { buildUrl } from '../run/url.ts'
import type { Expectation, Fixture, FixtureRequest, Step } from './fixture.ts'
import { findMismatch, type Mismatch, show } from './matcher.ts'
import { readPath, render, startVariables } from './template.ts'

type Headers = Readonly<Record<string, string | null>>

/** Runs the fixture against the target. Throws a CheckFailure at the first step that fails. */
export async function replay(fixture: Fixture, target: Target): Promise<void> {
  const variables = startVariables(target.token, fixture.vars)
  for (const step of fixture.steps) {
    const { request, expect } = renderStep(step, variables)
    const response = await sendStep(step.id, toHttpRequest(fixture, request, target, variables))
    const mismatch = judge(expect, response)
    if (mismatch) throw failureAt(step.id, mismatch, response)
    for (const [name, path] of Object.entries(step.capture ?? {})) {
      variables[name] = captured(step.id, path, response)
    }
  }
}

function renderStep(step: Step, variables: Readonly<Record<string, string>>): Pick<Step, 'request' | 'expect'> {
  try {
    return render({ request: step.request, expect: step.expect }, variables)
  } catch (error) {
    throw new CheckFailure({ step: step.id, expected: 'a step that can be built', received: messageOf(error) })
  }
}

async function sendStep(id: string, request: HttpRequest): Promise<HttpResponse> {
  try {
    return await send(request)
  } catch (error) {
    throw new CheckFailure({ step: id, expected: 'an answer', received: messageOf(error) })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function toHttpRequest(
  fixture: Fixture,
  request: FixtureRequest,
  target: Target,
  variables: Readonly<Record<string, string>>,
): HttpRequest {
  const { tenantUrlSuffix } = fixture.settings ?? {}
  const url = buildUrl({
    baseUrl: target.baseUrl,
    path: request.path,
    ...(request.query && { query: request.query }),
    ...(request.rawQuery !== undefined && { rawQuery: request.rawQuery }),
    ...(tenantUrlSuffix !== undefined && { tenantUrlSuffix }),
  })
  const body = request.rawBody ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
  return {
    method: request.method,
    ...url,
    headers: mergeHeaders(render(fixture.defaults?.headers ?? {}, variables), request.headers ?? {}),
    ...(body !== undefined && { body }),
  }
}

/** Step headers override defaults of the same name in any case; null removes a header. */
export function mergeHeaders(defaults: Headers, own: Headers): Record<string, string> {
  const merged = new Map<string, readonly [string, string | null]>()
  for (const [name, value] of [...Object.entries(defaults), ...Object.entries(own)]) {
    merged.set(name.toLowerCase(), [name, value])
  }
  return Object.fromEntries([...merged.values()].filter((entry): entry is [string, string] => entry[1] !== null))
}

/** The first difference between an answer and what the step expects. */
export function judge(expect: Expectation, response: HttpResponse): Mismatch | undefined {
  return (
    judgeStatus(expect, response) ??
    judgeHeaders(expect, response) ??
    judgeBody(expect, response) ??
    judgeTime(expect, response)
  )
}

function judgeStatus(expect: Expectation, response: HttpResponse): Mismatch | undefined {
  const accepted = expect.statusIn ?? (expect.status === undefined ? [] : [expect.status])
  if (accepted.includes(response.status)) return undefined
  return { path: '', expected: `status ${accepted.join(' or ')}`, received: `status ${response.status}` }
}

function judgeHeaders(expect: Expectation, response: HttpResponse): Mismatch | undefined {
  return expect.headers && findMismatch(expect.headers, response.headers, 'header')
}

function judgeBody(expect: Expectation, response: HttpResponse): Mismatch | undefined {
  if (expect.bodyEmpty && response.text !== '') {
    return { path: '', expected: 'an empty body', received: show(response.text) }
  }
  if (expect.body === undefined) return undefined
  const body = jsonOf(response)
  if (body === undefined) return { path: '', expected: 'a JSON body', received: show(response.text) }
  return findMismatch(expect.body, body)
}

function judgeTime(expect: Expectation, response: HttpResponse): Mismatch | undefined {
  if (expect.maxMillis === undefined || response.millis <= expect.maxMillis) return undefined
  return { path: '', expected: `at most ${expect.maxMillis} ms`, received: `${Math.round(response.millis)} ms` }
}

function captured(id: string, path: string, response: HttpResponse): string {
  const value = readPath(jsonOf(response), path)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw failureAt(id, { path, expected: 'a value to capture', received: show(value) }, response)
}

function failureAt(id: string, mismatch: Mismatch, response: HttpResponse): CheckFailure {
  const where = mismatch.path ? `${mismatch.path} ` : ''
  return new CheckFailure({
    step: id,
    expected: `${where}${mismatch.expected}`,
    received: mismatch.received,
    detail: describeExchange(response),
  })
}
