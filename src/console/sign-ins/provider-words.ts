// What to change where the provider says in its own words what is wrong: codes and sentences that it puts into its errors.

const secret = 'Make a new client secret at the provider and enter it, with its end, in the settings of the connection.'
const notAssigned = 'Assign the person, or one of their groups, to the application at the provider.'
const redirect = 'Enter our redirect address at the provider, to the letter: it is on the page of the set-up.'
const client =
  'The provider does not know this client ID with this secret. Enter both again; where the secret has special characters, let it be sent in the form (client_secret_post), in the settings of the connection.'

const known: readonly [RegExp, string][] = [
  [/AADSTS7000222/, `The client secret has expired. ${secret}`],
  [
    /AADSTS7000215/,
    `What was entered is no secret of the application: often the ID of the secret instead of its value. ${secret}`,
  ],
  [/AADSTS50011|redirect_uri|redirect uri/i, redirect],
  [/AADSTS50105|not assigned/i, notAssigned],
  [/AADSTS65001|AADSTS90094|consent_required/, 'Have an administrator of the tenant consent to the application.'],
  [
    /AADSTS700016|AADSTS90002|AADSTS500011/,
    'The application or the tenant is not known there: compare the client ID and the tenant in the issuer.',
  ],
  [
    /AADSTS50020|AADSTS50034|AADSTS50178/,
    'The account is of another tenant. Have the person choose their work account, or invite them there as a guest.',
  ],
  [/AADSTS530\d\d|AADSTS50158/, 'A conditional access policy of the tenant refused. Its sign-in log says which.'],
  [
    /AADSTS75011|NoAuthnContext/,
    'The provider cannot prove the person in the way that is asked for. Compare the sign-in methods of the application there.',
  ],
  [
    /AADSTS50076|AADSTS50079|interaction_required|login_required/,
    'The provider wants something of the person that was not shown. Have them begin again, and finish what it asks for.',
  ],
  [
    /InvalidNameIDPolicy/,
    'The provider has no NameID of the format that is asked for. Choose another format there, or write a rule for it.',
  ],
  [/RequestDenied/, `The provider does not answer our requests. Enter our metadata there again. ${notAssigned}`],
  [
    /RequestUnsupported|UnsupportedBinding|VersionMismatch/,
    'The provider cannot read our request. Enter our metadata there again.',
  ],
  [/invalid_client|unauthorized_client/, client],
  [
    /invalid_scope/,
    'The provider does not know a scope that is asked for. Allow openid, email, profile and, where groups are wanted, groups.',
  ],
  [
    /invalid_grant/,
    'The provider does not take its own code back: usually it came twice or too late, or the redirect address differs. Have the person begin again.',
  ],
  [
    /temporarily_unavailable|server_error|answered 5\d\d/,
    'The provider has a fault of its own. Try again, and see its status page.',
  ],
]

/** Undefined where the words say nothing that is known. */
export const adviceFor = (words: string): string | undefined => known.find(([pattern]) => pattern.test(words))?.[1]
