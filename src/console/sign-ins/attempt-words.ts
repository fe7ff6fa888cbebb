// What attempts to sign in are called, and what to change where one was refused.
import type { SignInAttempt } from '#access/sign-in/attempts.ts'
import type { Tone } from '../ui/parts.tsx'
import { adviceFor } from './provider-words.ts'

export const outcomes: Record<SignInAttempt['outcome'], { word: string; tone: Tone }> = {
  signed_in: { word: 'Signed in', tone: 'good' },
  refused: { word: 'Refused', tone: 'bad' },
  tested: { word: 'Test worked', tone: 'info' },
  pending: { word: 'Waits for approval', tone: 'warning' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
}

/** A test that was refused kept nobody out. */
export const outcomeOf = ({
  outcome,
  trace,
}: Pick<SignInAttempt, 'outcome' | 'trace'>): { word: string; tone: Tone } =>
  outcome === 'refused' && trace.isTest === true ? { word: 'Test refused', tone: 'warning' } : outcomes[outcome]

export const methods: Record<SignInAttempt['method'], string> = {
  saml: 'SAML',
  oidc: 'OpenID Connect',
  password: 'Password',
  passkey: 'Passkey',
  invitation: 'Invitation',
  emergency: 'Emergency access',
}

const again = 'Have the person begin again from the sign-in page, in the same browser tab.'

const certificates =
  'The provider signs with a certificate that is not trusted here. Read its metadata again on the page of the connection.'

const otherApplication =
  'The message is for another application or address. Compare the entity ID, the addresses and the client ID at the provider with the set-up here.'

const clocks = 'The clocks of the provider and of this server differ, or the person waited too long at the sign-in.'

const advice: Record<string, string> = {
  unknown_user:
    'Assign the person to the application at the provider, so that it delivers them; or invite them; or let first sign-ins create people, in the settings of the connection.',
  link_needs_confirmation:
    'Somebody with this address or name exists, but the address proves nothing here. Prove its domain, or have the person link the account while signed in.',
  link_needs_approval:
    'The person manages something here, so their address alone does not open their account. Approve the link under Sign-ins, Links to approve; or have the person sign in otherwise and link the provider on their page Security.',
  domain_of_another:
    'The domain of the address is bound to other connections. Bind it to this one under Settings, Domains, if its people come through it.',
  several_addresses:
    'The provider sends several e-mail addresses. Have it send one, or prove the domain of the one that counts.',
  no_address:
    'The provider sent no e-mail address. Have it send one, in the attribute or claim that the settings of the connection name.',
  userinfo_unavailable:
    'The address is not in the token, and the provider’s userinfo, where it may be, could not be read: the check “userinfo” says why. Have the provider put the address into the ID token, or repair its userinfo.',
  jit_domain: 'Prove the domain of the address under Settings, Domains.',
  removed_by_directory:
    'Assign the person to the application at the provider again; only the directory brings them back.',
  inactive: 'The person was deactivated. Their page says by whom and why; whoever did it can reactivate them.',
  awaits_approval: 'Approve the person on their page.',
  email_not_verified: 'Have the person confirm their address at the provider.',
  connection_closed: 'Turn the connection on, on its page.',
  not_configured: 'Finish the set-up of the connection.',
  replay: `The same message came twice, as by going back in the browser. ${again}`,
  request_used: again,
  state: `The answer belongs to no sign-in that this browser began: often a bookmark of the provider’s page, or blocked cookies. ${again}`,
  test_link: 'Begin the test again on the page of the set-up.',
  link_session: 'Sign in first, then ask for the link again.',
  link_origin: 'Ask for the link on the page Security of your account.',
  discovery:
    'The discovery document of the provider cannot be gone by. Compare the issuer with the one that the document names, to the letter and the slash at its end.',
  unfit_provider:
    'What the provider says of itself in its discovery document leaves no way to sign in through it. Change the application or the provider as the step says.',
  unreachable:
    'The provider did not answer this server. Look whether its address is right and can be reached from here.',
  address: 'The address of the provider is none that this server may ask. Correct the issuer or the metadata.',
  provider_error: 'The provider itself refused, in its own words above. Its log says more.',
  token_endpoint:
    'The provider did not give a token for the code. Compare client ID, client secret and redirect address, and whether the secret has ended.',
  claims: otherApplication,
  name_id:
    'The NameID does not identify the person permanently. Choose a persistent NameID or the e-mail address at the provider; or name an attribute that never changes hands, in the settings of the connection.',
  subject_attribute:
    'The attribute that names the person is not in the message, or more than once. Add it to the application at the provider, or name another in the settings of the connection.',
  malformed:
    'What came is no message of this protocol. Often a proxy or a browser extension has changed it, or the provider posts something else to this address: compare the addresses there.',
  message_type: 'The provider answered with another kind of message. Compare the addresses that it has of us.',
  signature: certificates,
  certificate_expired: certificates,
  algorithm: 'The provider signs by an outdated algorithm. Choose SHA-256 in the application at the provider.',
  encryption:
    'The message is encrypted for another key, or by a method that is not accepted. Enter our metadata at the provider again, or switch encryption off there.',
  audience: otherApplication,
  recipient: otherApplication,
  destination: otherApplication,
  azp: otherApplication,
  issuer:
    'The message is of another provider than this connection knows. Read the metadata again, or correct the issuer.',
  expired: clocks,
  not_yet_valid: clocks,
  issue_instant: clocks,
  iat: clocks,
  in_response_to: `The message answers another sign-in than the one that this browser began: an old tab, the back button, or a second window. ${again}`,
  unsolicited:
    'The provider began the sign-in by itself. Allow it in the settings of the connection, or have the tile open the sign-in address of the connection.',
  status: 'The provider itself refused. See its own log: usually the person is not assigned to the application.',
  not_fresh:
    'What the person wanted to do needs a fresh proof, and the provider answered with an older one, or did not say when it was made. Have it send auth_time (for Entra an optional claim of the ID token) and honour max_age; or have the person prove themselves by a password or passkey.',
  id_token:
    'The token of the provider is not valid here. Compare the client ID and the client secret, and whether the secret has ended.',
  subject: 'The token lacks the claims that name the person. Add them to the application at the provider.',
  hosted_domain: 'The account is of another Google Workspace. Have the person choose their work account.',
  identity_of_another: 'The account at the provider is linked to somebody else. See the page of that person.',
  connection_disabled: 'Turn the connection on, on its page.',
  emergency_account: 'Emergency accounts sign in at the emergency page only.',
  wrong_password: 'The password was wrong. The person can ask for a link to set a new one.',
  no_password:
    'The person has no password here. They sign in through their provider; or give them a password on their page.',
  wrong_second_factor: 'The code was wrong. An administrator can take the second factor away on the person’s page.',
}

/** Where the provider's own words are in the trace. */
const wordsOfProvider = new Set(['provider_error', 'token_endpoint', 'status'])

/** One or two sentences; undefined for what was not refused. */
export function adviceOf({ outcome, reason, trace }: Pick<SignInAttempt, 'outcome' | 'reason' | 'trace'>) {
  if (outcome !== 'refused' && outcome !== 'pending') return undefined
  const said = trace.steps.find(({ result }) => result === 'failed')?.detail ?? ''
  const known = reason !== null && wordsOfProvider.has(reason) ? adviceFor(said) : undefined
  if (known !== undefined) return known
  if (reason !== null && Object.hasOwn(advice, reason)) return advice[reason]
  return 'The step that failed says what was expected. Compare it with what was received, and change the application at the provider accordingly.'
}
