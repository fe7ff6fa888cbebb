// `npm run arch`: holds the imports to the room table in .dependency-cruiser.cjs, and inside the rooms to the floors that
// docs/architecture.md draws. Also fails where a file was not read, since a parser that reads nothing finds no violation, and
// where a barrel (index.ts) appears. With --draw it prints the floors as the imports have them.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import { drawFloors, type FileImport, floorFaults, readDrawings } from './floors.ts'

const projectFolder = join(import.meta.dirname, '..')
const checkedFolders = ['src', 'sandbox', 'conformance', 'bench', 'scripts', 'sdk/src', 'test']

export type ArchitectureReport = {
  /** What is wrong with the imports, a line each, beginning with the name of the rule. */
  faults: string[]
  modules: number
  /** The product's own: its files, and which imports which. */
  product: { files: string[]; imports: FileImport[] }
}

/**
 * Checks the folders below `root`, which needs a package.json with the `#room/*` imports.
 * @param page with the drawings of the floors; without one, the rooms are not looked into
 */
export async function checkArchitecture(
  root: string,
  folders: readonly string[],
  page?: string,
): Promise<ArchitectureReport> {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }))
  const options = await extractOptions(join(projectFolder, '.dependency-cruiser.cjs'))
  const { output } = await cruise([...folders], { ...options, baseDir: root, validate: true })
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with a text instead of a result')
  const read = new Set(output.modules.map(({ source }) => source))
  const product = productOf(output)
  const floors = page === undefined ? [] : floorFaults(product.files, product.imports, readDrawings(page))
  return {
    faults: [
      ...violations(output),
      ...barrels(files),
      ...unread(files, read),
      ...hiddenImports(root, files),
      ...floors,
    ],
    modules: files.filter((file) => read.has(file)).length,
    product,
  }
}

/** Tests may look anywhere: they are left out. */
function productOf({ modules }: ICruiseResult): ArchitectureReport['product'] {
  const isOurs = (file: string): boolean => file.startsWith('src/') && !/\.test\.tsx?$/.test(file)
  const ours = modules.filter(({ source }) => isOurs(source))
  return {
    files: ours.map(({ source }) => source),
    imports: ours.flatMap(({ source, dependencies }) =>
      dependencies.filter(({ resolved }) => isOurs(resolved)).map(({ resolved }) => ({ from: source, to: resolved })),
    ),
  }
}

const violations = (result: ICruiseResult): string[] =>
  result.summary.violations.map(({ rule, from, to, cycle }) => {
    const path = cycle === undefined ? `${from} imports ${to}` : [from, ...cycle.map(({ name }) => name)].join(' -> ')
    return `${rule.name}: ${path}`
  })

const barrels = (files: readonly string[]): string[] =>
  files.filter((file) => /(^|\/)index\.tsx?$/.test(file)).map((file) => `no-barrels: ${file}`)

/** A type that is imported inside an expression, which the parser of modules does not see. */
const hiddenImports = (root: string, files: readonly string[]): string[] =>
  files
    .filter(
      (file) => file.startsWith('src/') && /(?<!await )\bimport\('[.#]/.test(readFileSync(join(root, file), 'utf8')),
    )
    .map((file) => `hidden-import: ${file} imports inside an expression`)

const unread = (files: readonly string[], read: ReadonlySet<string>): string[] =>
  files.filter((file) => !read.has(file)).map((file) => `not-read: ${file}`)

if (import.meta.main) {
  const page = readFileSync(join(projectFolder, 'docs/architecture.md'), 'utf8')
  const { faults, modules, product } = await checkArchitecture(projectFolder, checkedFolders, page)
  for (const fault of faults) console.error(fault)
  console.log(`${modules} modules read, ${faults.length} violations`)
  if (process.argv.includes('--draw')) {
    for (const { folder, floors } of drawFloors(product.files, product.imports))
      console.log(`\n\`\`\`\n${folder}\n${floors.map((floor) => `  ${floor.join('  ')}`).join('\n')}\n\`\`\``)
  }
  process.exitCode = faults.length === 0 && modules > 0 ? 0 : 1
}
