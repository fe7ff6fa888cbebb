// Prints tables, views and functions: what there is to know of one stands together, under the comment that the database has of it.
import type { Catalogue, Piece, Relation, SqlFunction } from './catalogue.ts'

const width = 120

/** Text as comment lines. */
export function comment(text: string | null, indent = ''): string[] {
  if (text === null || text === '') return []
  const start = `${indent}-- `
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = start
    for (const word of paragraph.trim().split(/\s+/)) {
      const longer = line === start ? line + word : `${line} ${word}`
      if (longer.length <= width || line === start) line = longer
      else {
        lines.push(line)
        line = start + word
      }
    }
    return [...lines, line.trimEnd()]
  })
}

const statement = ({ text, says }: Pick<Piece, 'text' | 'says'>): string[] => [...comment(says), `${text};`]

/** A table with its constraints, indexes, policies, triggers and grants; or a view. */
export function printRelation(catalogue: Catalogue, relation: Relation): string[] {
  const own = (pieces: readonly Piece[]): Piece[] => pieces.filter(({ of }) => of === relation.name)
  const { columns, constraints, indexes, sequences, policies, triggers, grants } = catalogue
  return [
    ...comment(relation.says),
    ...(relation.kind === 'v' ? printView(relation) : printTable(relation, own([...columns, ...constraints]))),
    ...own([...indexes, ...sequences]).flatMap(statement),
    ...(relation.isGuarded ? [`ALTER TABLE ${relation.name} ENABLE ROW LEVEL SECURITY;`] : []),
    ...(relation.isForced ? [`ALTER TABLE ${relation.name} FORCE ROW LEVEL SECURITY;`] : []),
    ...own([...policies, ...triggers, ...grants]).flatMap(statement),
  ]
}

function printTable({ name, options }: Relation, parts: readonly Piece[]): string[] {
  const lines = parts.flatMap(({ text, says }, index) => [
    ...comment(says, '  '),
    `  ${text}${index < parts.length - 1 ? ',' : ''}`,
  ])
  return [`CREATE TABLE ${name} (`, ...lines, options === null ? ');' : `) WITH (${options});`]
}

const printView = ({ name, options, definition }: Relation): string[] => [
  `CREATE VIEW ${name}${options === null ? '' : ` WITH (${options})`} AS`,
  ...(definition ?? '').split('\n').map((line) => line.trimEnd()),
]

/** A function, what it is a trigger of, and who may call it. */
export function printFunction({ triggers }: Catalogue, fn: SqlFunction): string[] {
  const uses = triggers.filter(({ function: id }) => id === fn.id).map(({ of, name }) => `${of} (${name})`)
  return [
    ...comment(fn.says),
    ...comment(uses.length === 0 ? null : `Trigger of ${uses.join(', ')}.`),
    `${fn.definition.trimEnd()};`,
    ...callers(fn),
  ]
}

function callers({ isTrigger, signature, callers: roles }: SqlFunction): string[] {
  if (isTrigger) return []
  if (roles.length === 0) return ['-- Called by functions of ours only.']
  return roles.map((role) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${role};`)
}
