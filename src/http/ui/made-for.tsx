// Which session a page was drawn for: of whom, at which organization. Every form of it says so, since the browser may have gone to
// another organization by the time that it is sent.
import { createContext, useContext } from 'hono/jsx'

/** `org_….usr_…`; undefined where nobody is signed in. */
export const MadeFor = createContext<string | undefined>(undefined)

/** The field's name; no form has another field of it. */
export const madeForField = 'made_for'

/** For a form that is none of `PostForm`. */
export const MadeForField = () => {
  const madeFor = useContext(MadeFor)
  return madeFor === undefined ? null : <input type="hidden" name={madeForField} value={madeFor} />
}

/** Files are sent by a form that has no other field, so there it stands in the address. */
export function useMadeForPath(path: string): string {
  const madeFor = useContext(MadeFor)
  return madeFor === undefined ? path : `${path}?${madeForField}=${madeFor}`
}
