// Why a provider's answer is not accepted, in words that name what was sent and what was expected, for the trace.
import { refuse, refuseCancelled, type Trace } from '#access/sign-in/trace.ts'
import { saysTurnedBack } from '#access/sign-in/turned-back.ts'
import { isSameButSlash } from '#connections/sign-in/discovery.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { isRecord } from '#platform/json.ts'
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

/** Of the person alone: Apple, LinkedIn. */
const cancelCodes = /^(?:user_(?:cancell?ed|denied)(?:_\w+)?|cancell?ed)$/i

/** What RFC 6749 4.1.2.1 itself says of `access_denied`, which a provider with more to say replaces. */
const plainDenial = /^\s*(?:the resource owner or authorization server denied the request\.?)?\s*$/i

/** What an answer says of an error, for the trace; empty for one that says none. */
export const errorIn = (answer: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...answer].filter(([name]) => name === 'error' || name.startsWith('error_')))

/**
 * An authorization error (RFC 6749 4.1.2.1). Nothing is believed of it, but what it says is kept.
 * @throws SignInRefused, with reason `cancelled` where the person turned back
 */
export function refuseAnswer(trace: Trace, answer: URLSearchParams): never {
  const said = `The provider answered ${saidBy(answer.get('error'), answer.get('error_description'))}`
  return hasTurnedBack(answer) ? refuseCancelled(trace, said) : refuse(trace, 'provider_error', said)
}

function hasTurnedBack(answer: URLSearchParams): boolean {
  const [error = '', description = '', reason = '', subcode = ''] = [
    ...['error', 'error_description', 'error_reason', 'error_subcode'].map((name) => answer.get(name) ?? ''),
  ]
  if (cancelCodes.test(error) || subcode === 'cancel') return true
  return (
    error === 'access_denied' && (saysTurnedBack(reason) || saysTurnedBack(description) || isPlain(reason, description))
  )
}

const isPlain = (reason: string, description: string): boolean => reason === '' && plainDenial.test(description)

/** An answer of the token endpoint that is none (RFC 6749 5.2). */
export function tokenEndpointFault(status: number, text: string): AppError {
  const said = wordsIn(text)
  return invalid(`The token endpoint answered ${status}${said === '' ? '' : `, ${said}`}`, 'token_endpoint')
}

/** Whether an answer says that it is an error, whatever its status: some send 200 with it. */
export function saysError(text: string): boolean {
  const body = parsed(text)
  return (
    body['access_token'] === undefined && body['id_token'] === undefined && isSaying(body['error'] ?? body['errorCode'])
  )
}

const isSaying = (value: unknown): boolean => (typeof value === 'string' && value !== '') || isRecord(value)

/** An answer of userinfo that is none, by its challenge (RFC 6750 3) or its body. */
export function userinfoFault(status: number, challenge: string | null, text: string): AppError {
  const parameters = Object.fromEntries(
    [...(challenge ?? '').matchAll(/(\w+)="([^"]{0,1000})"/g)].map(([, name, value]) => [name, value]),
  )
  const said = saidBy(parameters['error'], parameters['error_description']) || wordsIn(text)
  return invalid(`Userinfo answered ${status}${said === '' ? '' : `, ${said}`}`, 'userinfo')
}

/**
 * What an answer says of what went wrong: as RFC 6749 5.2 has it, in JSON or as a form; as an object (Google, Facebook); as Okta and
 * gateways do; as RFC 9457 does. Empty where it says nothing that can be read.
 */
export function wordsIn(text: string): string {
  const body = parsed(text)
  const { error, errors } = body
  const inner = isRecord(error) ? error : Array.isArray(errors) && isRecord(errors[0]) ? errors[0] : body
  const code = firstText([error, inner['status'], inner['code'], inner['type'], body['errorCode'], body['error_code']])
  const words = [
    body['error_description'],
    inner['message'],
    body['errorSummary'],
    body['errorMessage'],
    body['error_message'],
  ]
  return saidBy(
    code,
    firstText([...words, inner['detail'], body['message'], body['detail'], body['title'], body['Message']]),
  )
}

const firstText = (values: readonly unknown[]): string | undefined =>
  values.find((value): value is string => typeof value === 'string' && value !== '')

function parsed(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    return isRecord(body) ? body : {}
  } catch {
    return /^[\w.-]+=[^<>\s]*$/.test(text.trim()) ? Object.fromEntries(new URLSearchParams(text.trim())) : {}
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

/** Our own words for it where there are any, or else those of the library from the outside in. */
export function causeOf(error: unknown): string {
  const chain = causesOf(error)
  const ours = chain.find((each) => each instanceof AppError)
  return ours?.message ?? ([...new Set(chain.map(messageOf))].join(': ').slice(0, maxWords) || messageOf(error))
}

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
