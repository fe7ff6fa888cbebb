// Fetches metadata from where the identity provider publishes it.
import { invalid } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { type IdpMetadata, readIdpMetadata } from './metadata.ts'
import { textOfBytes } from './unwrap.ts'

// Keycloak has it as application/xml alone, and refuses with 406 whoever does not name that.
const accept = 'application/samlmetadata+xml, application/xml, text/xml;q=0.9, */*;q=0.1'

/** @throws AppError invalid (reasons `address`, `unreachable`, `metadata`, `certificate`) */
export async function fetchIdpMetadata(
  ctx: Pick<CallContext, 'outgoing' | 'clock'>,
  source: { url: string; entityId?: string | undefined },
): Promise<IdpMetadata> {
  const answer = await ctx.outgoing.fetch(source.url, { headers: { Accept: accept } })
  if (answer.status !== 200) throw invalid(`The metadata URL answered ${answer.status}`, 'unreachable')
  const text = textOfBytes(new Uint8Array(await answer.arrayBuffer()))
  return readIdpMetadata(text, { entityId: source.entityId, now: ctx.clock.now(), place: 'address' })
}
