// Our key for private_key_jwt, as the library wants it.
import { createPrivateKey, webcrypto } from 'node:crypto'

type CryptoKey = webcrypto.CryptoKey

/** @param pem PKCS#8 */
export function importPrivateKey(pem: string): Promise<CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return webcrypto.subtle.importKey('pkcs8', der, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
}
