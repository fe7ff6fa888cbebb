// What people enter in place of a client id or secret, told by what it looks like, with what to enter instead. Of what providers
// give out, only what is surely something else is refused: forms of their ids and secrets change.
import { invalidField } from '#platform/input.ts'
import type { Preset } from '../providers/providers.ts'
import { isPlaceholder, isUuid, recognized } from './recognize.ts'

type Client = { clientId: string; clientSecret?: string | undefined }

type About = { preset: Preset; issuer: string; origin: string }

type Words = (client: Client, about: About) => string | undefined

const isEntra = ({ preset, issuer }: About): boolean =>
  preset === 'entra' || /^https:\/\/(login\.microsoftonline\.com|sts\.windows\.net)\//.test(issuer)

/** Secrets of Entra have a `Q~` behind their first digits, those of Google begin with GOCSPX. */
const isSecretOf = {
  entra: (text: string): boolean => /^[\w.~-]{3}\dQ~[\w.~-]{20,}$/.test(text),
  google: (text: string): boolean => text.startsWith('GOCSPX-'),
}

const looksLikeSecret = (text: string): boolean => isSecretOf.entra(text) || isSecretOf.google(text)

const isGoogleId = (text: string): boolean => /\.apps\.googleusercontent\.com$/.test(text)

/** The client id without what came with it when it was copied: blanks, quotation marks, the name in front. */
export const cleanClientId = (typed: string): string =>
  typed
    .trim()
    .replace(/^client[_ ]?id["']?\s*[:=]\s*/i, '')
    .replace(/^(["'])(.*)\1[,;]?$/s, '$2')
    .trim()

/** Where whoever sets up an application chooses its id, and may take an address for it. */
const mayBeAnId: ReadonlySet<Preset> = new Set<Preset>(['adfs', 'generic', 'keycloak'])

const idWords: Words = ({ clientId, clientSecret }, about) => {
  const { is, kind } = recognized(clientId, about.origin) ?? {}
  if (is !== undefined && !(mayBeAnId.has(about.preset) && kind !== 'text' && kind !== 'json'))
    return `${is}. Enter the id that the provider shows for the application`
  if (isPlaceholder(clientId)) return 'This is a placeholder: put the id of your application in its place'
  if (looksLikeSecret(clientId))
    return 'This is a client secret. It belongs in the field below; here goes the client id'
  if (clientId === clientSecret) return 'Id and secret are the same text: one of the two is something else'
  if (/^api:\/\//.test(clientId))
    return 'This is the Application ID URI. Enter the Application (client) ID, from the overview of the application'
  if (/\s/.test(clientId)) return 'There are blanks in it: copy the id alone'
  if (isEntra(about) && isUuid(clientId) && about.issuer.toLowerCase().includes(clientId.toLowerCase()))
    return 'This is the Directory (tenant) ID. The Application (client) ID is above it, in the overview of the application'
  return clientId.length > 512 ? 'must have at most 512 characters' : undefined
}

const secretWords: Words = ({ clientId, clientSecret = '' }, about) => {
  const { is } = recognized(clientSecret, about.origin) ?? {}
  if (is !== undefined) return `${is}. Enter the secret that the provider shows for the application`
  if (isPlaceholder(clientSecret)) return 'This is a placeholder: put the secret of your application in its place'
  if (/^[•●*]+$|^\w{0,6}[•●*]{4,}$/.test(clientSecret))
    return 'This is the secret as it is hidden on the screen: show it there, or make a new one, and copy that'
  if (isEntra(about) && isUuid(clientSecret) && clientSecret !== clientId)
    return 'This is the Secret ID. Enter the text of the column Value. It is shown only once: if it is hidden, create a new secret'
  if (clientSecret === clientId || isGoogleId(clientSecret)) return 'This is the client id. Enter the client secret'
  if (/^["'].*["']$/s.test(clientSecret) && about.preset !== 'generic')
    return 'There are quotation marks around it: copy the secret alone'
  if (/\s/.test(clientSecret) && about.preset !== 'generic') return 'There are blanks in it: copy the secret alone'
  return undefined
}

/** What is wrong with either of them, by field; none for what may be right. */
export function faultsOfClient(client: Client, about: About): { path: string; message: string }[] {
  const faults = [
    { path: 'clientId', message: idWords(client, about) },
    { path: 'clientSecret', message: client.clientSecret === undefined ? undefined : secretWords(client, about) },
  ]
  return faults.flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]))
}

/** @throws AppError invalid for what is no client secret, saying what it is */
export function requireSecret(clientSecret: string, about: About & { clientId: string }): void {
  const message = secretWords({ clientId: about.clientId, clientSecret }, about)
  if (message !== undefined) throw invalidField('clientSecret', message, 'client')
}
