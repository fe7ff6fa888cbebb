// The text of an encrypted assertion (XML Encryption 1.1 5.2.4, 5.5), so that it can be read strictly before a signature
// library is given it: anybody can encrypt anything for us, our certificate is public.
import { constants, createDecipheriv, privateDecrypt } from 'node:crypto'
import { encryptionNamespace } from './names.ts'
import { Refusal, requireThat } from './verdict.ts'
import { childrenOf, descendants, type XmlElement } from './xml.ts'

const ciphers = new Map([
  ['http://www.w3.org/2009/xmlenc11#aes128-gcm', 'aes-128-gcm'],
  ['http://www.w3.org/2009/xmlenc11#aes256-gcm', 'aes-256-gcm'],
] as const)

/** As node-saml knows them: every other name, and none, stands for SHA-1 there. */
const digests = new Map([
  ['http://www.w3.org/2000/09/xmldsig#sha256', 'sha256'],
  ['http://www.w3.org/2000/09/xmldsig#sha512', 'sha512'],
])

const [ivBytes, tagBytes] = [12, 16]

/**
 * @param encrypted an EncryptedAssertion whose algorithms are known to be safe (precheck.ts)
 * @param key PKCS#8 PEM
 * @throws Refusal (reason `encryption`) where it has not exactly one key and one content, or they are not for us
 */
export function decryptedText(encrypted: XmlElement, key: string): string {
  const [content, ofKey] = [onlyDescendant(encrypted, 'EncryptedData'), onlyDescendant(encrypted, 'EncryptedKey')]
  const all = [...descendants(encrypted)].filter(({ name }) => name === 'CipherValue')
  requireThat(all.length === 2, 'encryption', 'The assertion is not encrypted in the usual way')
  const cipher = ciphers.get((methodOf(content)?.attributes.get('Algorithm') ?? '') as never)
  requireThat(cipher !== undefined, 'encryption', 'The encryption of the assertion is not one that can be read here')
  const [digest] = [...descendants(methodOf(ofKey) ?? ofKey)].filter(({ name }) => name === 'DigestMethod')
  const oaepHash = digests.get(digest?.attributes.get('Algorithm') ?? '') ?? 'sha1'
  try {
    const secret = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, cipherValueOf(ofKey))
    const bytes = cipherValueOf(content)
    const decipher = createDecipheriv(cipher, secret, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const plain = Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch {
    throw new Refusal('encryption', 'The assertion cannot be decrypted: it is encrypted for another key, or damaged')
  }
}

/** The only one, whatever its namespace: whoever reads it after us must find the same. */
function onlyDescendant(encrypted: XmlElement, name: string): XmlElement {
  const found = [...descendants(encrypted)].filter((element) => element.name === name)
  const [only] = found
  const isProper = found.length === 1 && only?.namespace === encryptionNamespace
  requireThat(isProper && only !== undefined, 'encryption', 'The assertion is not encrypted in the usual way')
  return only
}

const methodOf = (element: XmlElement): XmlElement | undefined =>
  childrenOf(element, encryptionNamespace, 'EncryptionMethod')[0]

function cipherValueOf(element: XmlElement): Buffer {
  const [data] = childrenOf(element, encryptionNamespace, 'CipherData')
  const [value] = data === undefined ? [] : childrenOf(data, encryptionNamespace, 'CipherValue')
  return Buffer.from(value?.text ?? '', 'base64')
}
