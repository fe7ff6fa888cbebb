// What every part of a page may ask about whoever looks at it, without being handed it from part to part.
import { type Child, createContext, useContext } from 'hono/jsx'
import type { Look } from '#access/ground/look.ts'
import type { Language } from '#words/texts/languages.ts'
import { say, sayWith } from '#words/texts/say.ts'
import type { TextKey } from '#words/texts/texts.ts'

export type Reader = {
  /** Undefined: Rolecall's own. */
  look: Look | undefined
  language: Language
}

const Context = createContext<Reader>({ look: undefined, language: 'en' })

export const useReader = (): Reader => useContext(Context)

/** A page, or a part of one, as this reader gets it. */
export const ReadBy = ({ reader, children }: { reader: Reader; children?: Child }) => (
  <Context.Provider value={reader}>{children}</Context.Provider>
)

export type Words = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string

/** For a component: its reader's words. */
export function useWords(): Words {
  const { language } = useReader()
  return (key, values) => say(language, key, values)
}

type Value = string | number | ((content: Child) => Child)

/** A text with elements in it; and the text itself where nobody knows yet who reads it. */
export const Say = ({ of, values = {} }: { of: TextKey; values?: Readonly<Record<string, Value>> }) => {
  const { language } = useReader()
  return <>{sayWith<Child>(language, of, values as Parameters<typeof sayWith<Child>>[2])}</>
}

/** For a page that is not translated. */
export const InEnglish = ({ children }: { children: Child }) => (
  <ReadBy reader={{ ...useReader(), language: 'en' }}>{children}</ReadBy>
)
