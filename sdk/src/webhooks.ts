// Whether a delivery is from Rolecall, unchanged and fresh: Standard Webhooks, by a shared secret (`whsec_…`) or by the public key of
// the webhook (`whpk_…`).
import { RolecallError } from './errors.ts'
import type { RolecallEvent } from './management.ts'

export { RolecallError } from './errors.ts'

/** What a webhook brings; the same event as `/events` has. */
export type WebhookEvent = Omit<RolecallEvent, 'cursor' | 'type'> & { type: RolecallEvent['type'] | 'webhook.test' }

export type Delivery = {
  /** Of the request, by their names in lower case, or as the web has them. */
  headers: Headers | Record<string, string | string[] | undefined>
  /** As it came, before anything parsed it. */
  body: string
  /** The secret, or the public key; several while one is changed for another. */
  secret: string | readonly string[]
  /** How old or how far ahead it may be, in seconds; five minutes unless told otherwise. */
  toleranceSeconds?: number
  /** For tests. */
  now?: Date
}

/**
 * @returns the event. What came before has the same `id`: note those that you have dealt with, since a delivery may come twice.
 * @throws RolecallError `invalid_signature` (reason `missing`, `too_old` or `signature`); answer 400
 */
export async function verifyWebhook(delivery: Delivery): Promise<WebhookEvent> {
  const { body, secret, toleranceSeconds = 300, now = new Date() } = delivery
  const header = headerOf(delivery.headers)
  const [id, timestamp, signatures] = [header('webhook-id'), header('webhook-timestamp'), header('webhook-signature')]
  if (!id || !signatures || !/^\d{1,12}$/.test(timestamp)) throw refused('missing', 'It has no signature')
  const age = now.getTime() / 1000 - Number(timestamp)
  if (Math.abs(age) > toleranceSeconds) throw refused('too_old', 'It is too old, or from the future')
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  for (const one of [secret].flat() as string[])
    for (const signature of signatures.split(' ')) if (await isBy(one, signature, content)) return JSON.parse(body)
  throw refused('signature', 'Its signature is not by this webhook')
}

const refused = (reason: string, message: string): RolecallError =>
  new RolecallError('invalid_signature', message, { reason })

const headerOf =
  (headers: Delivery['headers']) =>
  (name: string): string => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name]
    return [value].flat()[0] ?? ''
  }

async function isBy(secret: string, signature: string, content: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const [version, text = ''] = signature.split(',', 2)
  const [kind, key = ''] = secret.split('_', 2)
  if (version === 'v1' && kind === 'whsec') {
    const imported = await crypto.subtle.importKey('raw', bytes(key), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ])
    return crypto.subtle.verify('HMAC', imported, bytes(text), content)
  }
  if (version === 'v1a' && kind === 'whpk') {
    const imported = await crypto.subtle.importKey('raw', bytes(key), 'Ed25519', false, ['verify'])
    return crypto.subtle.verify('Ed25519', imported, bytes(text), content)
  }
  return false
}

/** What is no base64 is no signature. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
