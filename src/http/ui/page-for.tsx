// A page with what all of its parts may ask for.
import type { Child } from 'hono/jsx'
import { ReadBy, type Reader } from './reader.tsx'
import { pageIn } from './time.tsx'

/** @param zone undefined for UTC */
export const pageFor = ({ zone, reader }: { zone: string | undefined; reader: Reader }, page: Child) => (
  <ReadBy reader={reader}>{pageIn(zone, page)}</ReadBy>
)
