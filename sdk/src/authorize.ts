// The address that a browser is sent to, to sign in, and what is to be remembered until it comes back.

import { hashOf, randomText } from './random.ts'
import type { Metadata } from './reach.ts'
import { refused } from './verify.ts'

export type Flow = { state: string; nonce: string; verifier: string; returnTo: string }

export type SignInOptions = {
  /** Id or slug of the organization that is meant, for applications of the platform. */
  organization?: string | undefined
  loginHint?: string | undefined
  /** Where the browser goes afterwards: on the application's own origin, or its start page. */
  returnTo?: string | undefined
  /** `login` asks for a sign-in even where there is a session, `none` never asks. */
  prompt?: string | undefined
}

type Place = { clientId: string; redirectUri: string; scope: string }

export async function beginFlow(
  { authorization_endpoint }: Metadata,
  { clientId, redirectUri, scope }: Place,
  { organization, loginHint, prompt, returnTo }: SignInOptions,
): Promise<{ url: string; flow: Flow }> {
  const flow = { state: randomText(), nonce: randomText(), verifier: randomText() }
  const url = new URL(authorization_endpoint)
  const parameters = {
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope },
    ...{ state: flow.state, nonce: flow.nonce },
    ...{ code_challenge: await hashOf(flow.verifier), code_challenge_method: 'S256' },
    ...{ organization, login_hint: loginHint, prompt },
  }
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return { url: url.href, flow: { ...flow, returnTo: ownAddress(returnTo, redirectUri) } }
}

/** Of an answer for this flow the code. @throws RolecallError sign_in_refused */
export function readAnswer(answer: URLSearchParams, issuer: string, { state }: Pick<Flow, 'state'>): string {
  if (answer.get('state') !== state) throw refused('This sign-in was not begun here, or too long ago')
  // RFC 9207: not the answer of another provider.
  if (answer.get('iss') !== issuer) throw refused('The answer is not from Rolecall')
  const error = answer.get('error')
  if (error !== null) throw refused(answer.get('error_description') ?? error, new Error(error))
  const code = answer.get('code')
  if (code === null) throw refused('The answer has no code')
  return code
}

/** Path and query of an address on the origin of `base`; anything else becomes its start page. */
export function ownAddress(address: string | undefined, base: string): string {
  const { origin } = new URL(base)
  if (address === undefined || !URL.canParse(address, origin)) return '/'
  const url = new URL(address, origin)
  // A path that begins with two slashes is an address of somebody else's once it stands alone.
  return url.origin === origin && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : '/'
}
