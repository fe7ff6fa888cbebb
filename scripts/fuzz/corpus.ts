// Inputs that are kept: what was found, and what a target begins with. A file each, in test/fuzz-corpus/<target>.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const projectFolder = join(import.meta.dirname, '../..')

const folderOf = (target: string): string => join(projectFolder, 'test/fuzz-corpus', target)

/** In the order of their names. */
export const corpusOf = (target: string): string[] =>
  readdirSync(folderOf(target))
    .toSorted()
    .map((name) => readFileSync(join(folderOf(target), name), 'utf8'))

/** @returns where it is now, from the project's folder */
export function keep(target: string, input: string): string {
  const name = `${createHash('sha256').update(input).digest('hex').slice(0, 12)}.txt`
  mkdirSync(folderOf(target), { recursive: true })
  const path = join(folderOf(target), name)
  writeFileSync(path, input)
  return relative(projectFolder, path)
}
