// A page with what all of its parts may ask for.
import type { Child } from 'hono/jsx'
import { MadeFor } from './made-for.tsx'
import { ReadBy, type Reader } from './reader.tsx'
import { pageIn } from './time.tsx'

type Around = { zone: string | undefined; reader: Reader; madeFor: string | undefined }

/** @param around zone: undefined for UTC; madeFor: what its forms carry */
export const pageFor = ({ zone, reader, madeFor }: Around, page: Child) => (
  <MadeFor.Provider value={madeFor}>
    <ReadBy reader={reader}>{pageIn(zone, page)}</ReadBy>
  </MadeFor.Provider>
)
