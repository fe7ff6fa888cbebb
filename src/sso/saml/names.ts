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

/** Signature algorithms, each with what node:crypto calls its hash. */
export const signatureAlgorithms: ReadonlyMap<string, string> = new Map([
  [rsaSha256, 'RSA-SHA256'],
  [`${more}rsa-sha384`, 'RSA-SHA384'],
  [`${more}rsa-sha512`, 'RSA-SHA512'],
])

export const digestAlgorithms: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
])

/** Only where a connection allows them, for providers that know nothing better. */
export const legacySignature = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
export const legacyDigest = 'http://www.w3.org/2000/09/xmldsig#sha1'

export const contentEncryptions: ReadonlySet<string> = new Set([
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes192-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
])

export const keyTransports: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  'http://www.w3.org/2009/xmlenc11#rsa-oaep',
])
