// What the check of references reads: the texts of the project, the comments in them, and the names of all files and folders.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export type Text = { path: string; text: string }

export type Project = {
  texts: readonly Text[]
  /** Every file and folder, by its path and by each end of it: `access/ceiling/reach.ts` as well as `reach.ts`. */
  places: ReadonlySet<string>
}

const skipped = new Set(['node_modules', '.git', 'coverage', 'data'])
/** Migrations are never edited, so nothing is asked of them. */
const isRead = (path: string): boolean => /\.(tsx?|cjs|md)$/.test(path) && !path.startsWith('drizzle/')

/** @param root the folder of package.json */
export function readProject(root: string): Project {
  const files = filesBelow(root, root)
  const texts = files.filter(isRead).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  return { texts, places: new Set(files.flatMap(endsOf)) }
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(root, path)
    return [relative(root, path)]
  })
}

/** All that a file, or a folder above it, may be called by. */
function endsOf(path: string): string[] {
  const parts = path.split('/')
  const upTo = parts.map((_, end) => parts.slice(0, end + 1))
  return upTo.flatMap((place) => place.map((_, start) => place.slice(start).join('/')))
}

export const isMarkdown = ({ path }: Text): boolean => path.endsWith('.md')

/** Of code its comments; of a page everything. Line by line, since a string may hold what begins a comment. */
export function proseOf(text: Text): string {
  if (isMarkdown(text)) return text.text
  return text.text
    .split('\n')
    .map((line) => /^\s*(?:\{?\/\*|\*|\/\/).*|(?<=\s)\/\/\s.*/.exec(line)?.[0] ?? '')
    .join('\n')
}

/** `path:line` of a place in a text. */
export const placeOf = ({ path, text }: Text, index: number): string =>
  `${path}:${text.slice(0, index).split('\n').length}`
