// The bounded reading of bodies: nothing of ours reads one without a limit.
import type { Context } from 'hono'
import { AppError } from '#platform/errors.ts'

export type ReadOptions = {
  /** How the refusal calls the body. */
  what?: string
  reason?: string
  /** So much more is read and dropped, for callers who are known: one that is cut off while it sends would never read why. */
  droppedBytes?: number
}

/**
 * The whole body. A declared length is trusted, since the connection gives no more than that; otherwise the body is counted as it
 * comes.
 * @throws AppError too_large
 */
export async function readBytes(
  c: Context,
  maxBytes: number,
  { what = 'The body', reason, droppedBytes = 0 }: ReadOptions = {},
): Promise<Buffer> {
  const message = `${what} is larger than ${maxBytes} bytes`
  const tooLarge = (): AppError => new AppError('too_large', message, reason === undefined ? {} : { reason })
  const declared = Number(c.req.header('content-length') ?? Number.NaN)
  if (declared > maxBytes) throw tooLarge()
  if (declared >= 0) return Buffer.from(await c.req.arrayBuffer())
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) chunks.length = 0
    if (size > maxBytes + droppedBytes) break
    if (size <= maxBytes) chunks.push(chunk)
  }
  if (size > maxBytes) throw tooLarge()
  return Buffer.concat(chunks)
}
