// Sending one message to a webhook: signed, by the one way out, and what became of it in words for people.
import { AppError } from '#platform/errors.ts'
import { storable } from '#platform/storable.ts'
import type { CallContext } from '#src/context.ts'
import { signedHeaders, type signersOf } from './secrets.ts'

export type Message = { id: string; type: string; organizationId: string; subjectId: string | null; body: string }

/** What was sent, and what came back. */
export type Sent = {
  sentAt: Date
  durationMillis: number
  isDelivered: boolean
  /** Null where there was no answer. */
  status: number | null
  error: string | null
  headers: Record<string, string>
  answer: string | null
  /** When it wants to be asked again, where it says so. */
  retryAfterSeconds: number | null
}

/** What comes after that is not read: the status has said whether it was taken. */
const answerBytes = 65_536
/** Of an answer as much is kept. */
const keptCharacters = 2_000

/** Never throws: what goes wrong is what it returns. */
export async function sendMessage(
  ctx: CallContext,
  { url, signers }: { url: string; signers: ReturnType<typeof signersOf> },
  message: Message,
): Promise<Sent> {
  const sentAt = ctx.clock.now()
  const begun = performance.now()
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Rolecall-Webhooks/1',
    ...signedHeaders(signers, { id: message.id, at: sentAt, body: message.body }),
  }
  const took = () => Math.round(performance.now() - begun)
  try {
    const response = await ctx.outgoing.fetch(url, {
      method: 'POST',
      headers,
      body: message.body,
      maxBytes: answerBytes,
      isCutOff: true,
    })
    const answer = storable(await response.text(), keptCharacters)
    const { ok, status } = response
    return {
      ...{ sentAt, durationMillis: took(), isDelivered: ok, status, headers, answer },
      error: ok ? null : `It answered ${status}`,
      retryAfterSeconds: ok ? null : retryAfterOf(ctx, response.headers.get('retry-after')),
    }
  } catch (error) {
    const words = error instanceof AppError ? error.message : 'It could not be reached'
    return {
      ...{ sentAt, durationMillis: took(), isDelivered: false, status: null, error: words, headers, answer: null },
      retryAfterSeconds: null,
    }
  }
}

/** In seconds or as a date (RFC 9110 §10.2.3); null where it says nothing that can be read. */
function retryAfterOf({ clock }: CallContext, text: string | null): number | null {
  if (text === null) return null
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - clock.now().getTime()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null
}
