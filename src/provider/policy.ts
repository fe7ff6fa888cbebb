// When a person is sent to sign in. The session is Rolecall's: there is one or not, of this organization or not, recent
// enough or not. Applications are the organization's own, so nobody is asked for consent, but whether it is the application that
// asks, where a program on a device does.
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { ClientReader } from '#access/applications/clients.ts'
import type { Services } from '#src/context.ts'
import { meantOrganization } from './meant-organization.ts'
import { isConfirmed, isFresh, visitOf } from './visits.ts'

const { base, Check, Prompt } = interactionPolicy

export function createPolicy(services: Services, clients: ClientReader): interactionPolicy.DefaultPolicy {
  const policy = base()
  const [login, consent] = [policy.get('login'), policy.get('consent')]
  if (login === undefined || consent === undefined) throw new Error('The default policy is not as it was')
  login.checks.remove('login_prompt')
  login.checks.remove('max_age')
  login.checks.add(new Check('login_prompt', 'the person has to sign in again', asksToSignIn))
  login.checks.add(new Check('max_age', 'the sign-in is too long ago', isTooLongAgo))
  login.checks.add(
    new Check('organization', 'the person has to sign in at another organization', 'login_required', (ctx) =>
      isElsewhere(ctx, services, clients),
    ),
  )
  consent.checks.clear()
  consent.checks.add(
    new Check('organization', 'the person is of another organization', (ctx) => refuseStrangers(ctx, clients)),
  )
  consent.checks.add(new Check('on_device', 'the person has to confirm it', isUnconfirmedDevice))
  const select = new Prompt({ name: 'select_account', requestable: true })
  select.checks.clear()
  select.checks.add(new Check('select_account_prompt', 'the person has to choose', isToChoose))
  policy.add(select, 0)
  return policy
}

/** Once it goes on, they have. */
const isToChoose = ({ req, oidc }: KoaContextWithOIDC): boolean =>
  oidc.prompts.has('select_account') && visitOf({ req }).continued === undefined

function asksToSignIn({ req, oidc }: KoaContextWithOIDC): boolean {
  if (isForDevice(oidc)) return refuseOnDevice(oidc)
  return oidc.prompts.has('login') && !isFresh(visitOf({ req }))
}

const isForDevice = ({ route }: KoaContextWithOIDC['oidc']): boolean => route === 'code_verification'

/** RFC 8628 knows no parameter of how somebody signs in, and whoever confirms a device cannot be sent away in the middle of it. */
function refuseOnDevice({ params }: KoaContextWithOIDC['oidc']): false {
  if (params?.['max_age'] === undefined) return false
  throw new errors.AccessDenied('max_age is not for devices')
}

function isTooLongAgo({ req, oidc }: KoaContextWithOIDC): boolean {
  const maxAge = oidc.params?.['max_age']
  if (maxAge === undefined || isForDevice(oidc) || isFresh(visitOf({ req }))) return false
  return oidc.session?.past(Number(maxAge)) !== false
}

// A program on a device cannot prove that it is the application: the person says so, or nothing goes there (RFC 8252 §8.6).
const isUnconfirmedDevice = ({ req, oidc }: KoaContextWithOIDC): boolean =>
  oidc.client?.applicationType === 'native' && !isForDevice(oidc) && !isConfirmed(visitOf({ req }))

async function refuseStrangers({ req, oidc }: KoaContextWithOIDC, clients: ClientReader): Promise<boolean> {
  const client = await clients.find(oidc.client?.clientId ?? '')
  const organizationId = visitOf({ req }).session?.organizationId ?? ''
  if (client !== undefined && (await clients.served(client, organizationId)) !== undefined) return false
  const message =
    client?.organization === null
      ? 'The application is not available in the organization of this person'
      : 'The person is signed in at another organization'
  throw new errors.AccessDenied(message)
}

/** Of an application that serves several organizations, asked for another one than the browser is signed in at. */
async function isElsewhere(
  { req, oidc }: KoaContextWithOIDC,
  services: Services,
  clients: ClientReader,
): Promise<boolean> {
  const visit = visitOf({ req })
  const client = await clients.find(oidc.client?.clientId ?? '')
  if (client === undefined || client.organization !== null || visit.session === undefined) return false
  const named = oidc.params?.['organization']
  if (named === undefined || named === '') return false
  const meant = await meantOrganization(services, clients, { client, params: { organization: named } })
  if (meant === undefined) throw new errors.AccessDenied('The application is not available in this organization')
  if (meant.id === visit.session.organizationId) return false
  // Sent to sign in there, they came back as somebody of another organization.
  if (isFresh(visit)) throw new errors.AccessDenied('The person is signed in at another organization')
  return true
}
