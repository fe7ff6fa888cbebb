// Which optional features a server offers, by its own discovery documents.

import { jsonOf, send } from '../run/http.ts'
import type { Target } from '../run/target.ts'
import { buildUrl } from '../run/url.ts'
import type { Fixture } from './fixture.ts'
import { findMismatch } from './matcher.ts'

interface Probe {
  readonly path: string
  readonly expected: unknown
  readonly reason: string
}

const probes: Readonly<Record<string, Probe>> = {
  'cursor-pagination': {
    path: '/ServiceProviderConfig',
    expected: { pagination: { cursor: true } },
    reason: 'ServiceProviderConfig.pagination.cursor is not true',
  },
  bulk: {
    path: '/ServiceProviderConfig',
    expected: { bulk: { supported: true } },
    reason: 'ServiceProviderConfig.bulk.supported is not true',
  },
  'okta-entitlements': {
    path: '/ResourceTypes',
    expected: { Resources: [{ schema: 'urn:okta:scim:schemas:core:1.0:Entitlement' }] },
    reason: '/ResourceTypes lists no resource type with the Okta Entitlement schema',
  },
}

/** Why the fixture cannot be replayed on this server, or undefined when it can. */
export async function findMissingFeature(
  fixture: Fixture,
  target: Target,
  skipped: readonly string[],
): Promise<string | undefined> {
  for (const feature of fixture.requires ?? []) {
    const reason = skipped.includes(feature) ? '--skip-feature' : await probe(feature, target)
    if (reason) return `needs ${feature}: ${reason}`
  }
  return undefined
}

async function probe(feature: string, target: Target): Promise<string | undefined> {
  const rule = Object.hasOwn(probes, feature) ? probes[feature] : undefined
  if (!rule) return 'this runner knows no way to detect it'
  const response = await send({
    method: 'GET',
    ...buildUrl({ baseUrl: target.baseUrl, path: rule.path }),
    headers: { Authorization: `Bearer ${target.token}`, Accept: 'application/scim+json' },
  })
  return findMismatch(rule.expected, jsonOf(response)) && rule.reason
}
