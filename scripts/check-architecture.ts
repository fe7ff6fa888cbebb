// `npm run arch`: holds the imports to the room table in .dependency-cruiser.cjs. Also fails where a file was not read,
// since a parser that reads nothing finds no violation, and where a barrel (index.ts) appears.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'

const projectFolder = join(import.meta.dirname, '..')
const checkedFolders = ['src', 'conformance', 'bench', 'scripts', 'test']

export type ArchitectureReport = {
  /** What is wrong with the imports, a line each, beginning with the name of the rule. */
  faults: string[]
  modules: number
}

/** Checks the folders below `root`, which needs a package.json with the `#room/*` imports. */
export async function checkArchitecture(root: string, folders: readonly string[]): Promise<ArchitectureReport> {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }))
  const options = await extractOptions(join(projectFolder, '.dependency-cruiser.cjs'))
  const { output } = await cruise([...folders], { ...options, baseDir: root, validate: true })
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with a text instead of a result')
  const read = new Set(output.modules.map(({ source }) => source))
  return {
    faults: [...violations(output), ...barrels(files), ...unread(files, read)],
    modules: files.filter((file) => read.has(file)).length,
  }
}

const violations = (result: ICruiseResult): string[] =>
  result.summary.violations.map(({ rule, from, to, cycle }) => {
    const path = cycle === undefined ? `${from} imports ${to}` : [from, ...cycle.map(({ name }) => name)].join(' -> ')
    return `${rule.name}: ${path}`
  })

const barrels = (files: readonly string[]): string[] =>
  files.filter((file) => /(^|\/)index\.tsx?$/.test(file)).map((file) => `no-barrels: ${file}`)

const unread = (files: readonly string[], read: ReadonlySet<string>): string[] =>
  files.filter((file) => !read.has(file)).map((file) => `not-read: ${file}`)

if (import.meta.main) {
  const { faults, modules } = await checkArchitecture(projectFolder, checkedFolders)
  for (const fault of faults) console.error(fault)
  console.log(`${modules} modules read, ${faults.length} violations`)
  process.exitCode = faults.length === 0 && modules > 0 ? 0 : 1
}
