import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { releaseNotes } from './release-notes.ts'

const changelog = `# Changelog

## [Unreleased]

### Added

- Something new.

## [1.2.0] - 2027-01-31

### Fixed

- Something ## old.

## [1.1.0] - 2026-12-01

- First.
`

test('a version has what stands below its heading, and nothing of the next one', () => {
  expect(releaseNotes(changelog, '1.2.0')).toBe('### Fixed\n\n- Something ## old.')
  expect(releaseNotes(changelog, 'v1.1.0')).toBe('- First.')
  expect(releaseNotes(changelog, 'Unreleased')).toBe('### Added\n\n- Something new.')
})

test('a version that is not there has none', () => {
  expect(releaseNotes(changelog, '1.3.0')).toBeUndefined()
  expect(releaseNotes(changelog, '1.2')).toBeUndefined()
})

test('the changelog is written so', () => {
  const ours = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8')
  expect(releaseNotes(ours, 'Unreleased')).toMatch(/^### /)
})
