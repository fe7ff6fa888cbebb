// What SAML providers have in common: they are connected by metadata, and sign the response, the assertion, or both.
import { textAt } from '#sandbox/json.ts'
import type { Check } from './peer.ts'
import type { Tenant } from './tenant.ts'
import { signInAt, type Upstream } from './upstream.ts'

export type SamlConnection = {
  startUrl: string
  entityId: string
  acsUrl: string
  sloUrl: string
  /** Our metadata, as a provider's administrator would load it. */
  metadata: string
  /** Our certificate for signatures, in base64. */
  certificate: string
}

/** Makes the connection from the provider's metadata. */
export async function connectSaml(
  tenant: Tenant,
  metadataUrl: string,
  ...options: readonly string[]
): Promise<SamlConnection> {
  const made = await tenant.command(
    ...['connection', 'create', '--type', 'saml', '--idp-metadata', metadataUrl, '--jit', 'on', '--force'],
    ...options,
  )
  const metadata = await (await fetch(textAt(made, 'metadataUrl'))).text()
  const [startUrl, entityId, acsUrl, sloUrl] = ['startUrl', 'entityId', 'acsUrl', 'sloUrl'].map((name) =>
    textAt(made, name),
  ) as [string, string, string, string]
  const certificate = /<ds:X509Certificate>([^<]+)</.exec(metadata)?.[1] ?? ''
  return { startUrl, entityId, acsUrl, sloUrl, metadata, certificate }
}

type Signed = { response: boolean; assertion: boolean }

/** Both are signed before and afterwards. */
export function signatureChecks(upstream: Upstream, sign: (signed: Signed) => void): Check[] {
  const signsIn = (title: string, signed: Signed): Check => [
    title,
    async () => {
      sign(signed)
      await signInAt(upstream)
      sign({ response: true, assertion: true })
    },
  ]
  return [
    signsIn('the assertion alone signed', { response: false, assertion: true }),
    signsIn('the response alone signed', { response: true, assertion: false }),
  ]
}
