// What people paste in place of metadata, and metadata as it looks after a mail, a browser or an API.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readIdpMetadata } from '#connections/saml/metadata.ts'
import { otherThanAddress } from '#connections/saml/recognize.ts'
import { textOfBytes } from '#connections/saml/unwrap.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'

const now = new Date('2026-11-28T12:00:00Z')
const key = createSigningKey({ notAfter: new Date('2036-01-01T00:00:00Z') })
const entityId = 'https://idp.example.net/metadata'
const metadata = `<?xml version="1.0" encoding="UTF-8"?>\n${buildMetadata({
  ...{ entityId, certificates: [key.certificate], sso: { redirect: 'https://idp.example.net/sso?a=1&b=2' } },
})}`
const pem = (label: string, body = 'MIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo'): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
const bare = (text: string): string => text.replace(/-----[A-Z ]+-----|\n/g, '')
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const escaped = metadata
  .replaceAll('&', '&amp;')
  .replaceAll('<', '&lt;')
  .replaceAll('>', '&gt;')
  .replaceAll('"', '&quot;')
const sha256 = 'AB:CD:'.repeat(16).slice(0, -1)
const samlMessage = (name: string): string =>
  `<samlp:${name} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"><x/></samlp:${name}>`
const quotedPrintable = metadata.replaceAll('=', '=3D').replace(/(.{70})/g, '$1=\r\n')

const read = (text: string) => readIdpMetadata(text, { now })

describe('metadata is found in', () => {
  test.each([
    ['blanks and a byte order mark', `\uFEFF\n \t${metadata}\n\n`],
    [
      'a mail',
      `Hello Ada <ada@example.com>,\nhere is the metadata:\n\n${metadata}\n\nBest regards,\nTheo <theo@example.com>`,
    ],
    ['a reply', metadata.replace('?>\n', '?>\n').replace(/^/gm, '> ')],
    ['the source of a mail', quotedPrintable],
    [
      'Chrome’s view of it',
      `This XML file does not appear to have any style information associated with it. The document tree is shown below.\n${metadata.replace(/^<\?.*\n/, '')}`,
    ],
    ['an older browser’s view', metadata.replace(/^<\?.*\n/, '- ').replaceAll('><', '>\n- <')],
    ['a chat', `\`\`\`xml\n${metadata}\n\`\`\``],
    ['base64', base64(metadata).replace(/(.{76})/g, '$1\n')],
    ['an address of data', `data:application/xml;base64,${base64(metadata)}`],
    ['escapes of HTML', escaped],
    ['escapes of HTML, with words before', `The metadata: ${escaped}`],
    ['escapes of an address', encodeURIComponent(metadata)],
    ['a string of JSON', JSON.stringify(metadata)],
    ['a field of JSON', JSON.stringify({ id: 1, metadata })],
    ['escaped quotation marks', metadata.replaceAll('"', '\\"').replaceAll('\n', '\\n')],
    ['quotation marks of a word processor', metadata.replaceAll(/="([^"]*)"/g, '=“$1”')],
    ['blanks that do not break', metadata.replaceAll(' ', '\u00A0')],
  ])('%s', (_, pasted) => {
    expect(read(pasted)).toMatchObject({ entityId, sso: { url: 'https://idp.example.net/sso?a=1&b=2' } })
    expect(read(pasted).certificates).toHaveLength(1)
  })

  test('files of Windows', () => {
    for (const bytes of [
      Buffer.from(`\uFEFF${metadata}`, 'utf16le'),
      Buffer.from(`\uFEFF${metadata}`, 'utf16le').swap16(),
    ])
      expect(read(textOfBytes(bytes)).entityId).toBe(entityId)
  })

  test('and a DOCTYPE before it is refused, whatever it stands in', () => {
    const attack = `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${metadata}`
    for (const pasted of [attack, `Hello\n${attack}`, base64(attack)]) expect(() => read(pasted)).toThrow(/DOCTYPE/)
  })
})

