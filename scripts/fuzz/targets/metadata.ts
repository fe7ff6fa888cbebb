// Metadata of identity providers (SAML Metadata 2.0), as somebody pastes it where a connection is made.
import fc from 'fast-check'
import { buildEntitiesDescriptor, buildMetadata } from '../../../sandbox/saml-idp/metadata.ts'
import { bindings } from '../../../sandbox/saml-idp/names.ts'
import { testKey } from '../../../test/support/sign-in.ts'
import { inOrganizations } from '../organizations.ts'
import type { Target } from '../target.ts'

const address = fc.oneof(
  fc.constantFrom(
    'https://idp.example.net/sso',
    'http://127.0.0.1/',
    'javascript:alert(1)',
    'https://[::1]/',
    '',
    '//x',
  ),
  fc.webUrl(),
  fc.string({ unit: 'binary', maxLength: 30 }),
)

const entity = fc
  .record({
    entityId: fc.oneof(fc.constant('https://idp.example.net/metadata'), fc.string({ maxLength: 40 })),
    certificates: fc.array(fc.oneof(fc.constant(testKey().certificate), fc.base64String(), fc.string()), {
      maxLength: 3,
    }),
    sso: fc.record({ redirect: address, post: address }, { requiredKeys: [] }),
    slo: fc.record({ redirect: address, post: address }, { requiredKeys: [] }),
    wantsSignedRequests: fc.boolean(),
    validUntil: fc.oneof(fc.constant(null), fc.constantFrom('2099-01-01T00:00:00Z', 'soon', '99999-99-99T99:99:99Z')),
  })
  .map(buildMetadata)

export const metadata: Target = {
  name: 'metadata',
  says: 'SAML metadata, where a connection is made',
  grammar: fc.oneof(
    entity,
    fc.array(entity, { maxLength: 3 }).map((entities) => buildEntitiesDescriptor(entities)),
  ),
  words: [
    ...[
      '<md:EntityDescriptor',
      '</md:EntityDescriptor>',
      '<md:IDPSSODescriptor>',
      'entityID="',
      'Location="',
      'Binding="',
    ],
    ...[
      ...Object.values(bindings),
      '<!DOCTYPE a [<!ENTITY b "c">]>',
      '&b;',
      '<![CDATA[',
      '<?xml version="1.1"?>',
      'xmlns=""',
    ],
    ...['<ds:X509Certificate>', '</ds:X509Certificate>', '-----BEGIN CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----'],
    ...['validUntil="2099-01-01T00:00:00Z"', 'use="encryption"', 'xmlns:md="urn:x"', 'https://', '&lt;', '&#x110000;'],
  ],
  prepare: async (app) => {
    const organizations = inOrganizations(app)
    const play = async (metadataXml: string) => {
      const { api } = await organizations.next()
      const made = await api('POST', '/connections', { type: 'saml', metadataXml })
      const shown = made.status === 201 ? await api('GET', `/connections/${made.id}`) : made
      return { status: Math.max(made.status, shown.status) }
    }
    return { play, seeds: [] }
  },
}
