// A form with one file in it, read within a size. Such forms are for files alone: what else a page sends, it sends by another.
import type { Context } from 'hono'
import { invalid } from '#platform/errors.ts'
import { readBytes } from './read-body.ts'
import { mediaTypeOf } from './read-form.ts'

/** The lines around the file. */
const framingBytes = 4_096

/** @param maxBytes of the file. @throws AppError invalid where there is no such file; too_large */
export async function readUpload(c: Context, field: string, maxBytes: number): Promise<Uint8Array> {
  if (mediaTypeOf(c) !== 'multipart/form-data') throw invalid('The body must be multipart/form-data')
  const body = new Uint8Array(await readBytes(c, maxBytes + framingBytes, { what: 'The file' }))
  const headers = { 'Content-Type': c.req.header('content-type') ?? '' }
  const form = await new Response(body, { headers }).formData().catch(() => {
    throw invalid('The form is not encoded correctly')
  })
  const file = form.get(field)
  if (file === null || typeof file === 'string' || file.size === 0) throw invalid('Choose a file first')
  return new Uint8Array(await file.arrayBuffer())
}