describe('what is something else is named', () => {
  test.each<[what: string, pasted: string, said: RegExp]>([
    ['nothing', '', /nothing in it/],
    ['blanks', ' \n\u00A0\uFEFF ', /nothing in it/],
    ['a fingerprint (SHA-256)', sha256, /fingerprint of a certificate \(SHA-256\)/],
    ['as openssl prints it', `sha256 Fingerprint=${sha256}`, /fingerprint of a certificate \(SHA-256\)/],
    ['a fingerprint (SHA-1)', `SHA1 Fingerprint=${sha256.slice(0, 59)}`, /fingerprint of a certificate \(SHA-1\)/],
    ['a thumbprint of Windows', 'a909502dd82ae41433e6f83886b00d4277a32a7b', /\(SHA-1\)/],
    ['a thumbprint with its name', 'Thumbprint: A909502DD82AE41433E6F83886B00D4277A32A7B', /\(SHA-1\)/],
    ['PKCS #7', pem('PKCS7'), /bundle of certificates \(PKCS #7\)/],
    ['a CSR', pem('CERTIFICATE REQUEST'), /request for a certificate \(CSR\)/],
    ['a CSR of Windows', pem('NEW CERTIFICATE REQUEST'), /request for a certificate \(CSR\)/],
    ['a CRL', pem('X509 CRL'), /revoked certificates/],
    ['a public key', publicPem, /public key alone/],
    ['a public key without its lines', bare(publicPem), /public key alone/],
    ['a public key of SSH', 'ssh-rsa AAAAB3NzaC1yc2E ada@example.com', /key of SSH/],
    ['a private key', privatePem, /private key.*share it with nobody.*replaced/],
    ['a private key of RSA', pem('RSA PRIVATE KEY'), /private key/],
    ['a private key that is sealed', pem('ENCRYPTED PRIVATE KEY'), /private key/],
    ['a private key without its lines', bare(privatePem), /private key/],
    ['a private key of OpenID Connect', JSON.stringify(privateKey.export({ format: 'jwk' })), /private key/],
    ['a private key behind metadata', `${metadata}\n${privatePem}`, /private key/],
    ['a private key behind its certificate', `${key.certificate}\n${privatePem}`, /private key/],
    ['a certificate', key.certificate, /certificate alone/],
    ['a certificate without its lines', bare(key.certificate), /certificate alone/],
    ['a chain of them', `${key.certificate}\n${key.certificate}`, /certificate alone/],
    [
      'what a keystore prints',
      `Bag Attributes\n    friendlyName: idp\nsubject=CN = idp\n${key.certificate}`,
      /certificate alone/,
    ],
    ['a certificate in binary form', Buffer.from(bare(key.certificate), 'base64').toString('utf8'), /binary file/],
    ['an archive', Buffer.from('PK\u0003\u0004\u0014\u0000\u0000').toString('utf8'), /ZIP archive. Unpack it/],
    ['a SAML Response', samlMessage('Response'), /SAML Response/],
    ['a SAML Response in base64', base64(samlMessage('Response')), /SAML Response/],
    [
      'a field with one',
      `SAMLResponse=${encodeURIComponent(base64(samlMessage('Response')))}`,
      /message of a sign-in|SAML Response/,
    ],
    ['an address with a request', 'https://idp.example.net/sso?SAMLRequest=fZJNT8Mw', /message of a sign-in/],
    ['an assertion', samlMessage('Assertion'), /SAML Assertion/],
    ['an AuthnRequest', samlMessage('AuthnRequest'), /SAML AuthnRequest/],
    ['a LogoutRequest', `<?xml version="1.0"?>\n<!-- x -->${samlMessage('LogoutRequest')}`, /SAML LogoutRequest/],
    ['a LogoutResponse', samlMessage('LogoutResponse'), /SAML LogoutResponse/],
    ['a WSDL', '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"/>', /web service \(WSDL\)/],
    [
      'metadata of WS-Federation',
      metadata.replaceAll('md:IDPSSODescriptor', 'md:RoleDescriptor'),
      /WS-Federation alone.*Choose SAML 2\.0/,
    ],
    [
      'a piece of metadata',
      metadata.replace(/^[\s\S]*(<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>)[\s\S]*$/, '$1'),
      /a piece of metadata/,
    ],
    ['half of it', metadata.slice(0, -40), /cut off.*Copy the whole/],
    ['a web page', '<!DOCTYPE html>\n<html><body>Sign in</body></html>', /web page/],
    ['a web page of XHTML', '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">\n<html xmlns="x"/>', /web page/],
    ['other XML', '<rss version="2.0"/>', /XML that describes no identity provider: it begins with <rss>/],
    ['JSON of OpenID Connect', '{"issuer":"https://idp.example.net","authorization_endpoint":"x"}', /OpenID Connect/],
    ['its keys', '{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}', /keys of OpenID Connect/],
    ['other JSON', '[1]', /This is JSON/],
    ['the address of metadata', 'https://idp.example.net/FederationMetadata.xml', /field “Address of the metadata”/],
    ['the same without its scheme', 'idp.example.net/metadata', /field “Address of the metadata”/],
    ['the same as a source', 'view-source:https://idp.example.net/saml/metadata', /field “Address of the metadata”/],
    ['another address', 'https://idp.example.net/app/1', /This is an address/],
    ['an entity ID', 'urn:example:idp', /entity ID/],
    ['an e-mail address', 'ada@example.com', /e-mail address/],
    ['a host', 'idp.example.net', /address without its https/],
    ['the place of a file', 'C:\\Users\\ada\\metadata.xml', /place of a file. Open the file/],
    ['an id', 'f0e1d2c3-1111-4111-8111-abcdefabcdef', /This is an id/],
    [
      'what Entra shows beside it',
      'Login URL\nhttps://login.example.net/saml2\nLogout URL\nhttps://x',
      /addresses in it/,
    ],
    ['words', 'see the attachment', /a text, and no XML/],
  ])('%s', (_, pasted, said) => {
    expect(() => read(pasted)).toThrow(said)
    expect(() => read(pasted)).not.toThrow(/\d:\d|undefined/)
  })

  test('a certificate as openssl prints it with -text', () => {
    const text = 'Certificate:\n    Data:\n        Version: 3 (0x2)\n'
    expect(() => read(`${text}${key.certificate}`)).toThrow(/certificate alone/)
    expect(() => read(text)).toThrow(/certificate alone/)
  })

  test.each([
    ['metadata', metadata, /metadata itself/],
    ['a certificate', key.certificate, /certificate alone/],
    ['an e-mail address', 'ada@example.com', /e-mail address/],
    ['words', 'see below', /a text/],
    ['OpenID Connect', 'https://idp.example.net/.well-known/openid-configuration', /OpenID Connect/],
  ])('in the field of its address: %s', (_, typed, said) => {
    expect(otherThanAddress(typed, now)).toMatch(said)
  })

  test('nothing that is long takes long', () => {
    const megabyte = 1_000_000
    const long = [
      '<',
      ' <',
      'metadata',
      '=“',
      '.a',
      ' ',
      'MI',
      '<!--',
      '\\"',
      '&lt;x',
      'A',
      '-----BEGIN ',
      '</md:EntityDescriptor ',
    ]
    for (const part of long) {
      const text = part.repeat(Math.floor(megabyte / part.length))
      const started = performance.now()
      for (const pasted of [text, `${text}!`, `https://${text}`, `MI${text}!`, `{${text}`])
        expect(() => read(pasted.slice(0, megabyte))).toThrow()
      expect(performance.now() - started).toBeLessThan(3_000)
    }
  })
})
