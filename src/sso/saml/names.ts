// Names of SAML 2.0, XML Signature and XML Encryption, and the algorithms that count as safe.

export const protocolNamespace = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const assertionNamespace = 'urn:oasis:names:tc:SAML:2.0:assertion'
export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#'
export const encryptionNamespace = 'http://www.w3.org/2001/04/xmlenc#'

export const successStatus = 'urn:oasis:names:tc:SAML:2.0:status:Success'
export const bearerMethod = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
export const transientFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'

export const exclusiveCanonicalization = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const envelopedSignature = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

const more = 'http://www.w3.org/2001/04/xmldsig-more#'

export const rsaSha256 = `${more}rsa-sha256`

/** Signature algorithms (XML Signature 1.1, 6.4), each with its hash for node:crypto and the kind of key that it is for. */
export const signatureAlgorithms: ReadonlyMap<string, { hash: string; kind: string }> = new Map(
  ['sha256', 'sha384', 'sha512'].flatMap((hash): [string, { hash: string; kind: string }][] => [
    [`${more}rsa-${hash}`, { hash, kind: 'rsa' }],
    [`${more}ecdsa-${hash}`, { hash, kind: 'ec' }],
  ]),
)

export const digestAlgorithms: ReadonlyMap<string, string> = new Map([
  [`${encryptionNamespace}sha256`, 'sha256'],
  [`${more}sha384`, 'sha384'],
  [`${encryptionNamespace}sha512`, 'sha512'],
])

/** Only where a connection allows them, for providers that know nothing better. */
export const legacySignature = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
export const legacyDigest = 'http://www.w3.org/2000/09/xmldsig#sha1'

const encryption11 = 'http://www.w3.org/2009/xmlenc11#'

/** Each with its name for node:crypto. */
export const contentEncryptions: ReadonlyMap<string, string> = new Map(
  ['256', '192', '128'].map((bits) => [`${encryption11}aes${bits}-gcm`, `aes-${bits}-gcm`]),
)

/** Only where a connection allows them: without a seal of their own, so that they can be changed on the way. */
export const legacyEncryptions: ReadonlyMap<string, string> = new Map(
  ['256', '192', '128'].map((bits) => [`${encryptionNamespace}aes${bits}-cbc`, `aes-${bits}-cbc`]),
)

/** RSA-OAEP (XML Encryption 1.1, 5.5.2); the second one may name the hash of its mask. */
export const keyTransports: readonly string[] = [`${encryptionNamespace}rsa-oaep-mgf1p`, `${encryption11}rsa-oaep`]

/** Hashes of masks by their names; SHA-1 where there is none. */
export const maskHashes: ReadonlyMap<string, string> = new Map(
  ['sha1', 'sha256', 'sha384', 'sha512'].map((hash) => [`${encryption11}mgf1${hash}`, hash]),
)
