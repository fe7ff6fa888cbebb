// Fetches metadata from where the identity provider publishes it.
import { invalid } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { type IdpMetadata, readIdpMetadata } from './metadata.ts'

/** @throws AppError invalid (reasons `address`, `unreachable`, `metadata`, `certificate`) */
export async function fetchIdpMetadata(
  ctx: Pick<CallContext, 'outgoing' | 'clock'>,
  source: { url: string; entityId?: string | undefined },
): Promise<IdpMetadata> {
  const answer = await ctx.outgoing.fetch(source.url, { headers: { Accept: 'application/samlmetadata+xml, text/xml' } })
  if (answer.status !== 200) throw invalid(`The metadata URL answered ${answer.status}`, 'unreachable')
  return readIdpMetadata(await answer.text(), { entityId: source.entityId, now: ctx.clock.now() })
}
