// SAML rows that are one message each (docs/attacks.md): wrapped, unsigned, tampered, mis-addressed, out of time.
import { afterAll, beforeAll } from 'vitest'
import { toPem } from '#connections/saml/certificates.ts'
import { encryptAssertion, encryptXml } from '#sandbox/saml-idp/encrypt.ts'
import { buildAssertion, buildResponse } from '#sandbox/saml-idp/response.ts'
import { sealResponse, signXml } from '#sandbox/saml-idp/sign.ts'
import {
  editXml,
  findElement,
  findElements,
  parseXml,
  serializeXml,
  type XmlDocument,
  type XmlElement,
} from '#sandbox/saml-idp/xml.ts'
import { type Pending, type Stage, samlRow, startStage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const victim = 'admin@a.test'
const responseSigned = ['both signed', 'response signed']
const assertionSigned = ['both signed', 'assertion signed']
const onlyAssertion = ['assertion signed']

const signatureOf = (element: XmlElement): XmlElement => {
  const found = findElements(element, 'Signature').find((signature) => signature.parentNode === element)
  if (found === undefined) throw new Error('Not signed')
  return found
}

const copy = (element: XmlElement): XmlElement => element.cloneNode(true) as XmlElement

/** The element as somebody else's: another ID, another person, no signature. */
function evil(element: XmlElement, id = '_evil'): XmlElement {
  element.setAttribute('ID', id)
  for (const signature of findElements(element, 'Signature')) {
    if (signature.parentNode === element) element.removeChild(signature)
  }
  for (const nameId of findElements(element, 'NameID')) rename(nameId)
  return element
}

function rename(nameId: XmlElement): void {
  const text = nameId.firstChild
  while (nameId.firstChild !== null) nameId.removeChild(nameId.firstChild)
  if (text === null) return
  text.nodeValue = victim
  nameId.appendChild(text)
}

const genuine = (pending: Pending): string => pending.seal(pending.options)

const wrapped = (pending: Pending, edit: (document: XmlDocument) => void): string => editXml(genuine(pending), edit)

const responseOf = (document: XmlDocument): XmlElement => document.documentElement
const assertionOf = (document: XmlDocument): XmlElement => findElement(document, 'Assertion')

samlRow(() => stage, 'S-001', 'XSW1: the genuine response inside the signature of a forged one', [
  {
    name: 'clone in the signature',
    only: responseSigned,
    make: (pending) =>
      wrapped(pending, (document) => {
        const response = responseOf(document)
        const clone = copy(response)
        clone.removeChild(signatureOf(clone))
        const signature = signatureOf(response)
        signature.appendChild(clone)
        response.setAttribute('ID', '_evil')
        for (const nameId of findElements(assertionOf(document), 'NameID')) rename(nameId)
      }),
  },
])

samlRow(() => stage, 'S-002', 'XSW2: the genuine response beside the signature', [
  {
    name: 'clone before the signature',
    only: responseSigned,
    make: (pending) =>
      wrapped(pending, (document) => {
        const response = responseOf(document)
        const clone = copy(response)
        clone.removeChild(signatureOf(clone))
        response.insertBefore(clone, signatureOf(response))
        response.setAttribute('ID', '_evil')
      }),
  },
])

samlRow(() => stage, 'S-003', 'XSW3: a forged assertion before the genuine one', [
  {
    name: 'before',
    only: assertionSigned,
    make: (pending) =>
      wrapped(pending, (document) => {
        const assertion = assertionOf(document)
        assertion.parentNode?.insertBefore(evil(copy(assertion)), assertion)
      }),
  },
])

samlRow(() => stage, 'S-005', 'XSW5: the signature stays in the forged assertion, the genuine one follows', [
  {
    name: 'genuine at the end',
    only: assertionSigned,
    make: (pending) =>
      wrapped(pending, (document) => {
        const assertion = assertionOf(document)
        const clone = copy(assertion)
        clone.removeChild(signatureOf(clone))
        assertion.setAttribute('ID', '_evil')
        rename(findElement(assertion, 'NameID'))
        responseOf(document).appendChild(clone)
      }),
  },
])

const inExtensions = (pending: Pending, content: (assertion: XmlElement) => XmlElement): string =>
  wrapped(pending, (document) => {
    const response = responseOf(document)
    const extensions = document.createElementNS('urn:oasis:names:tc:SAML:2.0:protocol', 'samlp:Extensions')
    extensions.appendChild(content(assertionOf(document)))
    response.insertBefore(extensions, findElement(response, 'Status'))
  })

samlRow(() => stage, 'S-007', 'XSW7: an evil copy with the same ID in Extensions', [
  {
    name: 'same ID',
    only: onlyAssertion,
    make: (pending) => inExtensions(pending, (assertion) => evil(copy(assertion), assertion.getAttribute('ID') ?? '')),
    reason: 'duplicate_id',
  },
])

samlRow(() => stage, 'S-010', 'the signed assertion hidden in Extensions, its signature copied to a forged one', [
  {
    name: 'copied signature',
    only: onlyAssertion,
    make: (pending) =>
      inExtensions(pending, (assertion) => {
        const hidden = copy(assertion)
        hidden.removeChild(signatureOf(hidden))
        rename(findElement(assertion, 'NameID'))
        return hidden
      }),
  },
])

const second = (pending: Pending): string =>
  signXml(buildAssertion({ ...pending.options, nameId: { value: 'bob@a.test' } }), ['Assertion'], { key: stage.a.key })

samlRow(() => stage, 'S-013', 'two validly signed assertions', [
  {
    name: 'alice and bob',
    make: (pending) => {
      const first = signXml(buildAssertion(pending.options), ['Assertion'], { key: stage.a.key })
      const xml = buildResponse({ ...pending.options, response: { assertions: [first, second(pending)] } })
      return pending.setUp.sign.response ? signXml(xml, ['Response'], { key: stage.a.key }) : xml
    },
    reason: 'assertion_count',
  },
])

samlRow(() => stage, 'S-014', 'an unsigned assertion beside the signed one', [
  {
    name: 'after',
    only: onlyAssertion,
    make: (pending) =>
      wrapped(pending, (document) => responseOf(document).appendChild(evil(copy(assertionOf(document))))),
    reason: 'assertion_count',
  },
  {
    name: 'before',
    only: onlyAssertion,
    make: (pending) =>
      wrapped(pending, (document) => {
        const assertion = assertionOf(document)
        responseOf(document).insertBefore(evil(copy(assertion)), assertion)
      }),
    reason: 'assertion_count',
  },
])

const ourCertificate = (): string => toPem(stage.a.connection.settings.spCertificate)

samlRow(() => stage, 'S-015', 'a clear and an encrypted assertion', [
  {
    name: 'both kinds',
    make: (pending) => {
      const clear = signXml(buildAssertion(pending.options), ['Assertion'], { key: stage.a.key })
      const encrypted = encryptXml(second(pending), { certificate: ourCertificate() })
      const assertions = [
        clear,
        `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${encrypted}</saml:EncryptedAssertion>`,
      ]
      const xml = buildResponse({ ...pending.options, response: { assertions } })
      return pending.setUp.sign.response ? signXml(xml, ['Response'], { key: stage.a.key }) : xml
    },
  },
])

const replaced = (pending: Pending, from: string | RegExp, to: string): string => {
  const xml = genuine(pending)
  const changed = xml.replace(from, to)
  if (changed === xml) throw new Error('Nothing was changed')
  return changed
}

samlRow(() => stage, 'S-016', 'a comment in the NameID', [
  {
    name: 'cuts the name short',
    make: (pending) => {
      const options = { ...pending.options, nameId: { value: `${victim}.evil.test` } }
      return pending.seal(options).replace(`>${victim}.evil.test<`, `>${victim}<!-- -->.evil.test<`)
    },
  },
])

samlRow(() => stage, 'S-019', 'a comment in a mapped attribute', [
  {
    name: 'email',
    make: (pending) => {
      const attributes = [{ name: 'email', values: [`${victim}.evil.test`] }]
      return pending
        .seal({ ...pending.options, attributes })
        .replace(`>${victim}.evil.test<`, `>${victim}<!-- -->.evil.test<`)
    },
  },
  {
    name: 'roles',
    make: (pending) => {
      const attributes = [{ name: 'roles', values: ['administrator.evil'] }]
      return pending
        .seal({ ...pending.options, attributes })
        .replace('administrator.evil', 'administrator<!-- -->.evil')
    },
  },
])

const doctype = (content: string) => (pending: Pending) => `<!DOCTYPE r${content}>${genuine(pending)}`

samlRow(() => stage, 'S-020', 'a DOCTYPE without entities', [{ name: 'empty', make: doctype(''), reason: 'malformed' }])

samlRow(() => stage, 'S-021', 'an internal entity as NameID', [
  {
    name: 'entity',
    make: (pending) => `<!DOCTYPE r [<!ENTITY e "${victim}">]>${replaced(pending, '>alice@a.test<', '>&e;<')}`,
    reason: 'malformed',
  },
])

samlRow(() => stage, 'S-023', 'entity expansion', [
  {
    name: 'ten levels',
    make: (pending) => {
      const levels = Array.from({ length: 10 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`)
      return `<!DOCTYPE r [<!ENTITY e0 "ha">${levels.join('')}]>${replaced(pending, '>alice@a.test<', '>&e10;<')}`
    },
    reason: 'malformed',
  },
  {
    name: 'one large entity many times',
    make: (pending) =>
      `<!DOCTYPE r [<!ENTITY e "${'x'.repeat(100_000)}">]>${replaced(pending, '>alice@a.test<', `>${'&e;'.repeat(10_000)}<`)}`,
    reason: 'malformed',
  },
])

samlRow(() => stage, 'S-027', "the attacker's key, with a KeyInfo of its own", [
  { name: 'own certificate', make: (pending) => forged(pending, { key: stage.attackerKey }), reason: 'signature' },
  {
    name: "the provider's certificate shown",
    make: (pending) => forged(pending, { key: stage.attackerKey, keyInfo: { certificate: stage.a.key.certificate } }),
    reason: 'signature',
  },
  {
    name: 'no KeyInfo',
    make: (pending) => forged(pending, { key: stage.attackerKey, keyInfo: 'none' }),
    reason: 'signature',
  },
])

const forged = (pending: Pending, how: Parameters<Pending['seal']>[1]): string =>
  pending.seal({ ...pending.options, nameId: { value: victim } }, how)

samlRow(() => stage, 'S-028', 'no signature at all', [
  {
    name: 'unsigned',
    make: (pending) => buildResponse({ ...pending.options, nameId: { value: victim } }),
    reason: 'signature',
  },
  {
    name: 'signatures removed',
    make: (pending) =>
      wrapped(pending, (document) => {
        for (const signature of findElements(document, 'Signature')) signature.parentNode?.removeChild(signature)
      }),
    reason: 'signature',
  },
])

samlRow(() => stage, 'S-031', 'HMAC keyed with the certificate', [
  {
    name: 'hmac-sha1',
    make: (pending) =>
      forged(pending, {
        key: { ...stage.a.key, privateKey: stage.a.key.certificate },
        signatureAlgorithm: 'hmac-sha1',
      }),
    reason: 'algorithm',
  },
])

samlRow(() => stage, 'S-033', 'RSA-SHA1', [
  {
    name: 'signature and digest',
    make: (pending) => pending.seal(pending.options, { signatureAlgorithm: 'rsa-sha1', digestAlgorithm: 'sha1' }),
    reason: 'algorithm',
  },
  {
    name: 'digest alone',
    make: (pending) => pending.seal(pending.options, { digestAlgorithm: 'sha1' }),
    reason: 'algorithm',
  },
])

const withSignedInfo = (place: 'before' | 'after' | 'nested') => (pending: Pending) =>
  wrapped(pending, (document) => {
    for (const info of findElements(document, 'SignedInfo')) {
      const forgedInfo = copy(info)
      for (const transforms of findElements(forgedInfo, 'Transforms')) transforms.parentNode?.removeChild(transforms)
      if (place === 'nested') info.appendChild(forgedInfo)
      else info.parentNode?.insertBefore(forgedInfo, place === 'before' ? info : info.nextSibling)
    }
    rename(findElement(document, 'NameID'))
  })

const withSignature = (place: (document: XmlDocument, signature: XmlElement) => unknown) => (pending: Pending) =>
  wrapped(pending, (document) => place(document, copy(findElement(document, 'Signature'))))

samlRow(() => stage, 'S-036', 'two SignedInfo, two signatures, and one where none belongs', [
  {
    name: 'signature twice',
    make: withSignature((document, signature) =>
      findElement(document, 'Signature').parentNode?.insertBefore(signature, findElement(document, 'Signature')),
    ),
    reason: 'signature_place',
  },
  {
    name: 'signature in the Subject',
    make: withSignature((document, signature) => findElement(document, 'Subject').appendChild(signature)),
    reason: 'signature_place',
  },
  { name: 'before', make: withSignedInfo('before'), reason: 'signature_form' },
  { name: 'after', make: withSignedInfo('after'), reason: 'signature_form' },
  { name: 'nested', make: withSignedInfo('nested'), reason: 'signature_form' },
])

samlRow(() => stage, 'S-037', 'a comment in DigestValue', [
  {
    name: 'forged digest in the comment',
    make: (pending) =>
      replaced(pending, /<ds:DigestValue>/g, '<ds:DigestValue><!--AAAA-->').replace('>alice@a.test<', `>${victim}<`),
    reason: 'malformed',
  },
])

samlRow(() => stage, 'S-039', 'two References', [
  {
    name: 'second without transforms',
    make: (pending) =>
      wrapped(pending, (document) => {
        const reference = findElement(document, 'Reference')
        const other = copy(reference)
        other.setAttribute('URI', '#_evil')
        for (const transforms of findElements(other, 'Transforms')) other.removeChild(transforms)
        reference.parentNode?.appendChild(other)
      }),
    reason: 'signature_form',
  },
])

const withTransform = (xml: string) => (pending: Pending) =>
  replaced(pending, /<ds:Transforms>/, `<ds:Transforms>${xml}`)

samlRow(() => stage, 'S-040', 'XPath and XSLT transforms', [
  {
    name: 'XPath',
    make: withTransform(
      `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>${'//*[count('.repeat(30)}1${')>0]'.repeat(30)}</ds:XPath></ds:Transform>`,
    ),
    reason: 'algorithm',
  },
  {
    name: 'XSLT',
    make: withTransform(
      '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/"><xsl:value-of select="document(\'http://127.0.0.1:9/canary\')"/></xsl:template></xsl:stylesheet></ds:Transform>',
    ),
    reason: 'algorithm',
  },
])

samlRow(() => stage, 'S-042', 'an empty Reference URI', [
  { name: 'empty', make: (pending) => pending.seal(pending.options, { hasEmptyUri: true }), reason: 'signature_form' },
  { name: 'absent', make: (pending) => replaced(pending, / URI="#[^"]*"/g, ''), reason: 'signature_form' },
])

samlRow(() => stage, 'S-046', 'one byte changed after signing', [
  {
    name: 'NameID',
    make: (pending) => replaced(pending, /(<saml:NameID[^>]*>)alice@a/, '$1alicf@a'),
    reason: 'signature',
  },
  {
    name: 'attribute',
    make: (pending) => replaced(pending, /(<saml:AttributeValue[^>]*>)alice@a/, '$1admin@a'),
    reason: 'signature',
  },
  { name: 'SessionIndex', make: (pending) => replaced(pending, 'session-1', 'session-2'), reason: 'signature' },
])

const resealed = (change: Partial<Pending['options']>) => (pending: Pending) =>
  pending.seal({ ...pending.options, ...change })
const assertionWith = (change: NonNullable<Pending['options']['assertion']>) => resealed({ assertion: change })

samlRow(() => stage, 'S-047', 'another audience', [
  {
    name: 'of B',
    make: (pending) =>
      pending.seal({ ...pending.options, audience: pending.node.urls.connection(stage.b.connection.id).entityId }),
    reason: 'audience',
  },
  { name: 'none', make: assertionWith({ audiences: [] }), reason: 'audience' },
  {
    name: 'one of two restrictions foreign',
    make: (pending) =>
      pending.seal({
        ...pending.options,
        assertion: { audiences: [[pending.options.audience], ['https://evil.test']] },
      }),
    reason: 'audience',
  },
])

samlRow(() => stage, 'S-049', 'another Destination', [
  { name: 'evil', make: resealed({ destination: 'https://evil.test' }), reason: 'destination' },
  {
    name: 'missing in a signed response',
    only: responseSigned,
    make: resealed({ destination: null }),
    reason: 'destination',
  },
  {
    name: 'of B',
    make: (pending) =>
      pending.seal({ ...pending.options, destination: pending.node.urls.connection(stage.b.connection.id).acsUrl }),
    reason: 'destination',
  },
])

samlRow(() => stage, 'S-050', 'the Recipient of another organization', [
  {
    name: 'of B',
    make: (pending) =>
      pending.seal({ ...pending.options, recipient: pending.node.urls.connection(stage.b.connection.id).acsUrl }),
    reason: 'recipient',
  },
  { name: 'none', make: resealed({ recipient: null }), reason: 'recipient' },
])

samlRow(() => stage, 'S-052', 'another Issuer, signed by our provider', [
  { name: 'assertion', make: assertionWith({ issuer: 'https://idp.test/B' }), reason: 'issuer' },
  { name: 'response', make: resealed({ response: { issuer: 'https://idp.test/B' } }), reason: 'issuer' },
  { name: 'assertion without', make: assertionWith({ issuer: null }) },
])

const shifted = (pending: Pending, millis: number): Date => new Date(pending.node.clock.now().getTime() + millis)

samlRow(() => stage, 'S-054', 'outside of its time (inside: see the time window test)', [
  {
    name: 'not yet',
    make: (pending) => pending.seal({ ...pending.options, times: { notBefore: shifted(pending, 62_000) } }),
    reason: 'not_yet_valid',
  },
  {
    name: 'no more',
    make: (pending) =>
      pending.seal({
        ...pending.options,
        times: { notOnOrAfter: shifted(pending, -62_000), confirmationNotOnOrAfter: shifted(pending, 60_000) },
      }),
    reason: 'expired',
  },
  {
    name: 'issued long ago',
    make: (pending) => pending.seal({ ...pending.options, times: { issueInstant: shifted(pending, -400_000) } }),
    reason: 'issue_instant',
  },
  {
    name: 'issued in the future',
    make: (pending) => pending.seal({ ...pending.options, times: { issueInstant: shifted(pending, 62_000) } }),
    reason: 'issue_instant',
  },
  {
    name: 'a time without zone',
    make: resealed({ times: { notOnOrAfter: '2031-01-01T00:00:00' } }),
    reason: /assertion_form|malformed/,
  },
  { name: 'no time at all', make: resealed({ times: { notOnOrAfter: 'soon' } }), reason: /assertion_form|malformed/ },
])

samlRow(() => stage, 'S-055', 'the window of the confirmation', [
  {
    name: 'past',
    make: (pending) =>
      pending.seal({ ...pending.options, times: { confirmationNotOnOrAfter: shifted(pending, -62_000) } }),
    reason: 'expired',
  },
  {
    name: 'with NotBefore',
    make: (pending) => pending.seal({ ...pending.options, times: { confirmationNotBefore: shifted(pending, -1_000) } }),
    reason: 'subject_confirmation',
  },
  {
    name: 'without end',
    make: resealed({ times: { confirmationNotOnOrAfter: null } }),
    reason: /assertion_form|malformed/,
  },
])

samlRow(() => stage, 'S-057', 'no Conditions, AuthnStatement or Subject', [
  { name: 'no Conditions', make: assertionWith({ conditions: null }), reason: 'assertion_form' },
  { name: 'no Subject', make: assertionWith({ subject: null }), reason: 'assertion_form' },
  { name: 'no AuthnStatement', make: assertionWith({ authnStatement: null }), reason: 'assertion_form' },
])

samlRow(() => stage, 'S-073', 'a status other than Success', [
  {
    name: 'AuthnFailed',
    make: resealed({ status: { code: 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed' } }),
    reason: 'status',
  },
  {
    name: 'Responder',
    make: resealed({ status: { code: 'urn:oasis:names:tc:SAML:2.0:status:Responder' } }),
    reason: 'status',
  },
  { name: 'none', make: resealed({ status: null }), reason: 'status' },
])

samlRow(() => stage, 'S-074', 'another way of confirmation', [
  {
    name: 'holder-of-key',
    make: assertionWith({ confirmations: [{ method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }] }),
    reason: 'subject_confirmation',
  },
  {
    name: 'sender-vouches',
    make: assertionWith({ confirmations: [{ method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' }] }),
    reason: 'subject_confirmation',
  },
  { name: 'none', make: assertionWith({ confirmations: [] }), reason: 'subject_confirmation' },
])

samlRow(() => stage, 'S-075', 'an attribute that poses as the NameID', [
  {
    name: 'nameID, issuer, sessionIndex',
    make: resealed({
      nameId: null,
      attributes: ['nameID', 'nameId', 'issuer', 'sessionIndex'].map((name) => ({ name, values: [victim] })),
    }),
    reason: 'name_id',
  },
])

samlRow(() => stage, 'S-093', 'padding that costs time', [
  {
    name: '16,000 empty elements',
    make: (pending) =>
      pending.seal(
        {
          ...pending.options,
          response: { extensions: `<samlp:Extensions>${'<a/>'.repeat(16_000)}</samlp:Extensions>` },
        },
        { key: stage.attackerKey },
      ),
    reason: 'malformed',
  },
  {
    name: 'deep nesting',
    make: (pending) =>
      pending.seal(
        {
          ...pending.options,
          response: { extensions: `<samlp:Extensions>${'<a>'.repeat(500)}${'</a>'.repeat(500)}</samlp:Extensions>` },
        },
        { key: stage.attackerKey },
      ),
    reason: 'malformed',
  },
])

const encryptedWith = (how: Omit<Parameters<typeof encryptAssertion>[1], 'certificate'>) => (pending: Pending) =>
  pending.seal(pending.options, { encrypt: { certificate: ourCertificate(), ...how } })

samlRow(() => stage, 'S-095', 'weak encryption', [
  { name: 'AES-CBC', make: encryptedWith({ contentAlgorithm: 'aes256-cbc' }), reason: 'encryption' },
  { name: '3DES', make: encryptedWith({ contentAlgorithm: '3des-cbc' }), reason: 'encryption' },
  { name: 'RSA 1.5', make: encryptedWith({ keyTransport: 'rsa-1_5' }), reason: 'encryption' },
])

samlRow(() => stage, 'S-096', 'a forged assertion, encrypted to us', [
  {
    name: 'unsigned',
    make: (pending) =>
      encryptAssertion(buildResponse({ ...pending.options, nameId: { value: victim } }), {
        certificate: ourCertificate(),
      }),
    reason: 'signature',
  },
  {
    name: "signed with the attacker's key",
    make: (pending) =>
      sealResponse(buildResponse({ ...pending.options, nameId: { value: victim } }), {
        key: stage.attackerKey,
        sign: { response: false, assertion: true },
        encrypt: { certificate: ourCertificate() },
      }),
    reason: 'signature',
  },
])

samlRow(() => stage, 'S-097', 'flipped bits in the ciphertext', [
  ...Array.from({ length: 12 }, (_, index) => ({
    name: `content ${index}`,
    make: flipped('EncryptedData', index),
    only: onlyAssertion,
  })),
  ...Array.from({ length: 8 }, (_, index) => ({
    name: `key ${index}`,
    make: flipped('EncryptedKey', index),
    only: onlyAssertion,
  })),
])

function flipped(owner: 'EncryptedData' | 'EncryptedKey', index: number) {
  return (pending: Pending): string =>
    editXml(encryptedWith({})(pending), (document) => {
      const values = findElements(document, 'CipherValue')
      const isKey = (value: XmlElement): boolean =>
        (value.parentNode?.parentNode as XmlElement | null)?.localName === 'EncryptedKey'
      const value = values.find((one) => isKey(one) === (owner === 'EncryptedKey')) as XmlElement
      const bytes = Buffer.from(value.firstChild?.nodeValue ?? '', 'base64')
      const at = Math.floor((index * bytes.length) / 13)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (index % 8))
      while (value.firstChild !== null) value.removeChild(value.firstChild)
      value.appendChild(document.createTextNode(bytes.toString('base64')))
    })
}

samlRow(() => stage, 'S-100', 'what is no message', [
  { name: 'trailing text', make: (pending) => `${genuine(pending)}trailing` },
  { name: 'second root', make: (pending) => `${genuine(pending)}<a/>` },
  { name: 'NUL', make: (pending) => `${genuine(pending)}\0` },
  {
    name: 'UTF-16 declared',
    make: (pending) =>
      `<?xml version="1.0" encoding="UTF-16"?>${Buffer.from(genuine(pending), 'utf16le').toString('latin1')}`,
  },
  { name: 'not XML', make: () => 'hello' },
  { name: 'another message', make: (pending) => serializeXml(assertionOf(parseXml(genuine(pending)))) },
  { name: 'version 1.1', make: resealed({ response: { version: '1.1' } }), reason: 'version' },
])
