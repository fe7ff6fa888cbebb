// When the person proved who they are, as the provider tells it: auth_time (OpenID Connect Core 3.1.3.7, 15) or AuthnInstant
// (SAML Core 2.7.2). That a new proof was asked for proves nothing: providers answer from a session of theirs as well.
import type { CallContext } from '#src/context.ts'
import type { ExternalIdentity } from './external-identity.ts'
import { openRequestSecret, type SignInRequest } from './requests.ts'
import { noted, passed, refuse, type Trace } from './trace.ts'

const skewMillis = 60_000

/** Where a provider does not tell: longer ago than any change that wants a recent proof. */
const unknownMillis = 86_400_000

/**
 * Checks the proof where the sign-in was begun to get a new one.
 * @returns the time that the session counts as proven from; null: this moment
 * @throws SignInRefused (reason `not_fresh`) where it is older, or the provider does not say
 */
export function checkProof(
  ctx: CallContext,
  { identity, request, trace }: { identity: ExternalIdentity; request: SignInRequest | null; trace: Trace },
): string | null {
  const [{ authenticatedAt }, now] = [identity, ctx.clock.now().getTime()]
  const wanted = request === null ? undefined : openRequestSecret(ctx, request)['provenSince']
  if (typeof wanted !== 'string') {
    if (authenticatedAt !== null) return authenticatedAt
    noted(
      trace,
      'fresh_proof',
      'The provider does not say when the person proved who they are (auth_time): what asks for a fresh proof is refused',
    )
    return new Date(now - unknownMillis).toISOString()
  }
  if (authenticatedAt === null)
    return refuse(trace, 'not_fresh', 'A fresh proof was asked for, and the provider does not say when it was made')
  const provenAt = Date.parse(authenticatedAt)
  if (provenAt < Date.parse(wanted) - skewMillis)
    refuse(trace, 'not_fresh', `A fresh proof was asked for; the provider's is of ${authenticatedAt}`)
  if (provenAt > now + skewMillis)
    refuse(trace, 'not_fresh', `The provider's proof is of the future (${authenticatedAt}); compare the clocks`)
  passed(trace, 'fresh_proof', authenticatedAt)
  return null
}
