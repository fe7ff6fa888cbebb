// Why a provider's answer is not accepted, in words that name what was sent and what was expected, for the trace.
import { refuse, refuseCancelled, type Trace } from '#access/sign-in/trace.ts'
import { isSameButSlash } from '#connections/sign-in/discovery.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { shownClaims } from './claim-path.ts'

/** Reasons of the library's errors. */
const reasons: Record<string, string> = {
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'claims',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'expired',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'claims',
  OAUTH_KEY_SELECTION_FAILED: 'signature',
}

const maxWords = 300

/** What the provider says in the words of RFC 6749 4.1.2.1 and 5.2, on one line. */
export const saidBy = (error: unknown, description: unknown): string =>
  [error, description]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(': ')
    .slice(0, maxWords)

/** What some providers answer to a person who turns back. Whoever is not assigned is refused by the same `access_denied`. */
const cancelWords = /cancel|declin|denied (the )?access|AADSTS65004|AADB2C90091/i

/** What an answer says of an error, for the trace; empty for one that says none. */
export const errorIn = (answer: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...answer].filter(([name]) => name === 'error' || name.startsWith('error_')))

/**
 * An authorization error (RFC 6749 4.1.2.1). Nothing is believed of it, but what it says is kept.
 * @throws SignInRefused, with reason `cancelled` where the person turned back
 */
export function refuseAnswer(trace: Trace, answer: URLSearchParams): never {
  const [error, description, subcode] = ['error', 'error_description', 'error_subcode'].map((name) => answer.get(name))
  const isDenied = error === 'access_denied' && (description === null || cancelWords.test(description ?? ''))
  const said = `The provider answered ${saidBy(error, description)}`
  return isDenied || subcode === 'cancel' ? refuseCancelled(trace, said) : refuse(trace, 'provider_error', said)
}

/** An answer of the token endpoint that is none (RFC 6749 5.2). */
export function tokenEndpointFault(status: number, text: string): AppError {
  const { error, error_description: description } = parsed(text)
  const said = saidBy(error, description)
  return invalid(`The token endpoint answered ${status}${said === '' ? '' : `, ${said}`}`, 'token_endpoint')
}

function parsed(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    return body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Whatever the library does not accept, as a refusal with its reason. @throws SignInRefused; AppError unavailable */
export function refuseWith(trace: Trace, error: unknown): never {
  const chain = causesOf(error)
  const ours = chain.find((each) => each instanceof AppError)
  if (ours?.code === 'unavailable') throw ours
  if (ours !== undefined) return refuse(trace, ours.reason ?? 'discovery', ours.message)
  const facts = chain.map(factsOf).find((found) => found !== undefined)
  if (facts?.claims !== undefined) trace.received = { idToken: shownClaims(facts.claims) }
  const code = chain.map(({ code: each }) => String(each)).find((each) => Object.hasOwn(reasons, each)) ?? ''
  const words = chain.map(messageOf).join(': ')
  return refuse(trace, reasons[code] ?? 'id_token', facts === undefined ? words : (comparison(facts) ?? words))
}

type Link = Error & { code?: unknown }

function causesOf(error: unknown): Link[] {
  const chain: Link[] = []
  for (let each = error; each instanceof Error && chain.length < 4; each = each.cause) chain.push(each)
  return chain
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message.slice(0, maxWords) : 'unknown error'

type Facts = {
  claims?: Record<string, unknown>
  claim?: string
  expected?: unknown
  now?: number
  parameters?: unknown
}

/** What the library compared, which it puts into the cause of its errors. */
const factsOf = ({ cause }: Link): Facts | undefined =>
  cause !== null && typeof cause === 'object' && ('claims' in cause || 'parameters' in cause)
    ? (cause as Facts)
    : undefined

function comparison({ claims, claim, expected, now, parameters }: Facts): string | undefined {
  if (parameters instanceof URLSearchParams && typeof expected === 'string')
    return differs('The answer', 'iss', parameters.get('iss'), expected)
  if (claims === undefined || claim === undefined || claim === 'nonce') return undefined
  const value = claims[claim]
  if (now !== undefined && typeof value === 'number') return timing(claim, Math.round(now - value))
  return typeof expected === 'string' ? differs('The ID token', claim, value, expected) : undefined
}

const timing = (claim: string, seconds: number): string =>
  seconds >= 0
    ? `The ID token ran out ${seconds} seconds ago (${claim}); compare the clocks`
    : `The ID token is good only in ${-seconds} seconds (${claim}); compare the clocks`

const differs = (what: string, claim: string, value: unknown, expected: string): string =>
  `${what} says ${claim} ${String(value).slice(0, maxWords)}, and ${expected.slice(0, maxWords)} was expected${
    isSameButSlash(String(value), expected) ? '; they differ in the slash at the end alone' : ''
  }`
