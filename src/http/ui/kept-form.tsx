// What somebody had filled in, shown before it is sent once more: whoever comes back to an open browser sees what somebody else may
// have left there.
import { Facts } from './content.tsx'
import { type Names, nameWords, pathWords, Said } from './said.tsx'

export type KeptFields = { path: string; fields: Readonly<Record<string, string>> }

export const KeptFields = ({ path, fields, names }: KeptFields & { names: Names }) => (
  <Facts
    facts={[
      { term: 'Where', value: pathWords(path, names) },
      ...Object.entries(fields)
        .filter(([name, value]) => value !== '' && !isOfPages(name))
        .map(([name, value]) => ({
          term: nameWords(name, names),
          value: isSecret(name) ? '(not shown)' : <Said value={typed(value)} names={names} />,
        })),
    ]}
  />
)

const isSecret = (name: string): boolean => /password|secret|token|code/i.test(name)

/** What pages tell each other; nobody has typed it. */
const isOfPages = (name: string): boolean => /^(step|next|back|return_to|query|username)$|hash$/i.test(name)

/** A box that is checked is a yes; what pages keep as JSON is shown by its parts. */
function typed(value: string): unknown {
  if (value === 'on') return true
  if (!/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
