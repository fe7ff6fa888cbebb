// What the types say of statements: each call of `prepared` in the sources, by the compiler that checks them (its programming
// interface is called unstable, so a new version of it may want changes here).
import { relative } from 'node:path'
import { type CallExpression, type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import { API, type Checker, type Type, TypeFlags } from 'typescript/unstable/sync'

/** What a value may be. `json`: an object or a list, which only JSON brings. */
export type Kind = 'string' | 'number' | 'boolean' | 'null' | 'json' | 'unknown'

export type Shape = Map<string, Set<Kind>>

/** `row` is undefined where nobody reads the rows (`never`, `unknown`). */
export type Declared = { at: string; parameters: Shape; row: Shape | undefined }

const projectFolder = new URL('../..', import.meta.url).pathname

/** @param folder those of the files below it, as `src/` */
export function declaredStatements(folder: string): Declared[] {
  const compiler = new API({ cwd: projectFolder })
  try {
    const [project] = compiler.updateSnapshot({ openProject: `${projectFolder}tsconfig.json` }).getProjects()
    if (project === undefined) throw new Error('The compiler found no project')
    const { program, checker } = project
    const files = program.getSourceFileNames().filter((name) => name.startsWith(projectFolder + folder))
    return files.flatMap((name) => {
      const file = program.getSourceFile(name)
      return file === undefined ? [] : callsIn(file).map((call) => declared(checker, file, call))
    })
  } finally {
    compiler.close()
  }
}

function callsIn(file: SourceFile): CallExpression[] {
  const found: CallExpression[] = []
  const visit = (node: Node): void => {
    if (isCall(node) && node.expression.getText(file) === 'prepared') found.push(node)
    node.forEachChild(visit)
  }
  if (file.text.includes('prepared')) visit(file)
  return found
}

const isCall = (node: Node): node is CallExpression => node.kind === SyntaxKind.CallExpression

function declared(checker: Checker, file: SourceFile, call: CallExpression): Declared {
  const { line, character } = file.getLineAndCharacterOfPosition(call.getStart(file))
  const at = `${relative(projectFolder, file.fileName)}:${line + 1}:${character + 1}`
  const [parameters, row] = (call.typeArguments ?? []).map((node) => checker.getTypeFromTypeNode(node))
  if (parameters === undefined || row === undefined) throw new Error(`${at} does not say its parameters and its row`)
  const isUnread = (row.flags & (TypeFlags.Never | TypeFlags.Unknown)) !== 0
  return { at, parameters: shapeOf(checker, parameters), row: isUnread ? undefined : shapeOf(checker, row) }
}

const shapeOf = (checker: Checker, type: Type): Shape =>
  new Map(
    checker.getPropertiesOfType(type).map((property) => {
      const own = checker.getTypeOfSymbol(property)
      return [property.name, new Set(own === undefined ? (['unknown'] as const) : kindsOf(own))]
    }),
  )

const primitives: [number, Kind][] = [
  [TypeFlags.StringLike, 'string'],
  [TypeFlags.NumberLike, 'number'],
  [TypeFlags.BooleanLike, 'boolean'],
  [TypeFlags.Nullable, 'null'],
  [TypeFlags.Object | TypeFlags.NonPrimitive, 'json'],
]

function kindsOf(type: Type): Kind[] {
  const found = primitives.find(([flags]) => (type.flags & flags) !== 0)
  if (found !== undefined) return [found[1]]
  if (type.isUnionType()) return type.getTypes().flatMap(kindsOf)
  // Of a branded string, the string.
  if (type.isIntersectionType()) return type.getTypes().flatMap(kindsOf).slice(0, 1)
  return ['unknown']
}
