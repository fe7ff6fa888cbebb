// The text of an encrypted assertion or name (XML Encryption 1.1 5.2.4, 5.5), so that it can be read strictly before a signature
// library is given it: anybody can encrypt anything for us, our certificate is public.
import { type CipherGCMTypes, createDecipheriv } from 'node:crypto'
import { contentEncryptions, encryptionNamespace, legacyEncryptions, maskHashes } from './names.ts'
import { decryptOaep } from './oaep.ts'
import { Refusal, requireThat } from './verdict.ts'
import { digestName } from './verify.ts'
import { childrenOf, descendants, inScope, type XmlElement } from './xml.ts'

const [ivBytes, tagBytes, blockBytes] = [12, 16, 16]

/**
 * @param encrypted an EncryptedAssertion or EncryptedID whose algorithms are known to be safe (precheck.ts)
 * @param key PKCS#8 PEM
 * @throws Refusal (reason `encryption`) where it has not exactly one key and one content, or they are not for us
 */
export function decryptedText(encrypted: XmlElement, key: string): string {
  const [content, ofKey] = [onlyDescendant(encrypted, 'EncryptedData'), onlyDescendant(encrypted, 'EncryptedKey')]
  const all = [...descendants(encrypted)].filter(({ name }) => name === 'CipherValue')
  requireThat(all.length === 2, 'encryption', 'It is not encrypted in the usual way')
  const name = methodOf(content)?.attributes.get('Algorithm') ?? ''
  const [sealed, legacy] = [contentEncryptions.get(name), legacyEncryptions.get(name)]
  try {
    const secret = decryptOaep(key, cipherValueOf(ofKey), hashesOf(methodOf(ofKey)))
    const bytes = cipherValueOf(content)
    const plain = sealed === undefined ? openBlocks(legacy ?? '', secret, bytes) : openSealed(sealed, secret, bytes)
    // It takes the place of what it was encrypted in, so what prefixes stand for there is known to it.
    return inScope(new TextDecoder('utf-8', { fatal: true }).decode(plain), encrypted.parent?.scope ?? new Map())
  } catch {
    throw new Refusal('encryption', 'It cannot be decrypted: it is encrypted for another key, or damaged')
  }
}

/** The digest and the mask of RSA-OAEP, both SHA-1 where nothing is said (XML Encryption 1.1, 5.5.2). */
function hashesOf(method: XmlElement | undefined): { digest: string; mask: string } {
  const named = (name: string): string =>
    method?.children.find((child) => child.name === name)?.attributes.get('Algorithm') ?? ''
  const [digest, mask] = [named('DigestMethod'), named('MGF')]
  return {
    digest: digest === '' ? 'sha1' : (digestName(digest) ?? ''),
    mask: mask === '' ? 'sha1' : (maskHashes.get(mask) ?? ''),
  }
}

function openSealed(name: string, secret: Buffer, bytes: Buffer): Buffer {
  const decipher = createDecipheriv(name as CipherGCMTypes, secret, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
}

/** The last byte says how many were filled up, whatever is in them (XML Encryption 1.1, 5.2). */
function openBlocks(name: string, secret: Buffer, bytes: Buffer): Buffer {
  const decipher = createDecipheriv(name, secret, bytes.subarray(0, blockBytes)).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(bytes.subarray(blockBytes)), decipher.final()])
  const filled = plain.at(-1) ?? 0
  if (filled < 1 || filled > blockBytes) throw new Error('Not decrypted')
  return plain.subarray(0, -filled)
}

/** The only one, whatever its namespace: whoever reads it after us must find the same. */
function onlyDescendant(encrypted: XmlElement, name: string): XmlElement {
  const found = [...descendants(encrypted)].filter((element) => element.name === name)
  const [only] = found
  const isProper = found.length === 1 && only?.namespace === encryptionNamespace
  requireThat(isProper && only !== undefined, 'encryption', 'It is not encrypted in the usual way')
  return only
}

const methodOf = (element: XmlElement): XmlElement | undefined =>
  childrenOf(element, encryptionNamespace, 'EncryptionMethod')[0]

function cipherValueOf(element: XmlElement): Buffer {
  const [data] = childrenOf(element, encryptionNamespace, 'CipherData')
  const [value] = data === undefined ? [] : childrenOf(data, encryptionNamespace, 'CipherValue')
  return Buffer.from(value?.text ?? '', 'base64')
}
