// What every part of a page may ask about whoever looks at it, without being handed it from part to part.
import { type Child, createContext, useContext } from 'hono/jsx'
import type { Look } from '#access/ground/look.ts'

export type Reader = {
  /** Undefined: Rolecall's own. */
  look: Look | undefined
}

export const readerOf = (look?: Look): Reader => ({ look })

const Context = createContext<Reader>(readerOf())

export const useReader = (): Reader => useContext(Context)

/** A page, or a part of one, as this reader gets it. */
export const ReadBy = ({ reader, children }: { reader: Reader; children?: Child }) => (
  <Context.Provider value={reader}>{children}</Context.Provider>
)
