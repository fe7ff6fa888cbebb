// What the SAML endpoints of a connection share: where they are, whom they trust, and how a verdict ends.
import { cancelled, refuse, refuseCancelled, type Trace, type TraceStep } from '#access/sign-in/trace.ts'
import { toPem } from '#connections/saml/certificates.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import type { ConnectionUrls } from '#platform/urls.ts'
import type { CallContext } from '#src/context.ts'
import { signerWords } from '../saml/signer-words.ts'
import type { Refused } from '../saml/verdict.ts'

export type Place = { ctx: CallContext; connection: SamlConnection; urls: ConnectionUrls }

export const trustedCertificates = ({ settings }: SamlConnection): SamlConnection['settings']['certificates'] =>
  settings.certificates.filter(({ status }) => status === 'trusted')

export const trustedPems = (connection: SamlConnection): string[] =>
  trustedCertificates(connection).map(({ value }) => toPem(value))

/** What held goes into the trace; what did not refuses. @throws SignInRefused */
export function requireValid<Valid extends { isValid: true; steps: TraceStep[] }>(
  verdict: Valid | Refused,
  connection: SamlConnection,
  trace: Trace,
): Valid {
  trace.steps.push(...verdict.steps.filter(({ result }) => result !== 'failed'))
  if (verdict.isValid) return verdict
  const { reason, message, presented } = verdict
  if (reason === cancelled) return refuseCancelled(trace, message)
  return refuse(trace, reason, reason === 'signature' ? `${message}. ${signerWords(connection, presented)}` : message)
}
