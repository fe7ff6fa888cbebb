// XML signatures (XML Signature, SAML Core §5) over elements of a message, each enveloped in the element it signs.
import { createSign } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { type EncryptOptions, encryptAssertion } from './encrypt.ts'
import type { SigningKey } from './keys.ts'
import {
  type DigestAlgorithm,
  digestAlgorithms,
  type SignatureAlgorithm,
  signatureAlgorithms,
  transforms,
} from './names.ts'
import { findElement, findElements, parseXml } from './xml.ts'

export type SignOptions = {
  key: SigningKey
  signatureAlgorithm?: SignatureAlgorithm
  digestAlgorithm?: DigestAlgorithm
  canonicalization?: string
  transforms?: readonly string[]
  /** What KeyInfo shows: the key's certificate, nothing, or a certificate (PEM) of the caller's choice. */
  keyInfo?: 'certificate' | 'none' | { certificate: string }
  /** What the namespace of signatures is called, `ds` unless told. */
  prefix?: string
  /** Reference with URI="" instead of the element's ID. It then signs the whole document. */
  hasEmptyUri?: boolean
}

export type SealOptions = SignOptions & {
  sign: { response: boolean; assertion: boolean }
  /** Encrypts the assertion after it was signed and before the response is. */
  encrypt?: EncryptOptions | undefined
}

/**
 * Signs elements, named by local name, one after the other: `['Assertion', 'Response']`. The first element of that name is
 * taken; its signature follows its Issuer, or comes first where there is none.
 * @throws Error if there is no such element
 */
export const signXml = (xml: string, elements: readonly string[], options: SignOptions): string =>
  elements.reduce((signed, localName) => signElement(signed, localName, options), xml)

/** Signs and encrypts a response as an identity provider does, from the inside out. */
export function sealResponse(xml: string, { sign, encrypt, ...options }: SealOptions): string {
  const hasAssertion = findElements(parseXml(xml), 'Assertion').length > 0
  const signed = sign.assertion && hasAssertion ? signXml(xml, ['Assertion'], options) : xml
  const encrypted = encrypt !== undefined && hasAssertion ? encryptAssertion(signed, encrypt) : signed
  return sign.response ? signXml(encrypted, ['Response'], options) : encrypted
}

function signElement(xml: string, localName: string, options: SignOptions): string {
  const signer = createSigner(options)
  const path = `(//*[local-name(.)='${localName}'])[1]`
  const hasEmptyUri = options.hasEmptyUri === true
  signer.addReference({
    xpath: path,
    transforms: [...(options.transforms ?? [transforms.enveloped, transforms.exclusive])],
    digestAlgorithm: digestAlgorithms[options.digestAlgorithm ?? 'sha256'],
    ...(hasEmptyUri ? { uri: '', isEmptyUri: true } : {}),
  })
  signer.computeSignature(xml, { prefix: options.prefix ?? 'ds', location: placeOf(xml, localName, path) })
  return signer.getSignedXml()
}

function createSigner(options: SignOptions): SignedXml {
  const algorithm = options.signatureAlgorithm ?? 'rsa-sha256'
  const certificate = typeof options.keyInfo === 'object' ? options.keyInfo.certificate : options.key.certificate
  const signer = new SignedXml({
    privateKey: options.key.privateKey,
    publicCert: certificate,
    signatureAlgorithm: signatureAlgorithms[algorithm],
    canonicalizationAlgorithm: options.canonicalization ?? transforms.exclusive,
    ...(options.keyInfo === 'none' ? { getKeyInfoContent: () => null } : {}),
  })
  if (algorithm === 'hmac-sha1') signer.enableHMAC()
  signer.SignatureAlgorithms = { ...signer.SignatureAlgorithms, ...furtherAlgorithms } as never
  return signer
}

/** The schemas want the signature right after Issuer, or first. */
function placeOf(xml: string, localName: string, path: string): { reference: string; action: 'after' | 'prepend' } {
  const children = findElement(parseXml(xml), localName).childNodes
  const hasIssuer = Array.from({ length: children.length }, (_, index) => children.item(index)).some(
    (child) => child?.localName === 'Issuer',
  )
  return hasIssuer
    ? { reference: `${path}/*[local-name(.)='Issuer']`, action: 'after' }
    : { reference: path, action: 'prepend' }
}

const furtherNames = ['rsa-sha384', 'ecdsa-sha256', 'ecdsa-sha384'] as const

/** What the library does not know; an ECDSA signature is r and s side by side (XML Signature 1.1, 6.4.3). */
const furtherAlgorithms = Object.fromEntries(
  furtherNames.map((name) => [
    signatureAlgorithms[name],
    class {
      getSignature = (text: string, key: string): string =>
        createSign(name.replace(/^\w+-/, '')).update(text).sign({ key, dsaEncoding: 'ieee-p1363' }, 'base64')
      getAlgorithmName = () => signatureAlgorithms[name]
    },
  ]),
)
