// What people read is free of the words that docs/words.md refuses. Every literal and every text of a page in the sources counts, apart
// from SQL, comments and translations.
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseAst } from 'vitest/node'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

type Node = { type: string; start: number; value?: unknown; tag?: Node } & Record<string, unknown>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function textOf({ type, value }: Node): string | undefined {
  if (type === 'Literal' && typeof value === 'string') return value
  if (type === 'TemplateElement') return (value as { cooked: string | null }).cooked ?? ''
  return type === 'JSXText' ? String(value).replaceAll(/\s+/g, ' ') : undefined
}

/** The texts of a program, each with the place that it begins at. */
function* textsIn(value: unknown): Generator<{ text: string; at: number }> {
  if (Array.isArray(value)) for (const each of value) yield* textsIn(each)
  if (!isNode(value) || value.type === 'ImportDeclaration') return
  if (value.type === 'TaggedTemplateExpression' && /^sql/.test(String(value.tag?.['name'] ?? ''))) return
  const text = textOf(value)
  if (text !== undefined) yield { text, at: value.start }
  for (const [key, child] of Object.entries(value)) if (key !== 'parent') yield* textsIn(child)
}

/** The left column of the first table. */
const refused = (read('docs/words.md').split('## Write it plainly')[0] ?? '')
  .split('\n')
  .flatMap((line) => /^\| ([a-z][a-z ]+?) +\|/.exec(line)?.[1] ?? [])
  .map((words) => new RegExp(`(?<![\\w-])${words}(?![\\w-]| than)`, 'i'))

const sources = globSync('src/**/*.{ts,tsx}', { cwd: root.pathname }).filter(
  (path) => !path.endsWith('.test.ts') && (!/words\/texts\/.+\//.test(path) || path.endsWith('/en.ts')),
)

test('the table is read', () => {
  expect(refused.length).toBeGreaterThan(15)
  expect(refused.some((words) => words.test('It does not work any more'))).toBe(true)
  expect(refused.some((words) => words.test('It needs no more than that'))).toBe(false)
})

test('no text has a word that is refused', () => {
  const found = sources.flatMap((path) => {
    const source = read(path)
    const { body } = parseAst(source, { lang: path.endsWith('x') ? 'tsx' : 'ts' })
    return [...textsIn(body)].flatMap(({ text, at }) =>
      refused.some((words) => words.test(text))
        ? [`${path}:${source.slice(0, at).split('\n').length} ${text.trim()}`]
        : [],
    )
  })
  expect(found).toEqual([])
})
