// `npm run references`: every reference in code and pages leads somewhere: ids to a row or heading, paths to a file, links to a
// page and a heading on it.
import { join } from 'node:path'
import { checkIds } from './references/ids.ts'
import { checkLinks } from './references/links.ts'
import { checkPaths } from './references/paths.ts'
import { readProject } from './references/texts.ts'

export type ReferenceReport = {
  /** What leads nowhere, a line each. */
  faults: string[]
  texts: number
}

/** @param root the folder of package.json */
export function checkReferences(root: string): ReferenceReport {
  const project = readProject(root)
  const faults = [...checkIds(project), ...checkPaths(project), ...checkLinks(root, project)]
  return { faults, texts: project.texts.length }
}

if (import.meta.main) {
  const { faults, texts } = checkReferences(join(import.meta.dirname, '..'))
  for (const fault of faults) console.error(fault)
  console.log(`${texts} texts, ${faults.length} references that lead nowhere`)
  process.exitCode = faults.length === 0 && texts > 0 ? 0 : 1
}
