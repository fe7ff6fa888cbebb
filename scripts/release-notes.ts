// `npm run release-notes -- VERSION`: the section of CHANGELOG.md about one version, for the page of its release. `Unreleased` is a
// version, too.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @returns the text below the heading of the version, or undefined where there is none */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find((text) => /^\[([^\]]+)\]/.exec(text)?.[1] === version.replace(/^v/, ''))
  return section?.slice(section.indexOf('\n')).trim()
}

if (import.meta.main) {
  const [, , version = ''] = process.argv
  const changelog = readFileSync(join(import.meta.dirname, '../CHANGELOG.md'), 'utf8')
  const notes = releaseNotes(changelog, version)
  if (notes === undefined) console.error(`CHANGELOG.md has no section [${version}]`)
  else console.log(notes)
  process.exitCode = notes === undefined ? 1 : 0
}
