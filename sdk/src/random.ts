// Values that nobody guesses, and hashes, in base64url.
import { base64url } from 'jose'

export const randomText = (): string => base64url.encode(crypto.getRandomValues(new Uint8Array(32)))

export const hashOf = async (text: string): Promise<string> =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
