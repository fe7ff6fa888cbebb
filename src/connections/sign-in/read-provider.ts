// The provider out of what people enter in its place: of the issuer the address or the text of the discovery document, the name of a host. What
// is surely something else is told by name, with what to enter instead; what only looks like it, once no provider answers there.
import { AppError, invalid } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { type Preset, presets } from '../providers/providers.ts'
import { type DiscoveryDocument, publishedProvider, unfitProvider } from './discovery.ts'
import { hasPlaceholder, isUuid, recognized } from './recognize.ts'
import { cleanClientId, faultsOfClient } from './recognize-client.ts'
import { otherProvider } from './unfit-metadata.ts'

/** A discovery document is that long at most. */
export const maxPasted = 20_000

const usual = 'https://login.example.com'

export type ReadProvider = {
  issuer: string
  clientId: string
  /** What the provider says of itself; undefined of one that does not answer yet. */
  document: DiscoveryDocument | undefined
}

type Entered = { preset: Preset; issuer: string; clientId: string; clientSecret?: string | undefined }

/**
 * Issuer and client id as they are kept. Everything that is wrong is said at once.
 * @param whereUnreachable whether an issuer that does not answer yet is kept as it was typed, or refused
 * @throws AppError invalid naming the fields and saying what stands in them
 */
export async function readProvider(
  ctx: Pick<CallContext, 'outgoing' | 'urls'>,
  { preset, ...entered }: Entered,
  whereUnreachable: 'keep' | 'refuse',
): Promise<ReadProvider> {
  const client = { clientId: cleanClientId(entered.clientId), clientSecret: entered.clientSecret }
  const faults = faultsOfClient(client, { preset, issuer: entered.issuer, origin: ctx.urls.origin })
  try {
    const found = await readIssuer(ctx, entered.issuer, preset, whereUnreachable)
    if (faults.length === 0) return { ...found, clientId: client.clientId }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error
    const fields = [{ path: 'issuer', message: error.message }, ...faults]
    throw new AppError('invalid', error.message, { reason: error.reason ?? 'invalidValue', fields, cause: error.cause })
  }
  throw new AppError('invalid', faults[0]?.message ?? '', { reason: 'client', fields: faults })
}

/**
 * The issuer as the provider writes it. @throws AppError invalid as `discover`, and for what is no issuer, saying what it is
 */
async function readIssuer(
  ctx: Pick<CallContext, 'outgoing' | 'urls'>,
  entered: string,
  preset: Preset,
  whereUnreachable: 'keep' | 'refuse',
): Promise<Omit<ReadProvider, 'clientId'>> {
  const typed = addressOf(entered.replace(/^\uFEFF/, '').trim())
  const wrong = surelyWrong(typed, ctx.urls.origin, preset)
  if (wrong !== undefined) throw invalid(wrong, 'discovery')
  try {
    const document = await publishedProvider(ctx, typed)
    return { issuer: document.issuer, document }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid' || error.reason === unfitProvider) throw error
    const likely = likelyWrong(typed)
    if (likely === undefined && whereUnreachable === 'keep' && error.reason === 'unreachable')
      return { issuer: typed, document: undefined }
    if (likely === undefined) throw error
    throw new AppError('invalid', likely, { reason: 'discovery', cause: error })
  }
}

/** What stands in the discovery document, a host that was entered without its scheme, or the text as it is. */
function addressOf(text: string): string {
  if (text.startsWith('{')) return issuerInJson(text) ?? text
  return /^[\w-]+(\.[\w-]+)+(:\d+)?(\/\S*)?$/.test(text) ? `https://${text}` : text
}

/** Fields of forms have an end, so that the text may have been cut. */
function issuerInJson(text: string): string | undefined {
  const found = /"issuer"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  return found?.replaceAll('\\/', '/')
}

