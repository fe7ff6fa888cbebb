// Encrypted assertions (XML Encryption 1.1, SAML Core §2.3.4).
import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto'
import { namespaces } from './names.ts'
import { editXml, element, findElement, parseXml, serializeXml } from './xml.ts'

const contentAlgorithms = {
  'aes128-gcm': { cipher: 'aes-128-gcm', keyBytes: 16, ivBytes: 12, uri: 'http://www.w3.org/2009/xmlenc11#aes128-gcm' },
  'aes192-gcm': { cipher: 'aes-192-gcm', keyBytes: 24, ivBytes: 12, uri: 'http://www.w3.org/2009/xmlenc11#aes192-gcm' },
  'aes256-gcm': { cipher: 'aes-256-gcm', keyBytes: 32, ivBytes: 12, uri: 'http://www.w3.org/2009/xmlenc11#aes256-gcm' },
  'aes128-cbc': { cipher: 'aes-128-cbc', keyBytes: 16, ivBytes: 16, uri: `${namespaces.encryption}aes128-cbc` },
  'aes256-cbc': { cipher: 'aes-256-cbc', keyBytes: 32, ivBytes: 16, uri: `${namespaces.encryption}aes256-cbc` },
  '3des-cbc': { cipher: 'des-ede3-cbc', keyBytes: 24, ivBytes: 8, uri: `${namespaces.encryption}tripledes-cbc` },
} as const

type ContentAlgorithm = (typeof contentAlgorithms)[keyof typeof contentAlgorithms]

const keyTransports = {
  'rsa-oaep-mgf1p': {
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    uri: `${namespaces.encryption}rsa-oaep-mgf1p`,
  },
  'rsa-oaep-sha256': {
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    uri: 'http://www.w3.org/2009/xmlenc11#rsa-oaep',
    hash: 'sha256',
  },
  'rsa-1_5': { padding: constants.RSA_PKCS1_PADDING, uri: `${namespaces.encryption}rsa-1_5` },
} as const

export type EncryptOptions = {
  /** The recipient's certificate or public key, PEM. */
  certificate: string
  contentAlgorithm?: keyof typeof contentAlgorithms
  keyTransport?: keyof typeof keyTransports
}

/** Replaces the first Assertion by an EncryptedAssertion. @throws Error if there is none. */
export function encryptAssertion(xml: string, options: EncryptOptions): string {
  return editXml(xml, (document) => {
    const assertion = findElement(document, 'Assertion')
    const encrypted = parseXml(encryptXml(serializeXml(assertion), options)).documentElement
    assertion.parentNode?.replaceChild(document.importNode(encrypted, true), assertion)
  })
}

/** An EncryptedAssertion around any XML; nothing needs to be signed. */
export function encryptXml(xml: string, options: EncryptOptions): string {
  const content = contentAlgorithms[options.contentAlgorithm ?? 'aes256-gcm']
  const key = randomBytes(content.keyBytes)
  const data = element(
    'xenc:EncryptedData',
    { 'xmlns:xenc': namespaces.encryption, Type: `${namespaces.encryption}Element` },
    element('xenc:EncryptionMethod', { Algorithm: content.uri }),
    element('ds:KeyInfo', { 'xmlns:ds': namespaces.signature }, encryptedKey(key, options)),
    cipherData(encryptBytes(Buffer.from(xml, 'utf8'), key, content)),
  )
  return element('saml:EncryptedAssertion', { 'xmlns:saml': namespaces.assertion }, data)
}

function encryptedKey(key: Buffer, options: EncryptOptions): string {
  const transport = keyTransports[options.keyTransport ?? 'rsa-oaep-mgf1p']
  const hash = 'hash' in transport ? transport.hash : 'sha1'
  const isOaep = transport.padding === constants.RSA_PKCS1_OAEP_PADDING
  // The mask is SHA-1 by definition of rsa-oaep-mgf1p; the default digest is SHA-1 as well.
  const encrypted = publicEncrypt(
    { key: options.certificate, padding: transport.padding, ...(isOaep ? { oaepHash: hash } : {}) },
    key,
  )
  const digests = { sha1: `${namespaces.signature}sha1`, sha256: `${namespaces.encryption}sha256` }
  const digest = element('ds:DigestMethod', { Algorithm: digests[hash] })
  const mask =
    hash === 'sha1'
      ? null
      : element('xenc11:MGF', {
          'xmlns:xenc11': 'http://www.w3.org/2009/xmlenc11#',
          Algorithm: `http://www.w3.org/2009/xmlenc11#mgf1${hash}`,
        })
  return element(
    'xenc:EncryptedKey',
    {},
    element('xenc:EncryptionMethod', { Algorithm: transport.uri }, ...(isOaep ? [digest, mask] : [])),
    cipherData(encrypted),
  )
}

function encryptBytes(plain: Buffer, key: Buffer, { cipher: name, ivBytes }: ContentAlgorithm): Buffer {
  const iv = randomBytes(ivBytes)
  if (name === 'aes-128-gcm' || name === 'aes-192-gcm' || name === 'aes-256-gcm') {
    const cipher = createCipheriv(name, key, iv)
    // The tag follows the ciphertext (XML Encryption 1.1 §5.2.4).
    return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }
  const cipher = createCipheriv(name, key, iv)
  return Buffer.concat([iv, cipher.update(plain), cipher.final()])
}

const cipherData = (bytes: Buffer): string =>
  element('xenc:CipherData', {}, element('xenc:CipherValue', {}, bytes.toString('base64')))
