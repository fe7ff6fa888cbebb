// The provider out of what people bring for SAML: its metadata, as a text or from where it is published. What is surely something else
// is told by name, with what to bring instead.
import { AppError, invalid } from '#platform/errors.ts'
import { checkingField, invalidField } from '#platform/input.ts'
import type { CallContext } from '#src/context.ts'
import type { Preset } from '../providers/providers.ts'
import { fetchIdpMetadata } from '../saml/fetch-metadata.ts'
import { type IdpMetadata, readIdpMetadata } from '../saml/metadata.ts'
import { otherThanAddress } from '../saml/recognize.ts'
import { hasPlaceholder, recognized } from './recognize.ts'
import { unfitMetadata } from './unfit-metadata.ts'

export type MetadataSource = {
  preset: Preset
  metadataXml?: string | undefined
  metadataUrl?: string | undefined
  entityId?: string | undefined
}

export type ReadMetadata = {
  metadata: IdpMetadata
  /** Where it is published, as it is fetched from now on; null where it came as a text. */
  metadataUrl: string | null
}

/** The provider's metadata. @throws AppError invalid naming the field and saying what stands in it */
export async function readMetadata(ctx: CallContext, source: MetadataSource): Promise<ReadMetadata> {
  const { metadataXml, metadataUrl, entityId, preset } = source
  const now = ctx.clock.now()
  if ((metadataXml === undefined) === (metadataUrl === undefined))
    throw invalidField(
      'metadataXml',
      metadataXml === undefined
        ? 'Give the metadata of the identity provider: as XML, or the URL where it is published'
        : 'Give one of the two: the metadata, or the address where it is published',
      'metadata',
    )
  return checkingField(metadataUrl === undefined ? 'metadataXml' : 'metadataUrl', async () => {
    const url = metadataUrl === undefined ? null : addressOf(ctx, metadataUrl)
    const metadata =
      url === null
        ? readIdpMetadata(metadataXml ?? '', { entityId, now })
        : await fetchIdpMetadata(ctx, { url, entityId }).catch(withAnotherWay)
    checkEndpoints(metadata)
    const { certificates, sso } = metadata
    const unfit = unfitMetadata({ entityId: metadata.entityId, url: sso.url, certificates }, preset, now)
    if (unfit !== undefined) throw invalid(unfit, 'metadata')
    return { metadata, metadataUrl: url }
  })
}

/** What was typed, with its scheme and without what came with it when it was copied. @throws AppError invalid */
function addressOf(ctx: Pick<CallContext, 'urls' | 'clock'>, typed: string): string {
  const bare = typed
    .replace(/[\u200B\uFEFF]/g, '')
    .trim()
    .replace(/^(["'])(.*)\1$|^<(https?:.*)>$/s, '$2$3')
    .replace(/^view-source:/i, '')
  if (bare === '') throw invalid('must not be empty', 'metadata')
  const isHost =
    /^[\w-]+(\.[\w-]+)+(:\d+)?(\/\S*)?$/.test(bare.slice(0, 4_000)) && !/\.xml$/i.test(bare.split('/', 1)[0] ?? '')
  const address = isHost ? `https://${bare}` : bare
  const other = otherThanAddress(address, ctx.clock.now())
  if (other !== undefined) throw invalid(other, 'metadata')
  const { is, kind } = recognized(address, ctx.urls.origin) ?? {}
  if (kind === 'ours') throw invalid(`${is}. Enter the address where the provider publishes its metadata`, 'metadata')
  if (hasPlaceholder(address))
    throw invalid('There is a placeholder in it, from an example: put what is yours in its place', 'metadata')
  return address
}

/** What cannot be fetched from here can be pasted. */
function withAnotherWay(error: unknown): never {
  if (!(error instanceof AppError) || error.fields !== undefined) throw error
  if (error.reason !== 'address' && error.reason !== 'unreachable') throw error
  const { message, reason, cause } = error
  throw new AppError('invalid', `${message}. Paste the metadata itself instead`, { reason, cause })
}

/** Browsers are sent there, so they have to be pages and nothing like `javascript:`. @throws AppError invalid */
export function checkEndpoints(metadata: IdpMetadata): void {
  const urls = [metadata.sso.url, metadata.slo?.url, metadata.slo?.responseUrl].filter((url) => url !== undefined)
  for (const url of urls) requireWebUrl(url)
}

function requireWebUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['https:', 'http:'].includes(url.protocol))
    throw invalid(`The metadata names an address that is no web page: ${text.slice(0, 200)}`, 'metadata')
}