function surelyWrong(typed: string, origin: string, preset: Preset): string | undefined {
  const { title, oidc } = presets[preset]
  const instead = `Enter ${oidc.fields === undefined ? `the issuer, such as ${usual}` : `the ${oidc.fields.issuer.label}`}`
  const { is, kind } = recognized(typed, origin) ?? {}
  if (kind === 'json') return `${jsonWords(typed)}. ${instead}`
  if (is !== undefined && kind !== 'address') return `${is}. ${instead}`
  if (hasPlaceholder(typed))
    return `There is a placeholder in it, from an example: put what is yours in its place. ${instead}`
  if (isEveryTenant(typed))
    return 'This covers the accounts of every organization, but only one is to sign in here. Enter the Directory (tenant) ID, from the overview of the application'
  if (isUuid(typed))
    return `This is an id and no address. Of a tenant of Microsoft Entra ID, the issuer is https://login.microsoftonline.com/${typed.toLowerCase()}/v2.0`
  const other = otherProvider(preset, typed)
  return other === undefined
    ? undefined
    : `This is an address of ${other}, and the connection is for ${title}. Enter what ${title} shows, or make a connection for ${other}`
}

const isEveryTenant = (typed: string): boolean =>
  /^(common|organizations|consumers)$/i.test(typed) ||
  /^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)\b/i.test(typed)

const jsonWords = (typed: string): string =>
  /"client_(id|secret)"/.test(typed)
    ? 'This is the file with the id and the secret of an application, which belong in the fields below'
    : 'This is JSON that names no issuer'

/** The issuer that addresses of endpoints belong to, by the ways in which providers build them. */
const endpoints: readonly { form: RegExp; issuer: string }[] = [
  {
    form: /^https:\/\/(accounts\.google\.com\/o\/oauth2|oauth2\.googleapis\.com|www\.googleapis\.com\/oauth2)\b.*/i,
    issuer: 'https://accounts.google.com',
  },
  {
    form: /^(https:\/\/login\.microsoftonline\.[a-z]+\/[^/?#]+)\/(oauth2|discovery|saml2|wsfed|federationmetadata)\b.*/i,
    issuer: '$1/v2.0',
  },
  { form: /^(https?:\/\/[^?#]+\/realms\/[^/?#]+)\/(protocol|account|broker|clients-registrations)\b.*/i, issuer: '$1' },
  { form: /^(https?:\/\/[^/]+)-admin(\.okta(?:preview|-emea)?\.com)(\/.*)?$/i, issuer: '$1$2' },
  { form: /^(https?:\/\/[^/?#]+\/oauth2\/(?!v1\/)[^/?#]+)\/v1\/.*/i, issuer: '$1' },
  { form: /^(https?:\/\/[^/?#]+)\/(oauth2\/v1|app|home|login|sso\/saml|admin)\/.*/i, issuer: '$1' },
  {
    form: /^(https?:\/\/[^?#]*?)\/(?:(?:oauth2?|oidc|openid|connect|v[12](?:\.0)?)\/)*(?:authori[sz]e|authorization|auth|token|userinfo|jwks(?:\.json)?|keys|certs|introspect|revoke|logout|end_?session)(?:[?#].*)?$/i,
    issuer: '$1',
  },
]

/** Consoles in which applications are set up, and pages of people. */
const consoles =
  /^https:\/\/((portal|entra|aad)\.(azure|microsoft)\.com|(myapps|myaccount|myapplications)\.microsoft\.com|(console\.cloud|console|admin|myaccount|mail|workspace)\.google\.com|console\.jumpcloud\.com|app\.onelogin\.com)\b/i

/** Said once nothing answers there as a provider does: an issuer may look like anything. */
function likelyWrong(typed: string): string | undefined {
  if (consoles.test(typed))
    return `This is a page of the provider’s console, and not its issuer. Its issuer is an address such as ${usual}`
  const endpoint = endpoints.find(({ form }) => form.test(typed))
  if (endpoint !== undefined)
    return `This is the address of a page or endpoint of the provider, and not its issuer. Enter ${typed.replace(endpoint.form, endpoint.issuer)}`
  if (/\/(saml2?|FederationMetadata)\b|metadata(\.xml)?$/i.test(typed))
    return `This is an address of SAML, and this connection speaks OpenID Connect. Enter the issuer, such as ${usual}`
  if (/[?#]/.test(typed))
    return `An issuer has no “?” and no “#” in it: this is the address of a page. Enter the issuer, such as ${usual}`
  return undefined
}
